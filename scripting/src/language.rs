//! Names of languages, as models write them.

/// A language scripts can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// ECMAScript 2020 and later.
    JavaScript,
    /// The subset of Groovy that models use.
    Groovy,
    /// FEEL expressions.
    Feel,
    /// JUEL as a script: expressions with `${…}`, without functions.
    Juel,
    /// rhai.
    Rhai,
}

impl Language {
    /// The language of a `scriptFormat`, under the names Camunda's engines register; in any case.
    pub fn from_format(format: &str) -> Option<Self> {
        let is = |name: &str| format.eq_ignore_ascii_case(name);
        if ["javascript", "ecmascript", "js", "graal.js"].into_iter().any(is) {
            Some(Self::JavaScript)
        } else if is("groovy") {
            Some(Self::Groovy)
        } else if is("feel") {
            Some(Self::Feel)
        } else if is("juel") {
            Some(Self::Juel)
        } else if is("rhai") {
            Some(Self::Rhai)
        } else {
            None
        }
    }

    /// What to do about a `scriptFormat` that [`Language::from_format`] does not know; for a diagnostic at deployment.
    pub fn remedy(format: &str) -> String {
        let known = "javascript, groovy, feel, juel or rhai";
        match format.to_ascii_lowercase().as_str() {
            "python" | "jython" | "ruby" | "jruby" => format!(
                "scripts in {format} are not supported; rewrite the script in {known}, or make the task an external task and \
                 work on it with a {format} client"
            ),
            "" => format!("the script needs a scriptFormat: {known}"),
            "text/javascript" | "application/javascript" => {
                "Camunda knows JavaScript as `javascript`, not by its media type".to_owned()
            }
            _ => format!("use {known}"),
        }
    }

    /// What Camunda says when a script of an unknown language runs.
    pub fn unknown_message(format: &str) -> String {
        format!("Can't find scripting engine for '{format}': scriptEngine is null")
    }
}
