//! Scripts of all languages: what the real engine answered, and what recordings cannot show.

mod behaviour;
mod process;
mod recorded;
