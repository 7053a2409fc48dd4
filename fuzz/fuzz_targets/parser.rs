//! BPMN files: whatever the bytes are, parsing ends without a panic, and what is deployable has a model.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options = bpmn_parser::ParseOptions::default();
    let parsed = bpmn_parser::parse(bytes, "fuzz.bpmn", &options);
    let message = bpmn_parser::camunda_message("fuzz.bpmn", &parsed.diagnostics);
    assert_eq!(parsed.is_deployable(), message.is_empty(), "{message}");
    bpmn_parser::diagram::parse(bytes);
});
