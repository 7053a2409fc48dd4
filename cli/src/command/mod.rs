//! The commands, each in a file of its own.

pub(crate) mod assess;
pub(crate) mod check;
pub(crate) mod complete;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod deploy;
pub(crate) mod explain;
pub(crate) mod instances;
pub(crate) mod man;
pub(crate) mod render;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod start;
pub(crate) mod store;
pub(crate) mod tasks;
pub(crate) mod test;

/// Says how many there are, when not all are shown.
fn more(shown: usize, all: u64, counted: &str) {
    if u64::try_from(shown).is_ok_and(|shown| shown < all) {
        println!("{}", crate::style::faint(format!("{shown} of {counted}; see --limit")));
    } else if all == 0 {
        println!("{}", crate::style::faint("none"));
    }
}
