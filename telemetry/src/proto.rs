//! Protocol buffers, as far as `opentelemetry/proto/collector/trace/v1` needs them.
//!
//! Spans are written one by one, as fields of a `ScopeSpans`; [`request`] puts the rest around them when they are sent. Written
//! by hand, since a span is written while a commit is published: it costs no allocation and no copy of a text.

use tollgate::trace::TraceContext;

/// Field `spans` of `ScopeSpans`.
const SPANS: u32 = 2;
/// Longest text of an attribute, in bytes.
const MAX_TEXT: usize = 4096;
/// `SpanFlags`: it is known whether the parent is remote.
const KNOWS_REMOTE: u32 = 0x100;
/// `SpanFlags`: the parent is remote.
const IS_REMOTE: u32 = 0x200;

/// What a span says beside its attributes.
pub(crate) struct Span<'a> {
    /// Its trace.
    pub(crate) trace: &'a TraceContext,
    /// Its id.
    pub(crate) id: u64,
    /// The span it belongs to; 0 for none.
    pub(crate) parent: u64,
    /// Whether that is another system's.
    pub(crate) remote_parent: bool,
    /// Its name.
    pub(crate) name: &'a str,
    /// Beginning and end, in milliseconds since 1970.
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    /// Another trace that had to do with it.
    pub(crate) link: Option<&'a TraceContext>,
    /// Why it failed, if it did.
    pub(crate) failure: Option<Failure<'a>>,
}

/// What makes a span failed.
#[derive(Clone, Copy)]
pub(crate) struct Failure<'a> {
    /// The message.
    pub(crate) message: &'a str,
    /// The stack, if there is one.
    pub(crate) stack: Option<&'a str>,
}

/// Value of an attribute.
#[derive(Clone, Copy)]
pub(crate) enum Attribute<'a> {
    Text(&'a str),
    Integer(i64),
    Flag(bool),
}

impl<'a> From<&'a str> for Attribute<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

/// Writes a span with the attributes that `attributes` adds.
pub(crate) fn span(out: &mut Vec<u8>, span: &Span<'_>, attributes: impl FnOnce(&mut Attributes<'_>)) {
    message(out, SPANS, |out| {
        bytes(out, 1, &span.trace.trace.number().to_be_bytes());
        bytes(out, 2, &span.id.to_be_bytes());
        if let Some(state) = &span.trace.state {
            bytes(out, 3, state.as_bytes());
        }
        if span.parent != 0 {
            bytes(out, 4, &span.parent.to_be_bytes());
        }
        bytes(out, 5, span.name.as_bytes());
        // SPAN_KIND_INTERNAL
        number(out, 6, 1);
        fixed64(out, 7, nanoseconds(span.start_ms));
        fixed64(out, 8, nanoseconds(span.end_ms.max(span.start_ms)));
        attributes(&mut Attributes { out, field: 9 });
        if let Some(failure) = &span.failure {
            message(out, 11, |out| {
                fixed64(out, 1, nanoseconds(span.end_ms));
                bytes(out, 2, b"exception");
                let mut attributes = Attributes { out, field: 3 };
                attributes.add("exception.message", failure.message);
                attributes.optional("exception.stacktrace", failure.stack);
            });
        }
        if let Some(link) = span.link {
            message(out, 13, |out| {
                bytes(out, 1, &link.trace.number().to_be_bytes());
                bytes(out, 2, &link.span.to_be_bytes());
                if let Some(state) = &link.state {
                    bytes(out, 3, state.as_bytes());
                }
                fixed32(out, 6, u32::from(link.flags) | KNOWS_REMOTE | IS_REMOTE);
            });
        }
        if let Some(failure) = &span.failure {
            message(out, 15, |out| {
                bytes(out, 2, cut(failure.message).as_bytes());
                // STATUS_CODE_ERROR
                number(out, 3, 2);
            });
        }
        let remote = if span.remote_parent { IS_REMOTE } else { 0 };
        fixed32(out, 16, u32::from(span.trace.flags) | KNOWS_REMOTE | remote);
    });
}

/// Where attributes go.
pub(crate) struct Attributes<'a> {
    out: &'a mut Vec<u8>,
    field: u32,
}

