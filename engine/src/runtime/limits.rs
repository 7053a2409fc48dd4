//! Limits: how many of something may go on at a time, and how many may begin in a span of time.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc, time::Duration};

use rustc_hash::FxHashMap;

/// What a rate may be ahead of an even spread: so many begin together.
const BURST: Duration = Duration::from_millis(100);

/// A limit; what is not set is not limited.
///
/// ```
/// let limit: tollgate::Limit = "4 100/m".parse()?;
/// assert_eq!(limit.at_once, Some(4));
/// assert_eq!(limit.to_string(), "4 100/m");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// How many at a time.
    pub at_once: Option<usize>,
    /// How many may begin in a span of time.
    pub rate: Option<Rate>,
}

/// How many may begin in a span of time. They are spread over it, to the tenth of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many, at least 1.
    pub count: u32,
    /// In which time.
    pub per: Duration,
}

/// Spans of time with a name.
const SPANS: [(&str, u64); 3] = [("s", 1), ("m", 60), ("h", 3600)];

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no limit such as `4`, `100/m` (`/s`, `/h`) or `4 100/m`");
        let mut limit = Self::default();
        for part in text.split_whitespace() {
            match part.split_once('/') {
                Some((count, span)) if limit.rate.is_none() => {
                    let count = count.parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
                    let (_, seconds) = SPANS.iter().find(|(name, _)| *name == span).ok_or_else(wrong)?;
                    limit.rate = Some(Rate { count, per: Duration::from_secs(*seconds) });
                }
                None if limit.at_once.is_none() => limit.at_once = Some(part.parse().map_err(|_| wrong())?),
                _ => return Err(wrong()),
            }
        }
        if limit == Self::default() { Err(wrong()) } else { Ok(limit) }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(count) = self.at_once {
            write!(f, "{count}")?;
        }
        if let Some(Rate { count, per }) = self.rate {
            let space = if self.at_once.is_some() { " " } else { "" };
            let span = SPANS.iter().find(|(_, seconds)| *seconds == per.as_secs()).map_or("?", |(name, _)| name);
            write!(f, "{space}{count}/{span}")?;
        }
        Ok(())
    }
}

/// Limits of things that have names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedLimits {
    /// Limits of those named.
    pub named: BTreeMap<String, Limit>,
    /// The limit of each other one.
    pub others: Option<Limit>,
}

impl NamedLimits {
    /// Reads entries such as `order=4 100/m`; the name `*` stands for each that has no entry of its own.
    ///
    /// # Errors
    /// When an entry has another form, or a name comes twice.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut limits = Self::default();
        for entry in entries {
            let (name, limit) =
                entry.rsplit_once('=').ok_or_else(|| format!("`{entry}` has not the form `name=limit`"))?;
            let limit: Limit = limit.parse()?;
            let earlier = match name.trim() {
                "*" => limits.others.replace(limit),
                name => limits.named.insert(name.to_owned(), limit),
            };
            if earlier.is_some() {
                return Err(format!("`{name}` has two limits"));
            }
        }
        Ok(limits)
    }

    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && self.others.is_none()
    }

    /// The limit of a name.
    pub fn of(&self, name: &str) -> Option<Limit> {
        self.named.get(name).copied().or(self.others)
    }
}

/// What a shared platform allows each of its users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Jobs that run, by the key of their process definition.
    pub definitions: NamedLimits,
    /// Jobs that run, by tenant.
    pub tenants: NamedLimits,
    /// External tasks that workers hold, by topic.
    pub topics: NamedLimits,
}

/// How a limit stands, for metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitFigure {
    /// `definition`, `tenant` or `topic`.
    pub kind: &'static str,
    /// Whose limit it is; `*`: of all that have none of their own, together.
    pub name: String,
    /// The limit.
    pub limit: Limit,
    /// How many go on.
    pub in_use: usize,
    /// How often something had to wait for it since the start.
    pub held_back: u64,
}

/// Why something may not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// As many as allowed go on: until one ends.
    Busy,
    /// The rate allows the next one at this time.
    Until(Duration),
}

