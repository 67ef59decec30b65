//! The numbers of one span while it is decided which of them to tell.

use super::network::Network;
use super::span::Span;
use super::table::{Cell, SMALL, Table, spans};
use meetellen_events::values::{ActivityId, Day};
use std::collections::{BTreeMap, HashMap};

/// A withheld cell is taken for no less: smaller ones say so.
const WITHHELD_LEAST: i64 = 5;

/// The flows of one span and all inside it, while it is decided what to tell.
pub(super) struct Board {
    network: Network,
    pub(super) cells: BTreeMap<Cell, usize>,
    /// Edges of the items, in the order of time.
    items: Vec<usize>,
    /// Edges of small and guarded numbers, as far as they are open.
    small: Vec<usize>,
}

impl Board {
    pub(super) fn new(table: &Table, span: Span) -> Self {
        let mut building = Building {
            table,
            network: Network::default(),
            nodes: HashMap::new(),
            cells: BTreeMap::new(),
            few: Vec::new(),
        };
        let root = building.network.node();
        let mut items = Vec::new();
        for item in table.items.iter().filter(|item| span.contains(item.day)) {
            let day = building.day(None, item.day, span);
            let own = item.activity;
            let from = own.map_or(root, |_| building.day(own, item.day, span));
            let edge = building.network.edge(from, day, item.number);
            building.network.bound(edge, (item.least, item.most));
            items.push((edge, item.day));
        }
        let mut board = Self {
            network: building.network,
            cells: building.cells,
            items: items.iter().map(|(edge, _)| *edge).collect(),
            small: building.few,
        };
        for (cell, edge) in &board.cells {
            let told = table.number(*cell) == 0 || table.told.contains(cell);
            let bounds = match cell.span {
                Span::Quarter(_) | Span::Year(_) if !told => (0, i64::MAX),
                Span::Day(_) | Span::Month(_) | Span::Quarter(_) | Span::Year(_) => {
                    bounds(board.network.value(*edge), told)
                }
            };
            board.network.bound(*edge, bounds);
        }
        for top in table
            .tops
            .iter()
            .filter(|top| span.contains(top.first_day()))
        {
            let inside = items.iter().filter(|(_, day)| top.contains(*day));
            let inside: Vec<usize> = inside.map(|(edge, _)| *edge).collect();
            board.cap(&inside);
        }
        let protected = board.cells.iter().filter(|(cell, edge)| {
            table.guarded.contains(cell) || SMALL.contains(&board.network.value(**edge))
        });
        let protected: Vec<usize> = protected.map(|(_, edge)| *edge).collect();
        board.small.extend(protected);
        let network = &board.network;
        board.small.retain(|edge| network.is_open(*edge));
        board
    }

    fn all_open(&self) -> bool {
        self.small.iter().all(|edge| self.network.is_open(*edge))
    }

    /// Tells of each cell what leaves every small number open; returns those told.
    pub(super) fn tell_all(&mut self, turns: &[(u8, Cell)]) -> Vec<Cell> {
        let mut told = Vec::new();
        for (_, cell) in turns {
            let Some(&edge) = self.cells.get(cell) else {
                continue;
            };
            let before = self.network.bounds(edge);
            let bounds = bounds(self.network.value(edge), true);
            self.network.bound(edge, bounds);
            if self.all_open() {
                told.push(*cell);
            } else {
                self.network.bound(edge, before);
            }
        }
        told
    }

    /// Tells the largest item, if that leaves every small number open and is no small one itself.
    pub(super) fn tell_top(&mut self) -> bool {
        let before: Vec<(i64, i64)> = self
            .items
            .iter()
            .map(|edge| self.network.bounds(*edge))
            .collect();
        let items = self.items.clone();
        if self.cap(&items) && self.all_open() {
            return true;
        }
        for (edge, bounds) in items.into_iter().zip(before) {
            self.network.bound(edge, bounds);
        }
        false
    }

    /// Bounds items by the largest of them, the first of equals, and that one by its number; not where it is small.
    fn cap(&mut self, items: &[usize]) -> bool {
        let numbers = items.iter().map(|edge| self.network.value(*edge));
        let Some(most) = numbers.max().filter(|most| *most >= WITHHELD_LEAST) else {
            return false;
        };
        let mut named = false;
        for edge in items {
            let (least, cap) = self.network.bounds(*edge);
            let least = if !named && self.network.value(*edge) == most {
                named = true;
                most
            } else {
                least
            };
            self.network.bound(*edge, (least, cap.min(most)));
        }
        true
    }
}

/// What a reader knows of a number: it, or that it is small, or that it is not.
fn bounds(number: i64, told: bool) -> (i64, i64) {
    match (told, SMALL.contains(&number)) {
        (true, true) => (*SMALL.start(), *SMALL.end()),
        (true, false) => (number, number),
        (false, _) if number >= WITHHELD_LEAST => (WITHHELD_LEAST, i64::MAX),
        (false, _) => (0, i64::MAX),
    }
}

/// A cell, or what its small days come to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    Cell(Cell),
    Few(Cell),
}

/// A network under construction: each cell is a node and an edge, activities' parts flow down, all flow up.
struct Building<'a> {
    table: &'a Table,
    network: Network,
    nodes: HashMap<Node, usize>,
    cells: BTreeMap<Cell, usize>,
    /// Edges of small days that are few together.
    few: Vec<usize>,
}

impl Building<'_> {
    /// The node of a day, with those of the spans around it up to one; node 0 closes the circle.
    fn day(&mut self, of: Option<ActivityId>, day: Day, up_to: Span) -> usize {
        let mut outer = 0;
        for span in spans(day, up_to).into_iter().rev() {
            let cell = Cell { of, span };
            let month = Span::Month(day.month());
            if span == Span::Day(day) && SMALL.contains(&self.table.number(cell)) {
                outer = self.few(Cell { of, span: month }, outer);
            }
            outer = match self.nodes.get(&Node::Cell(cell)) {
                Some(node) => *node,
                None => {
                    let number = self.table.number(cell);
                    let (node, edge) = self.inside(outer, of.is_some(), number);
                    self.nodes.insert(Node::Cell(cell), node);
                    self.cells.insert(cell, edge);
                    node
                }
            };
        }
        outer
    }

    /// The node between a month and its small days.
    fn few(&mut self, month: Cell, outer: usize) -> usize {
        if let Some(node) = self.nodes.get(&Node::Few(month)) {
            return *node;
        }
        let number = self.table.few.get(&month).copied().unwrap_or(0);
        let (node, edge) = self.inside(outer, month.of.is_some(), number);
        self.nodes.insert(Node::Few(month), node);
        if self.table.has_few(month) {
            self.few.push(edge);
        }
        node
    }

    fn inside(&mut self, outer: usize, down: bool, number: i64) -> (usize, usize) {
        let node = self.network.node();
        let (tail, head) = if down { (outer, node) } else { (node, outer) };
        (node, self.network.edge(tail, head, number))
    }
}
