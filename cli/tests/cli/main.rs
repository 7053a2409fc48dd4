//! The command line, run as a user runs it: arguments in; output, errors and exit code out.

mod check;
mod client;
mod run;
mod store;
mod support;
