//! Namespaces: well-known ones have fixed ids, all others get one per document.

/// URIs of the namespaces that the parser knows.
pub(crate) mod uri {
    pub(crate) const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    pub(crate) const BPMN_DI: &str = "http://www.omg.org/spec/BPMN/20100524/DI";
    pub(crate) const DI: &str = "http://www.omg.org/spec/DD/20100524/DI";
    pub(crate) const DC: &str = "http://www.omg.org/spec/DD/20100524/DC";
    pub(crate) const CAMUNDA: &str = "http://camunda.org/schema/1.0/bpmn";
    pub(crate) const ACTIVITI: &str = "http://activiti.org/bpmn";
    pub(crate) const FOX: &str = "http://www.camunda.com/fox";
    pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
    pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema";
    pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
    pub(crate) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

    /// Namespaces of forks of Camunda 7: the same vocabulary under another name.
    pub(crate) const FORKS: [&str; 7] = [
        "http://operaton.org/schema/1.0/bpmn",
        "http://cibseven.org/schema/1.0/bpmn",
        "http://cibseven.org/schema/bpmn",
        "http://fluxnova.finos.org/schema/1.0/bpmn",
        "http://eximeebpms.org/schema/1.0/bpmn",
        "http://cadenzaflow.com/schema/1.0/bpmn",
        "http://cadenzaflow.org/schema/1.0/bpmn",
    ];
}

/// A namespace of one document. [`NamespaceId::NONE`] is "no namespace".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NamespaceId(u16);

impl NamespaceId {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const BPMN: Self = Self(1);
    pub(crate) const BPMN_DI: Self = Self(2);
    pub(crate) const DI: Self = Self(3);
    pub(crate) const DC: Self = Self(4);
    // 5 is Camunda's own: extensions are asked for by `Namespaces::is_extension`.
    pub(crate) const ACTIVITI: Self = Self(6);
    pub(crate) const FOX: Self = Self(7);
    pub(crate) const XSI: Self = Self(8);
    pub(crate) const XML: Self = Self(9);
    pub(crate) const XMLNS: Self = Self(10);
}

/// URIs in the order of the ids above.
const WELL_KNOWN: [&str; 11] = [
    "",
    uri::BPMN,
    uri::BPMN_DI,
    uri::DI,
    uri::DC,
    uri::CAMUNDA,
    uri::ACTIVITI,
    uri::FOX,
    uri::XSI,
    uri::XML,
    uri::XMLNS,
];

/// All namespaces of a document.
#[derive(Debug)]
pub(crate) struct Namespaces {
    uris: Vec<Box<str>>,
    /// Whether the id at the index means Camunda's extensions.
    extension: Vec<bool>,
    forks: bool,
}

impl Namespaces {
    /// The well-known ones. With `forks`, the namespaces of forks count as Camunda's.
    pub(crate) fn new(forks: bool) -> Self {
        let mut namespaces = Self { uris: Vec::with_capacity(16), extension: Vec::with_capacity(16), forks };
        for uri in WELL_KNOWN {
            namespaces.add(uri);
        }
        namespaces
    }

    fn add(&mut self, uri: &str) -> NamespaceId {
        let id = u16::try_from(self.uris.len()).unwrap_or(u16::MAX);
        self.uris.push(uri.into());
        self.extension.push(uri == uri::CAMUNDA || (self.forks && uri::FORKS.contains(&uri)));
        NamespaceId(id)
    }

    /// The id of a URI; `None` when a document declares more namespaces than any real one.
    pub(crate) fn intern(&mut self, uri: &str) -> Option<NamespaceId> {
        match self.uris.iter().position(|known| &**known == uri) {
            Some(at) => u16::try_from(at).ok().map(NamespaceId),
            None if self.uris.len() < usize::from(u16::MAX) => Some(self.add(uri)),
            None => None,
        }
    }

    pub(crate) fn uri(&self, id: NamespaceId) -> &str {
        &self.uris[usize::from(id.0)]
    }

    pub(crate) fn is_extension(&self, id: NamespaceId) -> bool {
        self.extension[usize::from(id.0)]
    }
}

/// A set of namespaces with a fallback: the second is asked when the first has nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// Camunda's extensions (or a fork's), then Activiti's.
    Extension,
    /// Exactly this namespace.
    Exactly(NamespaceId),
}
