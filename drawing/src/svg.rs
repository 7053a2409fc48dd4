//! Writes a scene as SVG. Colours are in one style sheet at the top, with a dark variant.

use std::fmt::Write;

use bpmn_parser::diagram::{Bounds, Point};

use crate::{
    Mark, Marks,
    scene::{Item, Kind, Line, Markers, Ring, Scene},
    symbol::{Symbol, TaskSymbol},
};

const STYLE: &str = "\
:root{--ink:#22242a;--paper:#fff;--soft:#f7f7f9;--good:#1a7f4b;--good-fill:#e6f5ec;--missed:#9aa0aa;--missed-fill:#f1f2f4;\
--attention:#a86400;--attention-fill:#fdf1dc;--bad:#b3261e;--bad-fill:#fbe9e7}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e7ea;--paper:#191b20;--soft:#20232a;--good:#63c795;--good-fill:#16301f;\
--missed:#7a808c;--missed-fill:#22252c;--attention:#e3aa4e;--attention-fill:#372a12;--bad:#ef8a80;--bad-fill:#3a1b18}}\
text{font:12px system-ui,sans-serif;fill:var(--ink)}\
.s{fill:var(--paper);stroke:var(--ink);stroke-width:1.5}.thick{stroke-width:3.5}.dash{stroke-dasharray:4 3}.dots{stroke-dasharray:1.5 3}\
.pool{fill:var(--soft)}.i{fill:none;stroke:var(--ink);stroke-width:1.3;stroke-linejoin:round}.f{fill:var(--ink);stroke:var(--ink)}\
.e{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-linejoin:round}.o{stroke-dasharray:5 4}\
.m{fill:var(--ink);stroke:none}.b{stroke:none}.b+text{fill:#fff;font-weight:600;font-size:11px}\
.good .s{stroke:var(--good);fill:var(--good-fill)}.good .e{stroke:var(--good)}.good .m,.good .b{fill:var(--good)}\
.missed .s{stroke:var(--missed);fill:var(--missed-fill)}.missed .e{stroke:var(--missed)}.missed .m,.missed .b{fill:var(--missed)}\
.attention .s{stroke:var(--attention);fill:var(--attention-fill)}.attention .e{stroke:var(--attention)}.attention .m,.attention .b{fill:var(--attention)}\
.bad .s{stroke:var(--bad);fill:var(--bad-fill)}.bad .e{stroke:var(--bad)}.bad .m,.bad .b{fill:var(--bad)}";

/// The whole document.
pub(crate) fn document(scene: &Scene, marks: &Marks) -> String {
    let Bounds { x, y, width, height } = scene.bounds;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{x:.0} {y:.0} {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\"><style>{STYLE}</style>"
    );
    for item in &scene.items {
        draw(&mut out, item, marks);
    }
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, item: &Item, marks: &Marks) {
    let id = match item {
        Item::Shape { id, .. } | Item::Edge { id, .. } => id,
    };
    let mark = marks.get(id);
    // writing to a text can't fail
    let _ = write!(out, "<g data-element=\"{}\"", escaped(id));
    if let Some(mark) = mark {
        let _ = write!(out, " class=\"{}\"", mark.tone.class());
    }
    out.push('>');
    if let Some(title) = mark.and_then(|mark| mark.title.as_ref()) {
        let _ = write!(out, "<title>{}</title>", escaped(title));
    }
    match item {
        Item::Shape { bounds, label, text, kind, .. } => {
            shape(out, *kind, bounds);
            if let Some(text) = text {
                shape_text(out, *kind, bounds, label.as_ref(), text);
            }
            if let Some(badge) = mark.and_then(|mark: &Mark| mark.badge.as_ref()) {
                self::badge(out, bounds, badge);
            }
        }
        Item::Edge { waypoints, label, text, kind, .. } => {
            edge(out, waypoints, *kind);
            if let Some(text) = text {
                edge_text(out, waypoints, label.as_ref(), text);
            }
        }
    }
    out.push_str("</g>");
}

fn centre(bounds: &Bounds) -> (f64, f64) {
    (bounds.x + bounds.width / 2.0, bounds.y + bounds.height / 2.0)
}

