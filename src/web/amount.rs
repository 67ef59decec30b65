//! Amounts of money as people type them.

/// Cents of what somebody typed: `62,50`, `€ 62,50`, `62.5`, `1.825`, `1,825.00`. None where it can't be meant.
///
/// The last comma or point with one or two digits behind it stands before the cents; any other stands between
/// thousands and has three digits behind it.
pub fn cents(typed: &str) -> Option<i64> {
    let bare: String = typed
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '€')
        .collect();
    let (whole, fraction) = match bare.rfind([',', '.']) {
        Some(mark) if bare.len() - mark <= 3 => (&bare[..mark], &bare[mark + 1..]),
        Some(_) | None => (bare.as_str(), ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mark = bare[whole.len()..].chars().next();
    let said_twice = mark.is_some_and(|mark| whole.contains(mark));
    let unfinished = mark.is_some() && fraction.is_empty();
    if said_twice || unfinished || !digits(fraction) {
        return None;
    }
    // `62,505` is a slip in cents, not sixty-two thousand.
    if mark.is_none() && whole.contains(',') {
        return None;
    }
    let mut groups = whole.split([',', '.']);
    let mut euros = groups.next().filter(|first| !first.is_empty())?.to_owned();
    let grouped = whole.len() > euros.len();
    if grouped && euros.len() > 3 {
        return None;
    }
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        euros.push_str(group);
    }
    // Nine digits are more than any till holds, and never overflow.
    if !digits(&euros) || euros.len() > 9 {
        return None;
    }
    let euros: i64 = euros.parse().ok()?;
    let cents: i64 = format!("{fraction:0<2}").parse().ok()?;
    Some(euros * 100 + cents)
}

#[cfg(test)]
mod tests {
    use super::cents;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (typed, read) in [
            ("62,50", 6_250),
            ("62.50", 6_250),
            ("€ 62,50", 6_250),
            ("62,5", 6_250),
            ("62", 6_200),
            ("0,05", 5),
            ("1.825", 182_500),
            ("1.825,00", 182_500),
            ("1,825.00", 182_500),
            ("€\u{a0}1.234.567,89", 123_456_789),
            ("0", 0),
        ] {
            assert_eq!(cents(typed), Some(read), "{typed}");
        }
    }

    #[test]
    fn what_can_mean_two_things_or_nothing_is_refused() {
        for typed in [
            "",
            "€",
            "x",
            "-5",
            "6,",
            ",50",
            "62,505,1",
            "12.34,56",
            "1.82,00",
            "1234.567",
            "62,50,00",
            "9999999999",
            "1e3",
        ] {
            assert_eq!(cents(typed), None, "{typed}");
        }
    }
}
