//! Pieces of sentences.

use std::fmt::Write;

use engine_core::graph::{Kind, NodeIx, ProcessGraph};
use models::Timestamp;

/// “Name”, or “id” of a node without name.
pub(super) fn node_name(graph: &ProcessGraph, node: NodeIx) -> String {
    let node = graph.node(node);
    format!("“{}”", node.name.as_deref().unwrap_or(&node.id))
}

/// `a`, `a and b`, `a, b and c`; with a limit of four.
pub(super) fn list(mut items: Vec<String>, last: &str) -> String {
    const MOST: usize = 4;
    if items.len() > MOST {
        let more = items.len() - MOST + 1;
        items.truncate(MOST - 1);
        items.push(format!("{more} others"));
    }
    match items.pop() {
        None => String::new(),
        Some(one) if items.is_empty() => one,
        Some(end) => format!("{} {last} {end}", items.join(", ")),
    }
}

/// A time as people read it, in UTC.
pub(super) fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| "an unknown time".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// What happens when a token leaves a node.
pub(super) fn after(graph: &ProcessGraph, node: NodeIx) -> String {
    let outgoing = &graph.node(node).outgoing;
    let targets: Vec<NodeIx> = outgoing.iter().map(|flow| graph.flow(*flow).target).collect();
    match targets.as_slice() {
        [] => {
            let scope = graph.node(node).parent;
            match graph.node(scope).kind {
                Kind::Process => "This branch of the process ends.".to_owned(),
                _ => format!("This branch of {} ends.", node_name(graph, scope)),
            }
        }
        [target] => reached(graph, *target),
        several => {
            let names = several.iter().map(|target| node_name(graph, *target)).collect();
            format!("The flows to {} go on, as their conditions say.", list(names, "and"))
        }
    }
}

/// What happens when a token arrives at a node.
fn reached(graph: &ProcessGraph, node: NodeIx) -> String {
    let name = node_name(graph, node);
    let targets = || -> Vec<String> {
        graph.node(node).outgoing.iter().map(|flow| node_name(graph, graph.flow(*flow).target)).collect()
    };
    let gateway = match graph.node(node).name {
        Some(_) => format!("The gateway {name}"),
        None => "A gateway".to_owned(),
    };
    match &graph.node(node).kind {
        Kind::ExclusiveGateway if targets().len() > 1 => {
            format!("{gateway} decides between {}.", list(targets(), "and"))
        }
        Kind::InclusiveGateway if targets().len() > 1 => {
            format!("{gateway} takes one or more of {}.", list(targets(), "and"))
        }
        Kind::ParallelGateway if graph.node(node).incoming.len() > 1 => {
            format!("{gateway} waits until all branches have arrived.")
        }
        Kind::ParallelGateway => format!("{gateway} starts {} at the same time.", list(targets(), "and")),
        Kind::EventBasedGateway => format!("{gateway} waits for the first of {}.", list(targets(), "and")),
        Kind::EndEvent | Kind::TerminateEnd | Kind::ErrorEnd { .. } | Kind::CancelEnd
            if graph.node(node).name.is_some() =>
        {
            format!("The process reaches its end {name}.")
        }
        Kind::EndEvent | Kind::TerminateEnd | Kind::ErrorEnd { .. } | Kind::CancelEnd => {
            "The process reaches an end event.".to_owned()
        }
        _ => format!("{name} begins."),
    }
}

/// The first line of a message, without a dot at its end, at most 200 characters.
pub(super) fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim().trim_end_matches('.');
    let mut short: String = line.chars().take(200).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

/// `one thing`, `3 things`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    let mut text = String::new();
    let _ = match number {
        1 => write!(text, "one {one}"),
        _ => write!(text, "{number} {many}"),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::{count, first_line, list, time};

    #[test]
    fn lists_read_as_sentences() {
        let items = |number: usize| (1..=number).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(list(items(0), "and"), "");
        assert_eq!(list(items(1), "and"), "1");
        assert_eq!(list(items(2), "or"), "1 or 2");
        assert_eq!(list(items(4), "and"), "1, 2, 3 and 4");
        assert_eq!(list(items(6), "and"), "1, 2, 3 and 3 others");
    }

    #[test]
    fn times_counts_and_lines() {
        assert_eq!(time(models::Timestamp(1_893_456_000_000)), "2030-01-01 00:00:00 UTC");
        assert_eq!(count(1, "thing", "things"), "one thing");
        assert_eq!(count(2, "thing", "things"), "2 things");
        assert_eq!(first_line("no money.\n\tat …"), "no money");
        assert_eq!(first_line(&"x".repeat(300)).chars().count(), 201);
    }
}
