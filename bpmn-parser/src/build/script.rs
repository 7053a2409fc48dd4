//! Scripts: language, and source or resource.

use models::bpmn::{Script, ScriptSource};

use super::{Builder, Step, java, span};
use crate::{options::ScriptFinding, problem::Place, rules, xml::Element};

impl<'d> Builder<'d> {
    /// A script. The inner error is Camunda's reason why it is unusable.
    pub(super) fn parse_script(
        &mut self,
        language: &str,
        source: Option<&str>,
        resource: Option<&str>,
        element: Element<'d>,
    ) -> Step<Result<Script, String>> {
        if java::trim(language).is_empty() {
            return Ok(Err("Script language is empty".to_owned()));
        }
        let source = match (resource, source) {
            (None, None) => return Ok(Err("No script source or resource was given".to_owned())),
            (Some(resource), _) if !resource.is_empty() => {
                if java::trim(resource).is_empty() {
                    return Ok(Err("Script resource is empty".to_owned()));
                }
                if Script::is_dynamic(language, resource) {
                    self.expression(resource)?;
                }
                ScriptSource::Resource(resource.to_owned())
            }
            (_, None) => return Ok(Err("Script source is null".to_owned())),
            (_, Some(source)) => {
                if Script::is_dynamic(language, source) {
                    self.expression(source)?;
                }
                ScriptSource::Inline(source.to_owned())
            }
        };
        self.check_script(language, &source, element);
        Ok(Ok(Script { language: language.to_owned(), source, span: span(element) }))
    }

    fn check_script(&mut self, language: &str, source: &ScriptSource, element: Element<'d>) {
        let Some(check) = self.options.script_check else { return };
        let text = match source {
            ScriptSource::Inline(text) if !Script::is_dynamic(language, text) => Some(text.as_str()),
            _ => None,
        };
        match check(language, text) {
            None => {}
            Some(ScriptFinding::Refused(message)) => self.error(rules::SCRIPT_LANGUAGE, message, element),
            Some(ScriptFinding::Broken(message)) => self.warning(rules::SCRIPT_ADVICE, message, element),
        }
    }

    /// A `camunda:script` element; `None` when it is unusable (which has been reported).
    pub(super) fn parse_camunda_script(&mut self, element: Element<'d>, main: Option<&str>) -> Step<Option<Script>> {
        let script = match element.attribute("scriptFormat") {
            None | Some("") => Err("Missing attribute 'scriptFormat' for 'script' element".to_owned()),
            Some(language) => self
                .parse_script(language, Some(element.text()), element.attribute("resource"), element)?
                .map_err(|cause| format!("Unable to process script: {cause}")),
        };
        Ok(match script {
            Ok(script) => Some(script),
            Err(message) => {
                let place = Place { main, ..Place::of(element) };
                self.problems.error(rules::SCRIPT, message, place);
                None
            }
        })
    }
}
