//! Types of settings: how they are read and written.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use engine_core::{
    history::HistoryLevel,
    host::{CatchUp, RemovalTimeStrategy},
};
use tollgate::{CleanUpStrategy, store::Kind};

/// A value as it was given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    /// Text in a file.
    Text(String),
    /// A whole number in a file.
    Integer(i64),
    /// A number with a fraction in a file.
    Float(f64),
    /// `true` or `false` in a file.
    Boolean(bool),
    /// A list in a file.
    List(Vec<Self>),
    /// Something that no setting takes.
    Other,
    /// From the environment or the command line: whatever the setting makes of it.
    Loose(String),
}

impl Raw {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Loose(text) => Some(text),
            _ => None,
        }
    }
}

/// A type of settings.
pub(crate) trait Value: Sized {
    /// What is expected, for errors.
    const EXPECTED: &'static str;
    /// An example for settings that have no default.
    const EXAMPLE: &'static str;
    /// Reads it; `None` when it is something else.
    fn read(raw: &Raw) -> Option<Self>;
    /// As it stands in a file; `None` when nothing is set.
    fn write(&self) -> Option<String>;
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Value for bool {
    const EXPECTED: &'static str = "`true` or `false`";
    const EXAMPLE: &'static str = "true";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Boolean(flag) => Some(*flag),
            Raw::Loose(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Value for $type {
            const EXPECTED: &'static str = "a whole number that is not negative";
            const EXAMPLE: &'static str = "100";

            fn read(raw: &Raw) -> Option<Self> {
                match raw {
                    Raw::Integer(number) => Self::try_from(*number).ok(),
                    Raw::Loose(text) => text.parse().ok(),
                    _ => None,
                }
            }

            fn write(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}

impl Value for i32 {
    const EXPECTED: &'static str = "a whole number that is not negative";
    const EXAMPLE: &'static str = "3";

    fn read(raw: &Raw) -> Option<Self> {
        u32::read(raw).and_then(|number| Self::try_from(number).ok())
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

numbers! { u32 u64 usize }

/// A part of a whole, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share(pub(crate) f64);

impl Value for Share {
    const EXPECTED: &'static str = "a number from 0 to 1, such as `0.1`";
    const EXAMPLE: &'static str = "0.1";

    fn read(raw: &Raw) -> Option<Self> {
        let number = match raw {
            Raw::Float(number) => *number,
            Raw::Integer(0) => 0.0,
            Raw::Integer(1) => 1.0,
            Raw::Loose(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        (0.0..=1.0).contains(&number).then_some(Self(number))
    }

    fn write(&self) -> Option<String> {
        Some(format!("{:?}", self.0))
    }
}

impl Value for String {
    const EXPECTED: &'static str = "a text";
    const EXAMPLE: &'static str = "\"…\"";

    fn read(raw: &Raw) -> Option<Self> {
        raw.text().map(str::to_owned)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(self))
    }
}

impl Value for PathBuf {
    const EXPECTED: &'static str = "a path";
    const EXAMPLE: &'static str = "\"/etc/tollgate/…\"";

    fn read(raw: &Raw) -> Option<Self> {
        raw.text().filter(|text| !text.is_empty()).map(Self::from)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string_lossy()))
    }
}

impl Value for SocketAddr {
    const EXPECTED: &'static str = "an address with port, such as `127.0.0.1:8080`";
    const EXAMPLE: &'static str = "\"0.0.0.0:8080\"";

    fn read(raw: &Raw) -> Option<Self> {
        raw.text()?.parse().ok()
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl<T: Value> Value for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn read(raw: &Raw) -> Option<Self> {
        T::read(raw).map(Some)
    }

    fn write(&self) -> Option<String> {
        self.as_ref().and_then(Value::write)
    }
}

impl<T: Value> Value for Vec<T> {
    const EXPECTED: &'static str = "a list";
    const EXAMPLE: &'static str = "[]";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::List(items) => items.iter().map(T::read).collect(),
            Raw::Loose(text) if text.trim().is_empty() => Some(Self::new()),
            Raw::Loose(text) => text.split(',').map(|item| T::read(&Raw::Loose(item.trim().to_owned()))).collect(),
            _ => None,
        }
    }

    fn write(&self) -> Option<String> {
        let items: Vec<String> = self.iter().filter_map(Value::write).collect();
        Some(format!("[{}]", items.join(", ")))
    }
}

impl Value for CatchUp {
    const EXPECTED: &'static str = "`latest` or `all`";
    const EXAMPLE: &'static str = "\"latest\"";

    fn read(raw: &Raw) -> Option<Self> {
        Some(match raw.text()? {
            "latest" => Self::Latest,
            "all" => Self::All,
            _ => return None,
        })
    }

    fn write(&self) -> Option<String> {
        Some(quoted(match self {
            Self::Latest => "latest",
            Self::All => "all",
        }))
    }
}

impl Value for RemovalTimeStrategy {
    const EXPECTED: &'static str = "`none`, `start` or `end`";
    const EXAMPLE: &'static str = "\"end\"";

    fn read(raw: &Raw) -> Option<Self> {
        Some(match raw.text()? {
            "none" => Self::None,
            "start" => Self::Start,
            "end" => Self::End,
            _ => return None,
        })
    }

    fn write(&self) -> Option<String> {
        Some(quoted(match self {
            Self::None => "none",
            Self::Start => "start",
            Self::End => "end",
        }))
    }
}

impl Value for CleanUpStrategy {
    const EXPECTED: &'static str = "`removalTimeBased` or `endTimeBased`";
    const EXAMPLE: &'static str = "\"removalTimeBased\"";

    fn read(raw: &Raw) -> Option<Self> {
        Some(match raw.text()? {
            "removalTimeBased" => Self::RemovalTime,
            "endTimeBased" => Self::EndTime,
            _ => return None,
        })
    }

    fn write(&self) -> Option<String> {
        Some(quoted(match self {
            Self::RemovalTime => "removalTimeBased",
            Self::EndTime => "endTimeBased",
        }))
    }
}

impl Value for Duration {
    const EXPECTED: &'static str = "a length of time, such as `500ms`, `30s`, `5m` or `1h`";
    const EXAMPLE: &'static str = "\"30s\"";

    fn read(raw: &Raw) -> Option<Self> {
        let text = raw.text()?;
        let at = text.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = text[..at].parse().ok()?;
        match text[at..].trim() {
            "ms" => Some(Self::from_millis(number)),
            "s" => Some(Self::from_secs(number)),
            "m" => Some(Self::from_secs(number.checked_mul(60)?)),
            "h" => Some(Self::from_secs(number.checked_mul(3600)?)),
            _ => None,
        }
    }

    fn write(&self) -> Option<String> {
        let ms = self.as_millis();
        let (number, unit) = match ms {
            _ if ms == 0 || ms % 1000 != 0 => (ms, "ms"),
            _ if ms % 3_600_000 == 0 => (ms / 3_600_000, "h"),
            _ if ms % 60_000 == 0 => (ms / 60_000, "m"),
            _ => (ms / 1000, "s"),
        };
        Some(format!("\"{number}{unit}\""))
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

impl Size {
    /// For what counts in memory.
    pub(crate) fn in_memory(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl From<usize> for Size {
    fn from(bytes: usize) -> Self {
        Self(bytes as u64)
    }
}

const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl Value for Size {
    const EXPECTED: &'static str = "a size, such as `64KiB`, `128MiB`, `2GiB` or a number of bytes";
    const EXAMPLE: &'static str = "\"128MiB\"";

    fn read(raw: &Raw) -> Option<Self> {
        if let Some(bytes) = u64::read(raw) {
            return Some(Self(bytes));
        }
        let text = raw.text()?;
        let at = text.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = text[..at].parse().ok()?;
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == text[at..].trim())?;
        number.checked_mul(*factor).map(Self)
    }

    fn write(&self) -> Option<String> {
        let (name, factor) = UNITS.iter().find(|(_, factor)| self.0 > 0 && self.0 % factor == 0).unwrap_or(&UNITS[3]);
        Some(format!("\"{}{name}\"", self.0 / factor))
    }
}

/// Declares settings with a few values.
macro_rules! choices {
    ($($type:ty, $expected:literal, { $($text:literal => $value:path),+ $(,)? };)*) => {$(
        impl Value for $type {
            const EXPECTED: &'static str = $expected;
            const EXAMPLE: &'static str = "\"…\"";

            fn read(raw: &Raw) -> Option<Self> {
                match raw.text()? {
                    $($text => Some($value),)+
                    _ => None,
                }
            }

            fn write(&self) -> Option<String> {
                let text = match self {
                    $($value => $text,)+
                };
                Some(quoted(text))
            }
        }
    )*};
}

/// What an acknowledged commit has survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The loss of power.
    Strict,
    /// The end of the process.
    Relaxed,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs, an object a line.
    Json,
}

choices! {
    Durability, "`strict` or `relaxed`", { "strict" => Durability::Strict, "relaxed" => Durability::Relaxed };
    LogFormat, "`text` or `json`", { "text" => LogFormat::Text, "json" => LogFormat::Json };
    HistoryLevel, "`none`, `activity`, `audit` or `full`", {
        "none" => HistoryLevel::None,
        "activity" => HistoryLevel::Activity,
        "audit" => HistoryLevel::Audit,
        "full" => HistoryLevel::Full,
    };
}

impl Value for Kind {
    const EXPECTED: &'static str = "`fjall`, `sled` or `memory`";
    const EXAMPLE: &'static str = "\"fjall\"";

    fn read(raw: &Raw) -> Option<Self> {
        raw.text()?.parse().ok()
    }

    fn write(&self) -> Option<String> {
        Some(quoted(self.name()))
    }
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, path::PathBuf, time::Duration};

    use super::{Raw, Share, Size, Value};

    fn loose<T: Value>(text: &str) -> Option<T> {
        T::read(&Raw::Loose(text.to_owned()))
    }

    #[test]
    fn what_is_written_is_read_again() {
        fn back<T: Value + PartialEq + std::fmt::Debug>(value: T) {
            let text = value.write().expect("a value");
            let text = text.trim_matches('"').to_owned();
            assert_eq!(loose::<T>(&text), Some(value), "{text}");
        }
        back(Duration::from_millis(1500));
        back(Duration::from_secs(90));
        back(Duration::from_secs(7200));
        back(Duration::ZERO);
        back(Size(0));
        back(Share(0.25));
        back(Size(256 << 20));
        back(Size(1000));
        back(SocketAddr::from(([127, 0, 0, 1], 8080)));
        back(PathBuf::from("/a b/c"));
        back(true);
        back(7_usize);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(loose::<Duration>("30"), None);
        assert_eq!(loose::<Duration>("30 days"), None);
        assert_eq!(loose::<Size>("12MB"), None);
        assert_eq!(loose::<Share>("1.5"), None);
        assert_eq!(loose::<u32>("-1"), None);
        assert_eq!(u32::read(&Raw::Text("1".to_owned())), None, "a text in a file is no number");
        assert_eq!(loose::<Vec<String>>("a, b"), Some(vec!["a".to_owned(), "b".to_owned()]));
    }
}
