//! Requests to the engine that concern more than one root instance, and their answers.
