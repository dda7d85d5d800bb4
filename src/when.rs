//! Time: the node's clock.

use chrono::{DateTime, SubsecRound, Utc};

/// Now, to the microsecond: PostgreSQL keeps no more, and SQLite would keep more and miss its own rows.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// An EDTF date (ISO 8601-2 level 1): the forms that the seeds need, kept as text and checked on the way in.
/// `2010`, `2010-01`, `2010-06-01`, `2010-22` (season), a trailing `~`, `?` or `%`, and an interval `a/b`
/// with `..` for an open end.
pub fn is_edtf(text: &str) -> bool {
    match text.split_once('/') {
        Some((from, to)) => {
            (from == ".." || is_edtf_date(from))
                && (to == ".." || is_edtf_date(to))
                && (from, to) != ("..", "..")
                && !backwards(from, to)
        }
        None => is_edtf_date(text),
    }
}

/// Does an interval end before it begins? Compared as far as both say: 2010-06/2010 does not.
fn backwards(from: &str, to: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches(['~', '?', '%']).to_owned();
    let (from, to) = (bare(from), bare(to));
    // A season is no month to compare with.
    let season = |text: &str| text.len() == 7 && text.get(5..).is_some_and(|month| month > "12");
    let length = if season(&from) || season(&to) { 4 } else { from.len().min(to.len()) };
    from != ".." && to != ".." && from.get(..length) > to.get(..length)
}

fn is_edtf_date(text: &str) -> bool {
    let bare = text.strip_suffix(['~', '?', '%']).unwrap_or(text);
    let parts: Vec<&str> = bare.split('-').collect();
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [year] => digits(year, 4),
        [year, month] => {
            digits(year, 4)
                && digits(month, 2)
                && matches!(month.parse::<u8>(), Ok(m) if (1..=12).contains(&m) || (21..=24).contains(&m))
        }
        // The library would let spaces and signs in.
        [year, month, day] => {
            digits(year, 4)
                && digits(month, 2)
                && digits(day, 2)
                && chrono::NaiveDate::parse_from_str(bare, "%Y-%m-%d").is_ok()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_edtf;

    #[test]
    fn edtf_dates_of_the_seeds_are_known_and_others_refused() {
        for good in [
            "2010",
            "2010-01",
            "2010-06-01",
            "2010-06-01~",
            "2005/2009",
            "2010-22",
            "2010/..",
            "../2012",
            "2010-06/2010",
            "2010-22/2010-06",
        ] {
            assert!(is_edtf(good), "{good}");
        }
        for bad in [
            "+201-01-01",
            " 201-01-01",
            "2010-06- 1",
            "2012/2010",
            "2010-06-02/2010-06-01",
            "2010-07/2010-06-30",
        ] {
            assert!(!is_edtf(bad), "{bad}");
        }
        for bad in
            ["", "jan. 2010", "2010-13", "2010-02-30", "../..", "10-06-01", "2010-6-1", "2010-06-01T10:00"]
        {
            assert!(!is_edtf(bad), "{bad}");
        }
    }
}
