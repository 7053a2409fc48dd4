//! Model files.

/// What a file is, as its name says in a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `.bpmn`, `.bpmn20.xml`.
    Bpmn,
    /// `.dmn`, `.dmn11.xml`.
    Dmn,
    /// `.form`.
    Form,
}

impl Kind {
    /// By the suffixes that Camunda deploys; `None` for what a deployment only stores.
    pub fn of_name(name: &str) -> Option<Self> {
        let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
        if ends(&[".bpmn", ".bpmn20.xml"]) {
            Some(Self::Bpmn)
        } else if ends(&[".dmn", ".dmn11.xml"]) {
            Some(Self::Dmn)
        } else if ends(&[".form"]) {
            Some(Self::Form)
        } else {
            None
        }
    }

    /// By the namespaces in the content, for files under other names.
    pub fn of_content(bytes: &[u8]) -> Option<Self> {
        let text = bpmn_parser::decode(bytes);
        if text.contains("http://www.omg.org/spec/BPMN/") {
            Some(Self::Bpmn)
        } else if ["http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/"].iter().any(|ns| text.contains(ns)) {
            Some(Self::Dmn)
        } else {
            None
        }
    }
}

/// A model file.
#[derive(Clone, Debug)]
pub struct Source {
    /// How the file is called: its path, or its name in a deployment.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Source {
    /// The text that the spans of findings count in.
    pub fn text(&self) -> String {
        match self.kind {
            Kind::Bpmn | Kind::Dmn => bpmn_parser::decode(&self.bytes),
            Kind::Form => String::from_utf8_lossy(&self.bytes).into_owned(),
        }
    }
}
