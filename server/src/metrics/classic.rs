//! The text format of Prometheus from before OpenMetrics: for whoever does not ask for the latter.

/// Rewrites OpenMetrics: a counter is described under the name that its samples have, with `_total`; the comments that only
/// OpenMetrics knows go.
pub(super) fn classic(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len());
    // the line before the type, which says whether it is a counter
    let mut help = None;
    for line in open_metrics.lines() {
        if line.starts_with("# HELP ") {
            help = Some(line);
            continue;
        }
        let described = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' '));
        if let Some((name, kind)) = described {
            let suffix = if kind == "counter" { "_total" } else { "" };
            if let Some(meaning) = help.take().and_then(|line| line["# HELP ".len()..].strip_prefix(name)) {
                text += &format!("# HELP {name}{suffix}{meaning}\n");
            }
            text += &format!("# TYPE {name}{suffix} {kind}\n");
        } else if !line.starts_with("# UNIT ") && line != "# EOF" {
            text += line;
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::classic;

    #[test]
    fn counters_are_described_under_the_name_of_their_samples() {
        let open_metrics = "# HELP asked Questions.\n# TYPE asked counter\nasked_total{of=\"a\"} 3\n\
                            # HELP age_seconds Age.\n# TYPE age_seconds gauge\n# UNIT age_seconds seconds\nage_seconds 0.5\n# EOF\n";
        let expected = "# HELP asked_total Questions.\n# TYPE asked_total counter\nasked_total{of=\"a\"} 3\n\
                        # HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds 0.5\n";
        assert_eq!(classic(open_metrics), expected);
    }
}