fn shape(out: &mut String, kind: Kind, bounds: &Bounds) {
    let (cx, cy) = centre(bounds);
    let Bounds { x, y, width, height } = *bounds;
    let rounded = |out: &mut String, class: &str, inset: f64, radius: u32| {
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/>",
            x + inset,
            y + inset,
            (width - 2.0 * inset).max(0.0),
            (height - 2.0 * inset).max(0.0)
        );
    };
    match kind {
        Kind::Event { symbol, ring, throws } => {
            let radius = width.min(height) / 2.0;
            let dash = match ring {
                Ring::Start { interrupting } | Ring::Middle { interrupting } if !interrupting => " dash",
                _ => "",
            };
            let thick = if ring == Ring::End { " thick" } else { "" };
            let _ = write!(out, "<circle class=\"s{thick}{dash}\" cx=\"{cx}\" cy=\"{cy}\" r=\"{radius}\"/>");
            if matches!(ring, Ring::Middle { .. }) {
                let _ = write!(out, "<circle class=\"i{dash}\" cx=\"{cx}\" cy=\"{cy}\" r=\"{}\"/>", radius - 3.0);
            }
            let class = if throws { "i f" } else { "i" };
            symbol_at(out, symbol, class, cx, cy, width / 36.0);
        }
        Kind::Gateway { symbol } => {
            let _ = write!(out, "<path class=\"s\" d=\"M{cx},{y}L{},{cy}L{cx},{}L{x},{cy}Z\"/>", x + width, y + height);
            symbol_at(out, symbol, "i", cx, cy, width / 50.0);
        }
        Kind::Task { symbol, call, markers } => {
            rounded(out, if call { "s thick" } else { "s" }, 0.0, 10);
            if symbol != TaskSymbol::Plain {
                let class = if symbol == TaskSymbol::Send { "i f" } else { "i" };
                let _ = write!(
                    out,
                    "<path class=\"{class}\" transform=\"translate({},{})\" d=\"{}\"/>",
                    x + 7.0,
                    y + 7.0,
                    symbol.path()
                );
            }
            self::markers(out, markers, cx, y + height, false);
        }
        Kind::Container { triggered_by_event, double, expanded, markers } => {
            rounded(out, if triggered_by_event { "s dots" } else { "s" }, 0.0, 10);
            if double {
                rounded(out, "i", 3.0, 8);
            }
            self::markers(out, markers, cx, y + height, !expanded);
        }
        Kind::Pool { horizontal } => {
            let _ = write!(out, "<rect class=\"s pool\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
            let line = if horizontal {
                format!("M{},{y}V{}", x + 30.0, y + height)
            } else {
                format!("M{x},{}H{}", y + 30.0, x + width)
            };
            let _ = write!(out, "<path class=\"i\" d=\"{line}\"/>");
        }
        Kind::Annotation => {
            let _ = write!(out, "<path class=\"i\" d=\"M{},{y}H{x}V{}H{}\"/>", x + 12.0, y + height, x + 12.0);
        }
    }
}

fn symbol_at(out: &mut String, symbol: Symbol, class: &str, x: f64, y: f64, scale: f64) {
    if symbol != Symbol::None {
        let _ = write!(
            out,
            "<path class=\"{class}\" transform=\"translate({x},{y}) scale({scale:.2})\" d=\"{}\"/>",
            symbol.path()
        );
    }
}

/// The marks at the lower edge of an activity.
fn markers(out: &mut String, markers: Markers, cx: f64, bottom: f64, collapsed: bool) {
    let mut paths = Vec::new();
    if collapsed {
        paths.push("M-6,-6H6V6H-6ZM-3,0H3M0,-3V3");
    }
    if markers.parallel {
        paths.push("M-4,-6V6M0,-6V6M4,-6V6");
    }
    if markers.sequential {
        paths.push("M-6,-4H6M-6,0H6M-6,4H6");
    }
    if markers.compensation {
        paths.push("M-1,0L6,-5V5ZM-8,0L-1,-5V5Z");
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of marks")]
    let first = cx - (paths.len() as f64 - 1.0) * 9.0;
    for (at, path) in paths.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a handful of marks")]
        let x = first + at as f64 * 18.0;
        let _ = write!(out, "<path class=\"i\" transform=\"translate({x},{})\" d=\"{path}\"/>", bottom - 10.0);
    }
}

fn shape_text(out: &mut String, kind: Kind, bounds: &Bounds, label: Option<&Bounds>, text: &str) {
    let (cx, cy) = centre(bounds);
    match kind {
        Kind::Task { .. } => lines(out, text, cx, cy, bounds.width - 14.0, true),
        Kind::Container { expanded: false, .. } => lines(out, text, cx, cy, bounds.width - 14.0, true),
        Kind::Container { .. } => lines(out, text, cx, bounds.y + 16.0, bounds.width - 20.0, false),
        Kind::Pool { horizontal: true } => {
            let x = bounds.x + 19.0;
            let _ = write!(
                out,
                "<text text-anchor=\"middle\" transform=\"translate({x},{cy}) rotate(-90)\">{}</text>",
                escaped(text)
            );
        }
        Kind::Pool { horizontal: false } => lines(out, text, cx, bounds.y + 19.0, bounds.width - 10.0, false),
        Kind::Event { .. } | Kind::Gateway { .. } => match label {
            Some(label) => lines(out, text, label.x + label.width / 2.0, label.y + 11.0, label.width.max(60.0), false),
            None => lines(out, text, cx, bounds.y + bounds.height + 14.0, 100.0, false),
        },
        Kind::Annotation => {}
    }
}

