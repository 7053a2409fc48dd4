//! Random models under random commands.
//!
//! A seed gives a model (`model`) and, step by step, commands that fit where its instance stands (`drive`). After every step the engine
//! must keep its promises (`invariants`). What was done is a scenario: written to a file, it is recorded from a real Camunda with
//! `replay.py` and replayed like any other.

mod drive;
mod invariants;
mod model;
mod random;

pub use self::{
    drive::{Run, run},
    model::{Shape, model},
    random::Random,
};
