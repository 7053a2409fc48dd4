//! Every expression, script and decision of a model, found by walking its XML.

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

/// What a snippet is written in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// `${…}` and `#{…}`.
    Juel,
    /// A script in a format, as written.
    Script(String),
    /// A FEEL expression of a decision.
    FeelExpression,
    /// FEEL unary tests of a decision.
    FeelTests,
}

/// A snippet of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snippet {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

/// What the text inside an element is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    /// Nothing to read: documentation, names, diagrams.
    Prose,
    /// JUEL, when it has `${` or `#{`.
    Text,
    /// A script.
    Script(String),
    /// A cell or expression of a decision: the child `text` holds it.
    Decision(Kind),
}

struct Open {
    name: String,
    content: Content,
    text: String,
    /// `scriptFormat` of a script task, for its `script` child.
    format: Option<String>,
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|one| local(one.key.as_ref()) == name)?;
    Some(unescaped(&found.value))
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |text| text.into_owned())
}

fn is_juel(text: &str) -> bool {
    text.contains("${") || text.contains("#{")
}

fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        return Some(char);
    }
    Some(match &**reference {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// The language of a decision's expression: its own, that of the document, or FEEL.
fn decision(start: &BytesStart<'_>, document: Option<&str>, default: Kind) -> Kind {
    match attribute(start, "expressionLanguage").or_else(|| document.map(str::to_owned)) {
        None => default,
        Some(language) => match language.to_ascii_lowercase().as_str() {
            "" => default,
            "feel" => default,
            language if language.contains("feel") => default,
            "juel" => Kind::Juel,
            _ => Kind::Script(language),
        },
    }
}

/// A BPMN or DMN document for Camunda 7 or its forks: others carry expressions of other engines.
pub(crate) fn is_for_camunda(xml: &str) -> bool {
    const NAMESPACES: [&str; 5] = [
        "http://camunda.org/schema/1.0/bpmn",
        "http://camunda.org/schema/1.0/dmn",
        "http://activiti.org/bpmn",
        "http://operaton.org/schema/1.0/bpmn",
        "http://eximeebpms.org/schema/1.0/bpmn",
    ];
    NAMESPACES.iter().any(|namespace| xml.contains(namespace)) || xml.contains("/spec/DMN/")
}

/// The snippets of a model in document order.
pub(crate) fn snippets(xml: &str) -> Vec<Snippet> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut open: Vec<Open> = Vec::new();
    let mut found = Vec::new();
    let mut document = None;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                if open.is_empty() {
                    document = attribute(&start, "expressionLanguage");
                }
                let element = opened(&start, &open, document.as_deref(), &mut found);
                open.push(element);
            }
            Event::Empty(start) => {
                opened(&start, &open, document.as_deref(), &mut found);
            }
            Event::Text(text) => append(&mut open, &text),
            Event::CData(text) => append(&mut open, &text),
            Event::GeneralRef(reference) => {
                if let (Some(open), Some(char)) = (open.last_mut(), resolve(&reference)) {
                    open.text.push(char);
                }
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    closed(element, &mut found);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}

fn append(open: &mut [Open], text: &str) {
    if let Some(open) = open.last_mut() {
        open.text.push_str(text);
    }
}

fn opened(start: &BytesStart<'_>, open: &[Open], document: Option<&str>, found: &mut Vec<Snippet>) -> Open {
    let name = local(start.name().as_ref()).to_owned();
    let parent = open.last();
    let format = attribute(start, "scriptFormat").filter(|format| !format.is_empty());
    let content = match name.as_str() {
        "documentation" | "textAnnotation" | "description" | "question" | "allowedAnswers" | "authorizations" => {
            Content::Prose
        }
        "inputExpression" | "literalExpression" | "outputEntry" | "defaultOutputEntry" => {
            Content::Decision(decision(start, document, Kind::FeelExpression))
        }
        "inputEntry" => Content::Decision(decision(start, document, Kind::FeelTests)),
        "text" => match parent.map(|parent| &parent.content) {
            Some(Content::Decision(kind)) => Content::Decision(kind.clone()),
            _ => Content::Prose,
        },
        "script" => match format.clone().or_else(|| parent.and_then(|parent| parent.format.clone())) {
            Some(format) => Content::Script(format),
            None => Content::Prose,
        },
        "conditionExpression" | "condition" => match attribute(start, "language").filter(|text| !text.is_empty()) {
            Some(language) if !language.contains(':') => Content::Script(language),
            Some(_) => Content::Prose,
            None => Content::Text,
        },
        _ => match parent.map(|parent| &parent.content) {
            Some(Content::Prose) => Content::Prose,
            _ => Content::Text,
        },
    };
    if content != Content::Prose {
        for attribute in start.attributes().flatten() {
            let value = unescaped(&attribute.value);
            let prose = matches!(local(attribute.key.as_ref()), "name" | "title");
            if is_juel(&value) && !prose {
                found.push(Snippet { kind: Kind::Juel, text: value });
            }
        }
    }
    Open { name, content, text: String::new(), format }
}

fn closed(element: Open, found: &mut Vec<Snippet>) {
    let text = element.text;
    if text.trim().is_empty() {
        return;
    }
    match element.content {
        Content::Script(format) => found.push(Snippet { kind: Kind::Script(format), text }),
        Content::Text if is_juel(&text) => found.push(Snippet { kind: Kind::Juel, text }),
        Content::Decision(kind) if element.name == "text" => found.push(Snippet { kind, text }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_expressions_scripts_and_cells() {
        let found = snippets(
            r#"<definitions><documentation>${no}</documentation>
            <userTask camunda:assignee="${who}" name="${no}"/>
            <scriptTask scriptFormat="groovy"><script>x &lt; 1</script></scriptTask>
            <conditionExpression language="javascript">a</conditionExpression>
            <conditionExpression>${b}</conditionExpression>
            <inputEntry><text>&gt; 5</text></inputEntry>
            <outputEntry expressionLanguage="juel"><text>${c}</text></outputEntry></definitions>"#,
        );
        let found: Vec<(Kind, &str)> = found.iter().map(|one| (one.kind.clone(), one.text.as_str())).collect();
        assert_eq!(
            found,
            [
                (Kind::Juel, "${who}"),
                (Kind::Script("groovy".to_owned()), "x < 1"),
                (Kind::Script("javascript".to_owned()), "a"),
                (Kind::Juel, "${b}"),
                (Kind::FeelTests, "> 5"),
                (Kind::Juel, "${c}"),
            ]
        );
    }
}
