//! The command line, run as a user runs it: arguments in; output, errors and exit code out.

mod assess;
mod check;
mod client;
mod config;
mod guide;
mod help;
mod logs;
mod people;
mod process_tests;
mod run;
mod serve;
mod store;
mod support;
mod tls;
mod tracing;
