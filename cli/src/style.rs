//! Colours: on a terminal, not in a pipe, unless somebody says otherwise.

use std::{
    fmt::{self, Display},
    io::IsTerminal,
    sync::OnceLock,
};

use anstyle::{AnsiColor, Style};

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

static CHOICE: OnceLock<Color> = OnceLock::new();

/// Fixes the choice for this process.
pub(crate) fn choose(color: Color) {
    let _ = CHOICE.set(color);
}

/// Whether standard output is coloured.
pub(crate) fn on_stdout() -> bool {
    wanted(&std::io::stdout())
}

/// Whether standard error is coloured.
pub(crate) fn on_stderr() -> bool {
    wanted(&std::io::stderr())
}

fn wanted(stream: &impl IsTerminal) -> bool {
    match CHOICE.get().copied().unwrap_or(Color::Auto) {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// Text in a style, plain when colours are off.
struct Painted<T>(T, Option<Style>);

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(style) => {
                write!(f, "{style}")?;
                self.0.fmt(f)?;
                write!(f, "{style:#}")
            }
            None => self.0.fmt(f),
        }
    }
}

fn out<T: Display>(text: T, style: Style) -> impl Display {
    Painted(text, on_stdout().then_some(style))
}

fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(colour.into()))
}

/// The word `error` on standard error.
pub(crate) fn error<T: Display>(text: T) -> impl Display {
    Painted(text, on_stderr().then_some(colour(AnsiColor::Red).bold()))
}

/// What went well.
pub(crate) fn good<T: Display>(text: T) -> impl Display {
    out(text, colour(AnsiColor::Green))
}

/// What went wrong.
pub(crate) fn bad<T: Display>(text: T) -> impl Display {
    out(text, colour(AnsiColor::Red).bold())
}

/// What needs attention.
pub(crate) fn attention<T: Display>(text: T) -> impl Display {
    out(text, colour(AnsiColor::Yellow))
}

/// What matters less.
pub(crate) fn faint<T: Display>(text: T) -> impl Display {
    out(text, Style::new().dimmed())
}

/// What matters most.
pub(crate) fn strong<T: Display>(text: T) -> impl Display {
    out(text, Style::new().bold())
}
