//! What the analysis says about files: told before a deployment on request, logged after it.

use std::sync::Arc;

use analysis::{Kind, Model, Source, Surroundings};
use models::Diagnostic;

/// The findings of each file, beside its name. Files that are no models have none: a deployment only stores them.
pub(crate) fn of_files(files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<Diagnostic>)> {
    let options = bpmn_parser::ParseOptions::default();
    let mut models: Vec<Model> = Vec::new();
    let mut places: Vec<(String, Option<usize>)> = Vec::new();
    for (name, bytes) in files {
        let place = Kind::of_name(&name).map(|kind| {
            models.push(analysis::read(Source { name: name.clone(), kind, bytes }, &options));
            models.len() - 1
        });
        places.push((name, place));
    }
    let surroundings = Surroundings::of(&models);
    let found = |place: usize| {
        let model: &Model = &models[place];
        model.diagnostics.iter().cloned().chain(analysis::examine(model, &surroundings)).collect()
    };
    places.into_iter().map(|(name, place)| (name, place.map_or_else(Vec::new, found))).collect()
}

/// Logs what is found in the files of a deployment that was made, with file, line and element. The request does not wait for it.
pub(crate) fn log(files: Vec<(String, Arc<[u8]>)>) {
    tokio::task::spawn_blocking(move || {
        let files = files.into_iter().map(|(name, content)| (name, content.to_vec())).collect();
        for (name, findings) in of_files(files) {
            for finding in findings {
                tracing::warn!(
                    file = name,
                    line = finding.span.line,
                    element = finding.element_ids.join(","),
                    code = finding.code,
                    "deployed with a warning: {}",
                    finding.message
                );
            }
        }
    });
}
