//! What Camunda 7 checks of the diagram when a file is deployed. Drawing is [`crate::diagram`]'s matter.

use super::{Builder, Step, Stop};
use crate::{
    rules,
    xml::{Element, NamespaceId, Vocabulary},
};

const BPMN_DI: Vocabulary = Vocabulary::Exactly(NamespaceId::BPMN_DI);
const DI: Vocabulary = Vocabulary::Exactly(NamespaceId::DI);
const DC: Vocabulary = Vocabulary::Exactly(NamespaceId::DC);

const NO_KEY: &str = "Cannot invoke \"String.equals(Object)\" because the return value of \
     \"org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity.getKey()\" is null";

impl<'d> Builder<'d> {
    pub(super) fn check_diagrams(&mut self) -> Step {
        for diagram in self.root.children_in(BPMN_DI, "BPMNDiagram") {
            self.last_element = Some(diagram);
            if let Some(plane) = diagram.child_in(BPMN_DI, "BPMNPlane")? {
                self.check_plane(plane)?;
            }
        }
        Ok(())
    }

    fn check_plane(&mut self, plane: Element<'d>) -> Step {
        if reference(plane).is_none() {
            self.error(rules::DI_REFERENCE, "'bpmnElement' attribute is required on BPMNPlane ", plane);
            return Ok(());
        }
        self.ensure_keys(reference(plane))?;
        for shape in plane.children_in(BPMN_DI, "BPMNShape") {
            self.check_shape(shape)?;
        }
        for edge in plane.children_in(BPMN_DI, "BPMNEdge") {
            self.check_edge(edge);
        }
        Ok(())
    }

    /// Camunda looks for the process by its key and fails when one before it has none.
    pub(super) fn ensure_keys(&self, key: Option<&str>) -> Step {
        let stumbles = self.processes.iter().find(|process| process.key.is_none() || process.key == key);
        match stumbles {
            Some(process) if process.key.is_none() => Err(Stop::Exception(NO_KEY.to_owned())),
            _ => Ok(()),
        }
    }

    fn check_shape(&mut self, shape: Element<'d>) -> Step {
        let Some(target) = reference(shape) else {
            self.error(rules::DI_REFERENCE, "'bpmnElement' attribute is required on BPMNShape", shape);
            return Ok(());
        };
        if self.participant_processes.contains_key(&Some(target)) {
            return self.check_bounds(shape);
        }
        for at in 0..self.processes.len() {
            let process = &self.processes[at];
            if process.activities.contains_key(target) || process.lanes.contains(target) {
                self.check_bounds(shape)?;
            } else if !self.ids.contains(target) {
                let message = format!("Invalid reference in 'bpmnElement' attribute, activity {target} not found");
                self.error(rules::DI_UNKNOWN, message, shape);
            }
        }
        Ok(())
    }

    fn check_bounds(&mut self, shape: Element<'d>) -> Step {
        let Some(bounds) = shape.child_in(DC, "Bounds")? else {
            self.error(rules::DI_BOUNDS, "'Bounds' element is required", shape);
            return Ok(());
        };
        for name in ["x", "y", "width", "height"] {
            self.check_number(shape, name, bounds.attribute(name));
        }
        Ok(())
    }

    fn check_edge(&mut self, edge: Element<'d>) {
        let Some(target) = reference(edge) else {
            self.error(rules::DI_REFERENCE, "'bpmnElement' attribute is required on BPMNEdge", edge);
            return;
        };
        if self.sequence_flows.contains(&Some(target)) {
            let waypoints = edge.children_in(DI, "waypoint");
            if waypoints.len() < 2 {
                self.error(rules::DI_WAYPOINTS, "Minimum 2 waypoint elements must be definted for a 'BPMNEdge'", edge);
                return;
            }
            for waypoint in waypoints {
                for name in ["x", "y"] {
                    self.check_number(waypoint, name, waypoint.attribute(name));
                }
            }
        } else if !self.ids.contains(target) {
            // Camunda forgets the space.
            let message = format!("Invalid reference in 'bpmnElement' attribute, sequenceFlow {target}not found");
            self.error(rules::DI_UNKNOWN, message, edge);
        }
    }

    fn check_number(&mut self, element: Element<'d>, name: &str, text: Option<&str>) {
        match text.filter(|text| !text.is_empty()) {
            None => self.error(rules::DI_NUMBER, format!("{name} is required"), element),
            Some(text) => {
                if let Err(message) = java_double(text) {
                    self.error(rules::DI_NUMBER, format!("Cannot parse {name}: {message}"), element);
                }
            }
        }
    }
}

/// `Double.parseDouble`, except for hexadecimal numbers, which no diagram has.
fn java_double(text: &str) -> Result<f64, String> {
    let trimmed = super::java::trim(text);
    if trimmed.is_empty() {
        return Err("empty String".to_owned());
    }
    let plain = trimmed.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(trimmed);
    let number =
        plain.parse().ok().filter(|number: &f64| number.is_finite() || plain.ends_with("Infinity") || plain == "NaN");
    number.ok_or_else(|| format!("For input string: \"{trimmed}\""))
}

fn reference(element: Element<'_>) -> Option<&str> {
    element.attribute("bpmnElement").filter(|target| !target.is_empty())
}
