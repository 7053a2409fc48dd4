//! The symbols of BPMN 2.0.2 (§7.4, §10, §13) as paths around a centre.

/// What is inside an event's circle or a gateway's diamond, drawn in a box of 36 by 36 around 0,0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    None,
    Timer,
    Message,
    Signal,
    Conditional,
    Error,
    Escalation,
    Compensation,
    Link,
    Cancel,
    Terminate,
    Exclusive,
    Parallel,
    Inclusive,
    EventBased,
}

impl Symbol {
    /// Path data; empty for none. Throwing symbols are filled by their class.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Timer => "M-10,0a10,10 0 1,0 20,0a10,10 0 1,0 -20,0M0,0L1,-7M0,0L5,1",
            Self::Message => "M-9,-6H9V6H-9ZM-9,-6L0,1L9,-6",
            Self::Signal => "M0,-9L9,7H-9Z",
            Self::Conditional => "M-7,-9H7V9H-7ZM-4,-5H4M-4,-1H4M-4,3H4",
            Self::Error => "M-8,8L-4,-7L3,3L8,-9L4,7L-3,-3Z",
            Self::Escalation => "M0,-10L7,8L0,1L-7,8Z",
            Self::Compensation => "M-1,0L8,-7V7ZM-10,0L-1,-7V7Z",
            Self::Link => "M-9,-4H2V-9L10,0L2,9V4H-9Z",
            Self::Cancel => "M-8,-5L-5,-8L0,-3L5,-8L8,-5L3,0L8,5L5,8L0,3L-5,8L-8,5L-3,0Z",
            Self::Terminate => "M-9,0a9,9 0 1,0 18,0a9,9 0 1,0 -18,0",
            Self::Exclusive => "M-7,-9L7,9M7,-9L-7,9",
            Self::Parallel => "M-11,0H11M0,-11V11",
            Self::Inclusive => "M-9,0a9,9 0 1,0 18,0a9,9 0 1,0 -18,0",
            Self::EventBased => "M-12,0a12,12 0 1,0 24,0a12,12 0 1,0 -24,0M0,-7L7,-2L4,6H-4L-7,-2Z",
        }
    }
}

/// The mark at the upper left corner of a task, in a box of 16 by 16 from 0,0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskSymbol {
    Plain,
    User,
    Service,
    Send,
    Receive,
    Script,
    Manual,
    Rule,
}

impl TaskSymbol {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::User => "M4,4a4,4 0 1,0 8,0a4,4 0 1,0 -8,0M0,16C0,10 4,9 8,9C12,9 16,10 16,16Z",
            Self::Service => {
                "M5,8a3,3 0 1,0 6,0a3,3 0 1,0 -6,0M8,0V3M8,13V16M0,8H3M13,8H16M2,2L4.5,4.5M11.5,11.5L14,14M14,2L11.5,4.5M4.5,11.5L2,14"
            }
            Self::Send | Self::Receive => "M0,2H16V13H0ZM0,2L8,8L16,2",
            Self::Script => "M4,0H15C11,4 16,9 12,16H1C5,9 0,4 4,0ZM5,5H11M5,8H11M5,11H10",
            Self::Manual => "M0,7L6,1L8,3L6,5H15V7H8H16V9H8H15V11H8H13V13H4Z",
            Self::Rule => "M0,1H16V15H0ZM0,5H16M0,10H16M5,5V15",
        }
    }
}
