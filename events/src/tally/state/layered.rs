//! A map whose copies share what they had in common: the writer and its readers each hold the rules' state, and most of it
//! never changes again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// What was there when it was shared lies below, what came or changed since above it.
#[derive(Debug, Clone)]
pub(super) struct Layered<K, V> {
    below: Arc<HashMap<K, V>>,
    above: HashMap<K, V>,
}

impl<K, V> Default for Layered<K, V> {
    fn default() -> Self {
        Self {
            below: Arc::default(),
            above: HashMap::new(),
        }
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Layered<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.above.get(key).or_else(|| self.below.get(key))
    }

    pub(super) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The value, to be changed; what lies below stays as it was for the other copies.
    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.above.contains_key(key) {
            let value = self.below.get(key)?.clone();
            self.above.insert(*key, value);
        }
        self.above.get_mut(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        self.above.insert(key, value);
    }

    /// Lets copies made from here on share all of it.
    pub(super) fn share(&mut self) {
        let above = std::mem::take(&mut self.above);
        if self.below.is_empty() {
            self.below = Arc::new(above);
        } else {
            Arc::make_mut(&mut self.below).extend(above);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Layered;

    #[test]
    fn a_copy_changes_for_itself_alone() {
        let mut one = Layered::default();
        (1..4).for_each(|key| one.insert(key, key * 10));
        one.share();
        let mut other = one.clone();
        other.insert(4, 40);
        *other.get_mut(&1).expect("it is there") = 11;
        assert_eq!(other.get_mut(&9), None);
        let all = |map: &Layered<i32, i32>| [1, 2, 4].map(|key| map.get(&key).copied());
        assert_eq!(all(&one), [Some(10), Some(20), None]);
        assert_eq!(all(&other), [Some(11), Some(20), Some(40)]);
    }

    #[test]
    fn sharing_again_keeps_what_came_since() {
        let mut map = Layered::default();
        map.insert(1, 10);
        map.share();
        let before = map.clone();
        *map.get_mut(&1).expect("it is there") = 11;
        map.insert(2, 20);
        map.share();
        assert_eq!((map.get(&1), map.get(&2)), (Some(&11), Some(&20)));
        assert_eq!(
            (before.get(&1), before.contains_key(&2)),
            (Some(&10), false)
        );
    }
}
