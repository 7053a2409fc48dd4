//! Pictures of BPMN models.
//!
//! [`Picture::of`] looks a file's diagram up, or lays the model out when it has none; [`Picture::svg`] writes it, with
//! [`Marks`] on elements: what a test covered, what a check found. Nothing in here touches a file or runs a process.

mod layout;
mod scene;
mod svg;
mod symbol;

use std::collections::BTreeMap;

use bpmn_parser::diagram::Diagram;
use models::bpmn::Definitions;

use self::scene::Scene;

/// How an element stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be: covered, done.
    Good,
    /// Not covered, not reached.
    Missed,
    /// A warning.
    Attention,
    /// An error.
    Bad,
}

impl Tone {
    /// Name of the class in the picture.
    fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Missed => "missed",
            Self::Attention => "attention",
            Self::Bad => "bad",
        }
    }
}

/// A mark on an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How it stands out.
    pub tone: Tone,
    /// A short text at its corner, such as a number.
    pub badge: Option<String>,
    /// What a browser shows when the pointer rests on it.
    pub title: Option<String>,
}

/// Marks by element id.
pub type Marks = BTreeMap<String, Mark>;

/// A model ready to be drawn.
#[derive(Debug)]
pub struct Picture {
    scene: Scene,
    has_own_diagram: bool,
}

impl Picture {
    /// The picture of a file: by its diagram, or laid out from left to right when it has none.
    pub fn of(definitions: &Definitions, bytes: &[u8]) -> Self {
        let diagram = bpmn_parser::diagram::parse(bytes);
        let has_own_diagram = !diagram.shapes.is_empty();
        let diagram = if has_own_diagram { diagram } else { layout::diagram(definitions) };
        Self { scene: Scene::new(definitions, &diagram), has_own_diagram }
    }

    /// Whether the file says how it looks.
    pub fn has_own_diagram(&self) -> bool {
        self.has_own_diagram
    }

    /// Writes the picture as a document of its own.
    pub fn svg(&self, marks: &Marks) -> String {
        svg::document(&self.scene, marks)
    }
}

/// A layout of a model, for files without diagram.
pub fn layout(definitions: &Definitions) -> Diagram {
    layout::diagram(definitions)
}
