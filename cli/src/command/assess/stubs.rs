//! Skeletons of handlers and workers for what is missing.

use std::{collections::BTreeMap, fmt::Write};

use analysis::{Assessment, Need, NeedKind, Status};

/// The language of skeletons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Language {
    /// Handlers in the embedding program.
    Rust,
    /// Workers with `camunda-external-task-client-js`.
    Javascript,
    /// Workers with `camunda-external-task-client-python3`.
    Python,
}

/// Something to write: what it is needed for, by name.
type Wanted<'a> = BTreeMap<(NeedKind, &'a str), Vec<&'a Need>>;

/// Files with their content.
pub(super) fn write(language: Language, all: &[Assessment]) -> Vec<(&'static str, String)> {
    let mut wanted: Wanted<'_> = BTreeMap::new();
    for requirement in all.iter().flat_map(|one| &one.requirements) {
        let kind = requirement.kind;
        let handler = matches!(kind, NeedKind::Class | NeedKind::Delegate | NeedKind::Bean | NeedKind::Connector)
            && requirement.status == Status::Missing;
        let topic =
            kind == NeedKind::Topic && requirement.status == Status::Check && !requirement.needs[0].is_dynamic();
        let fits = match language {
            Language::Rust => handler,
            // listeners and beans run inside the transaction: no worker can take their place
            _ => topic || (handler && requirement.needs.iter().any(|need| need.role == "implementation")),
        };
        if fits && !requirement.name.contains('{') {
            wanted.entry((kind, &requirement.name)).or_default().extend(&requirement.needs);
        }
    }
    if wanted.is_empty() {
        return Vec::new();
    }
    match language {
        Language::Rust => vec![("handlers.rs", rust(&wanted))],
        Language::Javascript => vec![("workers.js", javascript(&wanted))],
        Language::Python => vec![("workers.py", python(&wanted))],
    }
}