impl Attributes<'_> {
    /// Adds one.
    pub(crate) fn add<'v>(&mut self, name: &str, value: impl Into<Attribute<'v>>) {
        let value = value.into();
        message(self.out, self.field, |out| {
            bytes(out, 1, name.as_bytes());
            message(out, 2, |out| match value {
                Attribute::Text(text) => bytes(out, 1, cut(text).as_bytes()),
                Attribute::Flag(flag) => number(out, 2, u64::from(flag)),
                Attribute::Integer(value) => number(out, 3, value.cast_unsigned()),
            });
        });
    }

    /// Adds one, if it is there.
    pub(crate) fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    /// Adds an id.
    pub(crate) fn id(&mut self, name: &str, id: tollgate::Id) {
        message(self.out, self.field, |out| {
            bytes(out, 1, name.as_bytes());
            message(out, 2, |out| {
                tag(out, 1, 2);
                varint(out, 36);
                uuid(out, id);
            });
        });
    }
}

/// A whole `ExportTraceServiceRequest` around spans.
pub(crate) fn request(resource: &[(String, String)], spans: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(spans.len() + 512);
    message(&mut out, 1, |out| {
        message(out, 1, |out| {
            let mut attributes = Attributes { out, field: 1 };
            for (name, value) in resource {
                attributes.add(name, value.as_str());
            }
        });
        message(out, 2, |out| {
            message(out, 1, |out| {
                bytes(out, 1, b"tollgate");
                bytes(out, 2, env!("CARGO_PKG_VERSION").as_bytes());
            });
            out.extend_from_slice(spans);
        });
    });
    out
}

/// How many spans an `ExportTraceServiceResponse` says were refused.
pub(crate) fn refused(answer: &[u8]) -> u64 {
    field(answer, 1).and_then(|(_, partial)| Some(field(partial, 1)?.0)).unwrap_or(0)
}

/// The first field of a number: its value, if it is a number, and its bytes, if it has any. `None` when there is none.
fn field(mut message: &[u8], wanted: u64) -> Option<(u64, &[u8])> {
    while !message.is_empty() {
        let tag = read_varint(&mut message)?;
        let (value, content) = match tag & 7 {
            0 => (read_varint(&mut message)?, &[][..]),
            1 => (0, take(&mut message, 8)?),
            2 => {
                let length = usize::try_from(read_varint(&mut message)?).ok()?;
                (0, take(&mut message, length)?)
            }
            5 => (0, take(&mut message, 4)?),
            _ => return None,
        };
        if tag >> 3 == wanted {
            return Some((value, content));
        }
    }
    None
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = from.split_at_checked(length)?;
    *from = tail;
    Some(head)
}

fn read_varint(from: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for at in 0..10 {
        let byte = take(from, 1)?[0];
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// No more of a text than [`MAX_TEXT`].
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT.min(text.len()))]
}

fn nanoseconds(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0).saturating_mul(1_000_000)
}

fn tag(out: &mut Vec<u8>, field: u32, wire: u32) {
    varint(out, u64::from(field << 3 | wire));
}

#[expect(clippy::cast_possible_truncation, reason = "seven bits are taken")]
fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 & 0x7f | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u32, value: u64) {
    tag(out, field, 0);
    varint(out, value);
}

fn fixed64(out: &mut Vec<u8>, field: u32, value: u64) {
    tag(out, field, 1);
    out.extend_from_slice(&value.to_le_bytes());
}

fn fixed32(out: &mut Vec<u8>, field: u32, value: u32) {
    tag(out, field, 5);
    out.extend_from_slice(&value.to_le_bytes());
}

fn bytes(out: &mut Vec<u8>, field: u32, value: &[u8]) {
    tag(out, field, 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

/// An id as it is shown: 36 letters. Twice in each span, which is worth more than what formatting costs.
fn uuid(out: &mut Vec<u8>, id: tollgate::Id) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (at, byte) in id.number().to_be_bytes().into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// A message within a message. Its length is known afterwards: what follows moves when it needs more than a byte.
fn message(out: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    tag(out, field, 2);
    let at = out.len();
    out.push(0);
    write(out);
    let length = out.len() - at - 1;
    match u8::try_from(length) {
        Ok(length @ 0..0x80) => out[at] = length,
        _ => {
            let end = out.len();
            // the length goes behind, to be moved to its place
            varint(out, length as u64);
            let more = out.len() - end - 1;
            let mut encoded = [0; 10];
            encoded[..=more].copy_from_slice(&out[end..]);
            out.truncate(end + more);
            out.copy_within(at + 1..end, at + 1 + more);
            out[at..=at + more].copy_from_slice(&encoded[..=more]);
        }
    }
}