fn edge(out: &mut String, waypoints: &[Point], kind: Line) {
    let mut path = String::new();
    for (at, point) in waypoints.iter().enumerate() {
        let _ = write!(path, "{}{},{}", if at == 0 { 'M' } else { 'L' }, point.x, point.y);
    }
    let class = if kind == Line::Other { "e o" } else { "e" };
    let _ = write!(out, "<path class=\"{class}\" d=\"{path}\"/>");
    let [first, second, ..] = waypoints else { return };
    let Line::Flow { conditional, default } = kind else { return };
    if let [.., before, last] = waypoints {
        let angle = (last.y - before.y).atan2(last.x - before.x).to_degrees();
        let _ = write!(
            out,
            "<path class=\"m\" transform=\"translate({},{}) rotate({angle:.1})\" d=\"M0,0L-11,-4.5V4.5Z\"/>",
            last.x, last.y
        );
    }
    let angle = (second.y - first.y).atan2(second.x - first.x).to_degrees();
    if conditional {
        let _ = write!(
            out,
            "<path class=\"s\" transform=\"translate({},{}) rotate({angle:.1})\" d=\"M0,0L8,-4L16,0L8,4Z\"/>",
            first.x, first.y
        );
    }
    if default {
        let _ = write!(
            out,
            "<path class=\"e\" transform=\"translate({},{}) rotate({angle:.1})\" d=\"M7,5L13,-5\"/>",
            first.x, first.y
        );
    }
}

fn edge_text(out: &mut String, waypoints: &[Point], label: Option<&Bounds>, text: &str) {
    if let Some(label) = label {
        lines(out, text, label.x + label.width / 2.0, label.y + 11.0, label.width.max(60.0), false);
        return;
    }
    // on the longest stretch
    let stretch = waypoints.windows(2).max_by(|a, b| length(a).total_cmp(&length(b)));
    if let Some([from, to]) = stretch {
        let (x, y) = (f64::midpoint(from.x, to.x), f64::midpoint(from.y, to.y));
        if (from.x - to.x).abs() < 1.0 {
            // beside it
            #[expect(clippy::cast_precision_loss, reason = "a short text")]
            let half = (text.chars().count() as f64 * 6.3).min(120.0) / 2.0;
            lines(out, text, x + 6.0 + half, y, 120.0, true);
        } else {
            lines(out, text, x, y - 5.0, 120.0, false);
        }
    }
}

fn length(stretch: &[Point]) -> f64 {
    match stretch {
        [from, to] => (to.x - from.x).hypot(to.y - from.y),
        _ => 0.0,
    }
}

fn badge(out: &mut String, bounds: &Bounds, text: &str) {
    const WIDTH_OF_CHARACTER: f64 = 7.0;
    #[expect(clippy::cast_precision_loss, reason = "a short text")]
    let width = 12.0 + text.chars().count() as f64 * WIDTH_OF_CHARACTER;
    let (x, y) = (bounds.x + bounds.width - width / 2.0, bounds.y - 9.0);
    let _ = write!(
        out,
        "<rect class=\"b\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"18\" rx=\"9\"/><text text-anchor=\"middle\" \
         x=\"{}\" y=\"{}\">{}</text>",
        x + width / 2.0,
        y + 13.0,
        escaped(text)
    );
}

/// Text broken into lines of a width, around a point (`middle`) or from it downwards.
fn lines(out: &mut String, text: &str, x: f64, y: f64, width: f64, middle: bool) {
    const LINE: f64 = 14.0;
    const MOST: usize = 5;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let most_characters = (width / 6.3).max(4.0) as usize;
    let mut rows: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match rows.last_mut() {
            Some(row) if row.chars().count() + word.chars().count() < most_characters => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    if rows.len() > MOST {
        rows.truncate(MOST);
        if let Some(last) = rows.last_mut() {
            last.push('…');
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
    let first = if middle { y + 4.0 - (rows.len() as f64 - 1.0) * LINE / 2.0 } else { y };
    let _ = write!(out, "<text text-anchor=\"middle\">");
    for (at, row) in rows.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
        let y = first + at as f64 * LINE;
        let _ = write!(out, "<tspan x=\"{x}\" y=\"{y}\">{}</tspan>", escaped(row));
    }
    out.push_str("</text>");
}

/// Text for XML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML has no way to write other control characters
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
