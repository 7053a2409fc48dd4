//! Traces: which trace a root instance belongs to, and where in it something happens (W3C Trace Context).
//!
//! Nothing about a trace is remembered but the context with which a root instance was started. All else follows from ids:
//! the trace of an instance that nobody traces is named by the instance's id, and the span of an activity instance or process
//! instance by a hash of its id. So a span can be told when it ends, and others can refer to it before.

use minicbor::{Decode, Encode};
use models::Id;

/// Longest `tracestate` that is passed on, in bytes; the standard asks for no more.
const MAX_STATE: usize = 512;
/// Flags that are passed on: sampled, random trace id.
const FLAGS: u8 = 0b11;
/// The flag of traces that are recorded.
const SAMPLED: u8 = 1;

/// A place in a trace: what the headers `traceparent` and `tracestate` say.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TraceContext {
    /// The trace.
    #[n(0)]
    pub trace: Id,
    /// The span.
    #[n(1)]
    pub span: u64,
    /// Flags of the trace.
    #[n(2)]
    pub flags: u8,
    /// What tracing systems add, as they sent it.
    #[n(3)]
    pub state: Option<String>,
}

impl TraceContext {
    /// Reads the headers. `None` when `traceparent` is not as the standard has it; a `tracestate` that is not is left out.
    pub fn parse(parent: &str, state: Option<&str>) -> Option<Self> {
        let parent = parent.trim();
        let field = |from: usize, to: usize| {
            let text = parent.get(from..to)?;
            let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            text.bytes().all(hex).then(|| u128::from_str_radix(text, 16).ok()).flatten()
        };
        let dashes = [2, 35, 52].iter().all(|at| parent.as_bytes().get(*at) == Some(&b'-'));
        let version = field(0, 2)?;
        // later versions may add fields behind
        let length = parent.len() == 55 || (version > 0 && parent.as_bytes().get(55) == Some(&b'-'));
        let (trace, span, flags) = (field(3, 35)?, field(36, 52)?, field(53, 55)?);
        if !dashes || !length || version == 0xff || trace == 0 || span == 0 {
            return None;
        }
        let visible = |text: &&str| {
            !text.is_empty() && text.len() <= MAX_STATE && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        };
        Some(Self {
            trace: Id::new(trace),
            span: u64::try_from(span).ok()?,
            flags: u8::try_from(flags).ok()? & FLAGS,
            state: state.map(str::trim).filter(visible).map(str::to_owned),
        })
    }

    /// As `traceparent` has it.
    pub fn traceparent(&self) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.trace.number(), self.span, self.flags)
    }

    /// Whether the trace is recorded.
    pub fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }
}

/// Which traces that begin here are recorded. Those that come in are recorded as their flag says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// The part of them, from 0 to 1.
    pub ratio: f64,
}

impl Sampling {
    fn includes(self, trace: Id) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a ratio needs no more digits")]
        let position = mixed(trace) as f64 / u64::MAX as f64;
        self.ratio >= 1.0 || position < self.ratio
    }
}

/// The trace of a root instance with the span that started it, or 0: `incoming`, or else one that begins with it.
pub fn of_root(root: Id, incoming: Option<&TraceContext>, sampling: Sampling) -> TraceContext {
    match incoming {
        Some(known) => known.clone(),
        None => TraceContext { trace: root, span: 0, flags: u8::from(sampling.includes(root)), state: None },
    }
}

/// What work of an activity instance or process instance hands on: its own span, or without tracing what came in.
pub fn handed_on(root: Id, incoming: Option<&TraceContext>, at: Id, tracing: Option<Sampling>) -> Option<TraceContext> {
    match tracing {
        Some(sampling) => Some(TraceContext { span: span_id(at), ..of_root(root, incoming, sampling) }),
        None => incoming.cloned(),
    }
}

/// The span of an activity instance, a process instance or another thing with an id. Never 0.
pub fn span_id(id: Id) -> u64 {
    mixed(id).max(1)
}

/// 64 well mixed bits of an id.
fn mixed(id: Id) -> u64 {
    let halves =
        [id.number() >> 64, id.number()].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default());
    // the finalizer of SplitMix64, over both halves: each is a bijection, so that ids of one process never meet
    let mix = |value: u64| {
        let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    };
    mix(halves[1] ^ mix(halves[0].wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn headers_are_read_as_the_standard_has_them() {
        let known = TraceContext::parse(PARENT, Some("vendor=1,other=2")).expect("good");
        assert_eq!(known.traceparent(), PARENT);
        assert_eq!(known.state.as_deref(), Some("vendor=1,other=2"));
        assert!(known.is_sampled());
        let later = format!("cc{}-what-the-future-brings", &PARENT[2..]);
        assert_eq!(TraceContext::parse(&later, None).map(|known| known.traceparent()), Some(PARENT.to_owned()));
        let off = TraceContext::parse(&PARENT.replace("-01", "-f0"), Some("umlaut=ä")).expect("good");
        assert!(!off.is_sampled() && off.flags == 0 && off.state.is_none());
    }

    #[test]
    fn headers_that_are_wrong_are_left_alone() {
        for wrong in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0ä",
        ] {
            assert_eq!(TraceContext::parse(wrong, None), None, "{wrong}");
        }
    }

    #[test]
    fn spans_differ_and_a_ratio_is_kept() {
        let base = 0x0199_0000_0000_7000_8000_0000_1234_5678;
        let ids = (0..10_000u128).map(|number| Id::new(base + (number << 32)));
        let spans: std::collections::BTreeSet<u64> = ids.clone().map(span_id).collect();
        assert_eq!(spans.len(), 10_000);
        assert!(!spans.contains(&0));
        let sampled = ids.clone().filter(|id| of_root(*id, None, Sampling { ratio: 0.1 }).is_sampled()).count();
        assert!((800..1200).contains(&sampled), "{sampled}");
        assert!(ids.clone().all(|id| of_root(id, None, Sampling { ratio: 1.0 }).is_sampled()));
        assert!(!ids.clone().any(|id| of_root(id, None, Sampling { ratio: 0.0 }).is_sampled()));
    }

    #[test]
    fn without_tracing_what_came_in_goes_on_unchanged() {
        let came = TraceContext::parse(PARENT, None);
        assert_eq!(handed_on(Id::new(1), came.as_ref(), Id::new(2), None), came);
        assert_eq!(handed_on(Id::new(1), None, Id::new(2), None), None);
        let own = handed_on(Id::new(1), came.as_ref(), Id::new(2), Some(Sampling { ratio: 0.0 })).expect("traced");
        assert_eq!((own.trace, own.span, own.flags), (came.expect("good").trace, span_id(Id::new(2)), 1));
    }
}
