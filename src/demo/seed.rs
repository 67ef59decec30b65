//! Chance that repeats itself: splitmix64, and what the player asks of it.

use meetellen_events::values::Month;

/// A seeded stream of numbers. Good for a demo, never for a secret.
#[derive(Debug, Clone)]
pub struct Seed(u64);

impl Seed {
    /// From an organisation's slug and the first month played.
    pub fn new(slug: &str, month: Month) -> Self {
        let text = format!("{slug} {month}");
        // FNV-1a
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of a range, both ends included.
    pub fn within(&mut self, low: i64, high: i64) -> i64 {
        let width = high.abs_diff(low) + 1;
        low + i64::try_from(self.next() % width).expect("a narrow range")
    }

    /// Sixteen bytes.
    pub fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }

    /// An id.
    pub fn uuid(&mut self) -> uuid::Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// `total` in `parts` uneven parts that add up to it, in no order; none strays from the mean by more than a third.
    pub fn spread(&mut self, total: i64, parts: usize) -> Vec<i64> {
        let count = i64::try_from(parts).expect("few parts");
        if count == 0 {
            return Vec::new();
        }
        let mut shares: Vec<i64> = (0..count)
            .map(|i| total / count + i64::from(i < total % count))
            .collect();
        let stray = total / count / 3;
        for pair in shares.chunks_exact_mut(2) {
            let moved = self.within(-stray, stray);
            pair[0] += moved;
            pair[1] -= moved;
        }
        let order = self.choose(parts, parts);
        order.into_iter().map(|at| shares[at]).collect()
    }

    /// `count` different numbers below `of`.
    pub fn choose(&mut self, count: usize, of: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        for i in 0..count.min(of) {
            let last = i64::try_from(of - 1).expect("small");
            let other = self.within(i64::try_from(i).expect("small"), last);
            all.swap(i, usize::try_from(other).expect("not negative"));
        }
        all.truncate(count);
        all
    }
}