/// Where it is needed, a line each.
fn places(needs: &[&Need], comment: &str) -> String {
    let mut lines: Vec<String> = needs
        .iter()
        .map(|need| {
            let name =
                need.element_name.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            let name = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
            format!("{comment} {} of {}{name} in process {}\n", need.role, need.element, need.process)
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines.concat()
}

/// Names of injected fields, or of methods for beans.
fn fields<'a>(needs: &[&'a Need]) -> Vec<&'a str> {
    let mut names: Vec<&str> = needs.iter().flat_map(|need| need.fields.iter().map(String::as_str)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn rust(wanted: &Wanted<'_>) -> String {
    let mut text = String::from(
        "//! Handlers for what the models name as Java classes and beans.\n\nuse tollgate::{Engine, HandlerContext, HandlerResult};\n\n\
         /// Registers all handlers.\npub fn register(engine: &Engine) {\n",
    );
    // writing to a string cannot fail
    let names: Vec<(String, (NeedKind, &str), &Vec<&Need>)> = {
        let mut taken = std::collections::HashMap::new();
        wanted
            .iter()
            .map(|(key, needs)| {
                let base = snake(key.1);
                let number = taken.entry(base.clone()).and_modify(|number| *number += 1).or_insert(1);
                let name = if *number == 1 { base } else { format!("{base}_{number}") };
                (name, *key, needs)
            })
            .collect()
    };
    for (function, (_, name), _) in &names {
        let _ = writeln!(text, "    engine.handler({name:?}, {function});");
    }
    text.push_str("}\n");
    for (function, (kind, name), needs) in &names {
        let _ = write!(text, "\n/// The {} `{name}`.\n///\n{}", kind.name(), places(needs, "/// -"));
        let _ = write!(text, "fn {function}(ctx: &HandlerContext) -> HandlerResult {{\n");
        if *kind == NeedKind::Bean {
            text.push_str("    // the method that is called, and its arguments `arg0`, `arg1` …; the result is the variable `return`\n");
            text.push_str("    let method = ctx.field(\"method\").cloned();\n");
            for method in fields(needs) {
                let _ = writeln!(text, "    // {method}(…)");
            }
            text.push_str("    todo!(\"{method:?}\")\n}\n");
            continue;
        }
        for field in fields(needs) {
            let _ = writeln!(text, "    let {} = ctx.field({field:?}).cloned();", snake(field));
        }
        text.push_str(
            "    // ctx.variable(\"name\"), ctx.set_variable(\"name\", value), Err(HandlerError::bpmn(\"CODE\"))\n",
        );
        let used: Vec<String> = fields(needs).iter().map(|field| format!("{{{}:?}}", snake(field))).collect();
        let _ = write!(text, "    todo!(\"{name} at {{:?}} {}\", ctx)\n}}\n", used.join(" "));
    }
    text
}

fn javascript(wanted: &Wanted<'_>) -> String {
    let mut text = String::from(
        "// Workers for what the models need.  npm install camunda-external-task-client-js\n\
         import { Client, Variables, logger } from \"camunda-external-task-client-js\";\n\n\
         const client = new Client({\n  baseUrl: process.env.TOLLGATE_SERVER ?? \"http://127.0.0.1:8080/engine-rest\",\n  use: logger,\n});\n",
    );
    for ((kind, name), needs) in wanted {
        let _ = write!(text, "\n{}", places(needs, "//"));
        if *kind != NeedKind::Topic {
            let _ = writeln!(text, "// the {} `{name}` has to be mapped to this topic", kind.name());
        }
        let _ = write!(text, "client.subscribe({name:?}, async ({{ task, taskService }}) => {{\n");
        for field in fields(needs) {
            let _ = writeln!(text, "  // injected field: {field}");
        }
        text.push_str(
            "  // task.variables.get(\"name\"); await taskService.handleBpmnError(task, \"CODE\");\n  \
             await taskService.handleFailure(task, { errorMessage: \"not written yet\", retries: 0 });\n  \
             // await taskService.complete(task, new Variables());\n});\n",
        );
    }
    text
}

fn python(wanted: &Wanted<'_>) -> String {
    let mut text = String::from(
        "\"\"\"Workers for what the models need.  pip install camunda-external-task-client-python3\"\"\"\n\
         import os\nfrom concurrent.futures import ThreadPoolExecutor\n\n\
         from camunda.external_task.external_task import ExternalTask, TaskResult\n\
         from camunda.external_task.external_task_worker import ExternalTaskWorker\n\n\
         SERVER = os.environ.get(\"TOLLGATE_SERVER\", \"http://127.0.0.1:8080/engine-rest\")\n",
    );
    let mut table = String::new();
    let mut taken = std::collections::HashMap::new();
    for ((kind, name), needs) in wanted {
        let base = snake(name);
        let number = taken.entry(base.clone()).and_modify(|number| *number += 1).or_insert(1);
        let function = if *number == 1 { base } else { format!("{base}_{number}") };
        let _ = write!(text, "\n\n{}", places(needs, "#"));
        if *kind != NeedKind::Topic {
            let _ = writeln!(text, "# the {} `{name}` has to be mapped to this topic", kind.name());
        }
        let _ = write!(text, "def {function}(task: ExternalTask) -> TaskResult:\n");
        for field in fields(needs) {
            let _ = writeln!(text, "    # injected field: {field}");
        }
        text.push_str(
            "    # task.get_variable(\"name\"); task.bpmn_error(\"CODE\", \"message\"); task.complete({\"name\": 1})\n    \
             return task.failure(\"not written yet\", \"\", max_retries=0, retry_timeout=0)\n",
        );
        let _ = writeln!(table, "    {name:?}: {function},");
    }
    let _ = write!(
        text,
        "\n\nHANDLERS = {{\n{table}}}\n\nif __name__ == \"__main__\":\n    with ThreadPoolExecutor(max_workers=len(HANDLERS)) as pool:\n        \
         for topic, handler in HANDLERS.items():\n            \
         pool.submit(ExternalTaskWorker(worker_id=topic, base_url=SERVER).subscribe, topic, handler)\n"
    );
    text
}

/// The last part of a name as the name of a function.
fn snake(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    let mut text = String::new();
    for letter in last.chars() {
        if letter.is_uppercase() && !text.is_empty() && !text.ends_with('_') {
            text.push('_');
        }
        if letter.is_alphanumeric() {
            text.extend(letter.to_lowercase());
        } else if !text.ends_with('_') && !text.is_empty() {
            text.push('_');
        }
    }
    let text = text.trim_end_matches('_').to_owned();
    let starts_well = text.chars().next().is_some_and(|letter| letter.is_ascii_alphabetic());
    const KEYWORDS: [&str; 12] =
        ["type", "match", "move", "fn", "for", "in", "is", "as", "if", "import", "return", "from"];
    if starts_well && !KEYWORDS.contains(&&*text) { text } else { format!("handle_{text}") }
}
