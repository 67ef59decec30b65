//! The mark of the house: four strokes and one across.

/// Strokes drawn at most. A count beyond it keeps its number and shows the group that is being filled.
pub const STROKES_MAX: u64 = 100;

/// One group of up to five strokes, drawn in its own small picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Strokes in it, 1 to 5; the fifth goes across.
    pub strokes: u64,
    /// Whether the newest stroke is its last.
    pub newest: bool,
}

/// The groups that stand for a count, the newest stroke last.
pub fn groups(count: u64) -> Vec<Group> {
    let shown = if count > STROKES_MAX {
        (count - 1) % 5 + 1
    } else {
        count
    };
    let whole = shown / 5;
    let mut groups: Vec<Group> = (0..whole)
        .map(|_| Group {
            strokes: 5,
            newest: false,
        })
        .collect();
    if !shown.is_multiple_of(5) {
        groups.push(Group {
            strokes: shown % 5,
            newest: false,
        });
    }
    if let Some(last) = groups.last_mut() {
        last.newest = true;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_stand_in_fives_and_the_newest_is_last() {
        assert_eq!(groups(0), []);
        assert_eq!(
            groups(5),
            [Group {
                strokes: 5,
                newest: true
            }]
        );
        let twelve = groups(12);
        assert_eq!(
            twelve.iter().map(|group| group.strokes).collect::<Vec<_>>(),
            [5, 5, 2]
        );
        assert_eq!(twelve.iter().filter(|group| group.newest).count(), 1);
    }

    #[test]
    fn beyond_a_hundred_only_the_group_being_filled_is_drawn() {
        assert_eq!(groups(STROKES_MAX).len(), 20);
        assert_eq!(
            groups(101),
            [Group {
                strokes: 1,
                newest: true
            }]
        );
        assert_eq!(
            groups(500),
            [Group {
                strokes: 5,
                newest: true
            }]
        );
    }
}