/// How much of what is limited goes on.
#[derive(Debug, Default)]
pub(super) struct Usages {
    limits: NamedLimits,
    used: FxHashMap<Arc<str>, Usage>,
    /// How often limits held something back, by the name in the limits.
    held_back: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct Usage {
    running: usize,
    /// When the last one that began would have begun in an even spread, plus one step.
    next: Duration,
}

impl Usages {
    pub(super) fn new(limits: NamedLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    pub(super) fn limits(&self) -> &NamedLimits {
        &self.limits
    }

    /// Whether one more of a name may begin, beside `running` others; unless told, those that [`begin`](Self::begin) counted.
    pub(super) fn check(&mut self, name: &str, running: Option<usize>, now: Duration) -> Result<(), Hold> {
        let Some(limit) = self.limits.of(name) else { return Ok(()) };
        let usage = self.used.get(name);
        let running = running.or(usage.map(|usage| usage.running)).unwrap_or_default();
        let hold = if limit.at_once.is_some_and(|most| running >= most) {
            Some(Hold::Busy)
        } else {
            let next = usage.map_or(Duration::ZERO, |usage| usage.next);
            let from = next.saturating_sub(BURST);
            (limit.rate.is_some() && from > now).then_some(Hold::Until(from))
        };
        let Some(hold) = hold else { return Ok(()) };
        let label = if self.limits.named.contains_key(name) { name } else { "*" };
        *self.held_back.entry(label.to_owned()).or_default() += 1;
        Err(hold)
    }

    /// How many of a name have begun here.
    pub(super) fn begun(&self, name: &str) -> usize {
        self.used.get(name).map_or(0, |usage| usage.running)
    }

    /// Counts none as going on: who calls this counts for itself from here on.
    pub(super) fn settle(&mut self, now: Duration) {
        self.used.retain(|_, usage| {
            usage.running = 0;
            usage.next > now
        });
    }

    /// One begins.
    pub(super) fn begin(&mut self, name: &Arc<str>, now: Duration) {
        let Some(limit) = self.limits.of(name) else { return };
        let usage = self.used.entry(name.clone()).or_default();
        usage.running += 1;
        if let Some(Rate { count, per }) = limit.rate {
            usage.next = usage.next.max(now) + per / count.max(1);
        }
    }

    /// One has ended.
    pub(super) fn end(&mut self, name: &str, now: Duration) {
        if let Some(usage) = self.used.get_mut(name) {
            usage.running = usage.running.saturating_sub(1);
            if usage.running == 0 && usage.next <= now {
                // nothing to remember: names that are gone must not pile up
                self.used.remove(name);
            }
        }
    }

    /// How each limit stands; `running` counts those of a name, where this does not.
    pub(super) fn figures(&self, kind: &'static str, running: impl Fn(&str) -> Option<usize>) -> Vec<LimitFigure> {
        let held_back = |name: &str| self.held_back.get(name).copied().unwrap_or_default();
        let counted = |name: &str| self.used.get(name).map_or(0, |usage| usage.running);
        let named = self.limits.named.iter().map(|(name, limit)| LimitFigure {
            kind,
            name: name.clone(),
            limit: *limit,
            in_use: running(name).unwrap_or_else(|| counted(name)),
            held_back: held_back(name),
        });
        let mut figures: Vec<_> = named.collect();
        if let Some(limit) = self.limits.others {
            let others = self.used.iter().filter(|(name, _)| !self.limits.named.contains_key(&***name));
            let in_use = others.map(|(name, usage)| running(name).unwrap_or(usage.running)).sum();
            figures.push(LimitFigure { kind, name: "*".to_owned(), limit, in_use, held_back: held_back("*") });
        }
        figures
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Hold, Limit, NamedLimits, Usages};

    #[test]
    fn limits_are_read_and_written() {
        for text in ["4", "100/m", "4 100/m", "0", "1/h", "7 50/s"] {
            assert_eq!(text.parse::<Limit>().unwrap().to_string(), text);
        }
        for text in ["", "x", "4 5", "1/d", "0/s", "1/s 2/s", "-1"] {
            text.parse::<Limit>().unwrap_err();
        }
        let limits = NamedLimits::parse(["a=1", "b=c=2/s", "*=3"]).unwrap();
        assert_eq!(limits.of("a").unwrap().at_once, Some(1));
        assert_eq!(limits.of("b=c").unwrap().to_string(), "2/s");
        assert_eq!(limits.of("other").unwrap().at_once, Some(3));
        assert!(NamedLimits::parse(["a=1", "a=2"]).is_err());
        assert!(NamedLimits::parse(["a"]).is_err());
    }

    #[test]
    fn as_many_go_on_as_allowed() {
        let mut usages = Usages::new(NamedLimits::parse(["a=2"]).unwrap());
        let (name, now) = ("a".into(), Duration::ZERO);
        for _ in 0..2 {
            usages.check("a", None, now).unwrap();
            usages.begin(&name, now);
        }
        assert_eq!(usages.check("a", None, now), Err(Hold::Busy));
        usages.check("b", None, now).unwrap();
        usages.end("a", now);
        usages.check("a", None, now).unwrap();
        let figure = &usages.figures("definition", |_| None)[0];
        assert_eq!((figure.in_use, figure.held_back), (1, 1));
    }

    /// Over any second the rate holds, to the tenth of a second.
    #[test]
    fn a_rate_is_spread() {
        let mut usages = Usages::new(NamedLimits::parse(["*=50/s"]).unwrap());
        let name = "a".into();
        let mut begun = Vec::new();
        for ms in 0..5_000 {
            let now = Duration::from_millis(ms);
            while usages.check("a", None, now).is_ok() {
                usages.begin(&name, now);
                usages.end("a", now);
                begun.push(ms);
            }
        }
        assert!((250..=260).contains(&begun.len()), "{}", begun.len());
        for from in 0..4_000 {
            let within = begun.iter().filter(|ms| (from..from + 1_000).contains(*ms)).count();
            assert!((45..=56).contains(&within), "{within} from {from}");
        }
        let slow = Usages::new(NamedLimits::parse(["*=2/m"]).unwrap());
        let mut slow = slow;
        slow.begin(&name, Duration::ZERO);
        assert_eq!(slow.check("a", None, Duration::ZERO), Err(Hold::Until(Duration::from_millis(29_900))));
    }
}
