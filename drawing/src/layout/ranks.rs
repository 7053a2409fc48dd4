//! The column of each node.

/// The longest way to each node, without flows that lead back.
pub(super) fn ranks(nodes: usize, flows: &[(usize, usize)]) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut incoming = vec![0; nodes];
    for (from, to) in flows {
        if from != to {
            next[*from].push(*to);
            incoming[*to] += 1;
        }
    }
    // depth first, without recursion: the order in which nodes are left, and the flows that lead back
    let mut state = vec![0_u8; nodes];
    let mut left = Vec::with_capacity(nodes);
    let mut back = std::collections::HashSet::new();
    let roots = (0..nodes).filter(|at| incoming[*at] == 0).chain(0..nodes).collect::<Vec<_>>();
    for root in roots {
        if state[root] != 0 {
            continue;
        }
        let mut stack = vec![(root, 0)];
        state[root] = 1;
        while let Some((at, edge)) = stack.pop() {
            let Some(to) = next[at].get(edge).copied() else {
                state[at] = 2;
                left.push(at);
                continue;
            };
            stack.push((at, edge + 1));
            match state[to] {
                0 => {
                    state[to] = 1;
                    stack.push((to, 0));
                }
                1 => {
                    back.insert((at, to));
                }
                _ => {}
            }
        }
    }
    let mut ranks = vec![0; nodes];
    for at in left.into_iter().rev() {
        for to in &next[at] {
            if !back.contains(&(at, *to)) {
                ranks[*to] = ranks[*to].max(ranks[at] + 1);
            }
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::ranks;

    #[test]
    fn ranks_follow_the_longest_way() {
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (0, 2), (2, 3)]), [0, 1, 2, 3]);
    }

    #[test]
    fn a_loop_does_not_push_its_nodes_away() {
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (2, 1), (2, 3)]), [0, 1, 2, 3]);
    }

    #[test]
    fn a_loop_without_entry_and_a_flow_to_itself_have_ranks() {
        assert_eq!(ranks(3, &[(0, 1), (1, 0), (2, 2)]), [0, 1, 0]);
    }
}
