//! Charts as inline pictures: one bar a day, with the table behind it.

use jiff::civil::Date;

/// Inner size of the picture, in its own units; it scales with the page.
pub const WIDTH: u64 = 640;
/// Height of the tallest bar.
pub const HEIGHT: u64 = 160;

/// One day of the chart and of the table behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The day it stands for.
    pub day: Date,
    /// Whether the house was open.
    pub open: bool,
    /// Its value; nothing where it is not known.
    pub value: Option<u64>,
    /// Left edge.
    pub x: u64,
    /// Top edge.
    pub y: u64,
    /// Width.
    pub width: u64,
    /// Height; at least one unit for a value over zero.
    pub height: u64,
}

impl Bar {
    /// Whether its day stands under it: one in seven, so that the days can be read on a phone.
    pub fn labelled(&self) -> bool {
        self.day.day() % 7 == 1
    }
}

/// Bars for the days of a period, scaled to the largest value.
pub fn bars(days: &[(Date, bool, Option<u64>)]) -> Vec<Bar> {
    let largest = days
        .iter()
        .filter_map(|(_, _, value)| *value)
        .max()
        .unwrap_or(0)
        .max(1);
    let step = WIDTH / u64::try_from(days.len().max(1)).unwrap_or(WIDTH);
    let step = step.max(2);
    (0u64..)
        .zip(days)
        .map(|(index, &(day, open, value))| {
            let height = value.map_or(0, |value| (value * HEIGHT).div_ceil(largest));
            Bar {
                day,
                open,
                value,
                x: index * step,
                y: HEIGHT - height,
                width: step - step.div_ceil(5),
                height,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_tallest_bar_fills_the_height_and_the_unknown_has_none() {
        let bars = bars(&[
            (date(2026, 10, 1), true, Some(40)),
            (date(2026, 10, 2), true, Some(1)),
            (date(2026, 10, 3), false, None),
        ]);
        assert_eq!(
            bars.iter().map(|bar| bar.height).collect::<Vec<_>>(),
            [160, 4, 0]
        );
        assert!(
            bars.iter()
                .all(|bar| bar.x + bar.width <= WIDTH && bar.y + bar.height == HEIGHT)
        );
    }

    #[test]
    fn a_period_without_days_or_values_draws_nothing() {
        assert_eq!(bars(&[]), []);
        assert_eq!(bars(&[(date(2026, 10, 1), true, Some(0))])[0].height, 0);
    }
}
