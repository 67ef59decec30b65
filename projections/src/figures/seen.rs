//! How what a figure counts was seen: the parts behind its basis and its shares.

use super::rounded;
use meetellen_events::tally::{CountBasis, Evidence};
use std::collections::BTreeMap;

/// How a figure came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// By scans and taps.
    Counted,
    /// Persons counted and entered.
    HeadCount,
    /// Written down by who knows.
    Entered,
    /// A guess, marked as such.
    Estimated,
    /// Of several of these.
    Mixed,
    /// Not known.
    Unknown,
}

impl Basis {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::HeadCount => "head_count",
            Self::Entered => "entered",
            Self::Estimated => "estimated",
            Self::Mixed => "mixed",
            Self::Unknown => "unknown",
        }
    }
}

/// The kinds of evidence by their names in answers, the strongest first.
const EVIDENCES: [&str; 4] = ["host", "live_code", "day_code", "poster"];

/// Place of an evidence among [`EVIDENCES`].
pub(super) const fn strength(evidence: Evidence) -> usize {
    match evidence {
        Evidence::Host => 0,
        Evidence::LiveCode => 1,
        Evidence::DayCode => 2,
        Evidence::Poster => 3,
    }
}

/// A sum by how it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Counted, by evidence: host, live code, day code, poster.
    pub by: [i64; 4],
    /// What head counts add.
    pub heads: i64,
    /// Written down.
    pub entered: i64,
    /// Guessed: what guessed head counts add, coffee by the pot, guessed hours.
    pub guessed: i64,
}

impl Seen {
    /// So much, tapped by somebody signed in.
    pub(super) fn tapped(number: i64) -> Self {
        Self {
            by: [number, 0, 0, 0],
            ..Self::default()
        }
    }

    /// So much, written down.
    pub(super) fn entered(number: i64) -> Self {
        Self {
            entered: number,
            ..Self::default()
        }
    }

    /// What a head count adds.
    pub(super) fn head_count(number: i64, basis: CountBasis) -> Self {
        match basis {
            CountBasis::Counted => Self {
                heads: number,
                ..Self::default()
            },
            CountBasis::Estimated => Self {
                guessed: number,
                ..Self::default()
            },
        }
    }

    /// Adds another sum.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in self.by.iter_mut().zip(other.by) {
            *sum += more;
        }
        self.heads += other.heads;
        self.entered += other.entered;
        self.guessed += other.guessed;
    }

    pub(super) fn check_in(&mut self, evidence: Evidence, persons: i64) {
        self.by[strength(evidence)] += persons;
    }

    /// All of it.
    pub fn total(&self) -> i64 {
        self.counted() + self.heads + self.entered + self.guessed
    }

    fn counted(&self) -> i64 {
        self.by.iter().sum()
    }

    /// No more than `most`: what is least sure goes first.
    pub(super) fn capped(mut self, most: i64) -> Self {
        let mut over = (self.total() - most).max(0);
        let [host, live_code, day_code, poster] = &mut self.by;
        let parts = [
            &mut self.guessed,
            &mut self.entered,
            &mut self.heads,
            poster,
            day_code,
            live_code,
            host,
        ];
        for part in parts {
            let less = over.min(*part);
            *part -= less;
            over -= less;
        }
        self
    }

    fn bases(&self) -> impl Iterator<Item = (Basis, i64)> {
        let bases = [
            (Basis::Counted, self.counted()),
            (Basis::HeadCount, self.heads),
            (Basis::Entered, self.entered),
            (Basis::Estimated, self.guessed),
        ];
        bases.into_iter().filter(|(_, part)| *part != 0)
    }

    /// The one basis of all of it, or mixed; nothing where it is nothing.
    pub(super) fn basis(&self) -> Option<Basis> {
        let mut used = self.bases().map(|(basis, _)| basis);
        match (used.next(), used.next()) {
            (None, _) => None,
            (Some(only), None) => Some(only),
            (Some(_), Some(_)) => Some(Basis::Mixed),
        }
    }

    fn share(&self, part: i64) -> String {
        rounded(i128::from(part), i128::from(self.total()), 2)
    }

    pub(super) fn basis_share(&self) -> BTreeMap<&'static str, String> {
        self.bases()
            .map(|(basis, part)| (basis.name(), self.share(part)))
            .collect()
    }

    pub(super) fn evidence_share(&self) -> BTreeMap<&'static str, String> {
        if self.counted() == 0 {
            return BTreeMap::new();
        }
        let shares = self.by.map(|part| self.share(part));
        EVIDENCES.into_iter().zip(shares).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_least_sure_is_cut_first() {
        let seen = Seen {
            by: [1, 0, 0, 4],
            heads: 3,
            entered: 0,
            guessed: 2,
        };
        let cut = seen.clone().capped(4);
        assert_eq!((cut.by, cut.heads, cut.guessed), ([1, 0, 0, 3], 0, 0));
        assert_eq!(seen.clone().capped(10), seen);
    }

    #[test]
    fn each_share_is_rounded_alone() {
        let seen = Seen {
            by: [1, 0, 1, 1],
            ..Seen::default()
        };
        assert_eq!(seen.basis(), Some(Basis::Counted));
        assert_eq!(seen.basis_share()["counted"], "1.00");
        assert_eq!(seen.evidence_share()["host"], "0.33");
        assert_eq!(seen.evidence_share()["live_code"], "0.00");
    }
}
