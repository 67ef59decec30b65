//! Numbers that add up, and which of them are told: whether one that is not told could be worked out.
//!
//! Every number is the flow through an edge, and what flows into a node flows out of it: items into days, days into
//! months. What is told of a number bounds its edge. Another set of numbers fits all that is told exactly where the
//! flows can be changed along a circle of edges that have room; such sets lie without gap between the least and the
//! most a number can be, so that a step of one in either direction shows whether there is a second possible value.

/// Beyond any number.
const NO_MOST: i64 = i64::MAX;

#[derive(Debug, Clone, Copy)]
struct Edge {
    tail: usize,
    head: usize,
    value: i64,
    least: i64,
    most: i64,
}

/// Flows that add up at each node.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    edges: Vec<Edge>,
    at: Vec<Vec<usize>>,
}

impl Network {
    /// A new node.
    pub(super) fn node(&mut self) -> usize {
        self.at.push(Vec::new());
        self.at.len() - 1
    }

    /// A new edge with its number, of which nothing is told but that it is none below 0.
    pub(super) fn edge(&mut self, tail: usize, head: usize, value: i64) -> usize {
        let edge = self.edges.len();
        self.edges.push(Edge {
            tail,
            head,
            value,
            least: 0,
            most: NO_MOST,
        });
        self.at[tail].push(edge);
        if head != tail {
            self.at[head].push(edge);
        }
        edge
    }

    /// The number of an edge.
    pub(super) fn value(&self, edge: usize) -> i64 {
        self.edges[edge].value
    }

    /// What is told of an edge: no less and no more than this.
    pub(super) fn bounds(&self, edge: usize) -> (i64, i64) {
        (self.edges[edge].least, self.edges[edge].most)
    }

    /// Tells that an edge has no less and no more than this; its own number must lie between.
    pub(super) fn bound(&mut self, edge: usize, (least, most): (i64, i64)) {
        self.edges[edge].least = least;
        self.edges[edge].most = most;
    }

    /// Whether an edge could have another number, by all that is told.
    pub(super) fn is_open(&self, edge: usize) -> bool {
        let Edge {
            tail,
            head,
            value,
            least,
            most,
        } = self.edges[edge];
        value < most && self.reaches(head, tail, edge)
            || value > least && self.reaches(tail, head, edge)
    }

    /// Whether one more can flow from a node to another, over edges with room but for one.
    fn reaches(&self, from: usize, to: usize, without: usize) -> bool {
        let mut seen = vec![false; self.at.len()];
        let mut next = vec![from];
        seen[from] = true;
        while let Some(node) = next.pop() {
            if node == to {
                return true;
            }
            for &number in self.at[node].iter().filter(|number| **number != without) {
                let edge = &self.edges[number];
                let (other, room) = if edge.tail == node {
                    (edge.head, edge.value < edge.most)
                } else {
                    (edge.tail, edge.value > edge.least)
                };
                if room && !seen[other] {
                    seen[other] = true;
                    next.push(other);
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: (i64, i64) = (1, 4);

    /// Days of these numbers, and their sum.
    fn sum(days: &[i64]) -> (Network, Vec<usize>, usize) {
        let mut network = Network::default();
        let (root, month) = (network.node(), network.node());
        let edges = days
            .iter()
            .map(|day| network.edge(root, month, *day))
            .collect();
        let total = network.edge(month, root, days.iter().sum());
        (network, edges, total)
    }

    #[test]
    fn the_only_number_not_told_is_the_difference() {
        let (mut network, days, total) = sum(&[3, 17, 20]);
        network.bound(total, (40, 40));
        network.bound(days[0], SMALL);
        network.bound(days[1], (17, 17));
        assert!(network.is_open(days[0]));
        network.bound(days[2], (20, 20));
        assert!(!network.is_open(days[0]));
        network.bound(total, (5, NO_MOST));
        assert!(network.is_open(days[0]), "without the sum nobody knows");
    }

    #[test]
    fn the_least_and_the_most_they_can_be_tell_small_numbers() {
        for (days, open) in [
            ([1, 1], false),
            ([4, 4], false),
            ([1, 2], true),
            ([4, 3], true),
        ] {
            let (mut network, edges, total) = sum(&days);
            network.bound(total, (days.iter().sum(), days.iter().sum()));
            edges.iter().for_each(|edge| network.bound(*edge, SMALL));
            assert_eq!(
                edges.iter().all(|edge| network.is_open(*edge)),
                open,
                "{days:?}"
            );
        }
    }

    #[test]
    fn one_that_is_withheld_gives_room_but_not_below_five() {
        for (other, open) in [(5, false), (6, true), (17, true)] {
            let (mut network, edges, total) = sum(&[1, other]);
            network.bound(total, (1 + other, 1 + other));
            network.bound(edges[0], SMALL);
            network.bound(edges[1], (5, NO_MOST));
            assert_eq!(network.is_open(edges[0]), open, "{other}");
        }
    }
}
