//! Time: the node's clock.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SubsecRound, Timelike, Utc};

/// Now, to the microsecond: PostgreSQL keeps no more, and SQLite would keep more and miss its own rows.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// When a day is over: the first moment after it, in UTC. One that has no next is never.
pub fn over(day: NaiveDate) -> DateTime<Utc> {
    day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN).and_utc()
}

/// A time as it was given, to the second: both databases then keep the same, and the 61st second of a minute is its 60th.
pub fn second(time: DateTime<Utc>) -> DateTime<Utc> {
    time.with_nanosecond(0).unwrap_or(time)
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

/// The last day that an EDTF date may mean: of a month its last, of a winter the last of the February after. None where
/// it has no end, or is none.
pub fn last_day(text: &str) -> Option<NaiveDate> {
    if !is_edtf(text) {
        return None;
    }
    let end = text.split_once('/').map_or(text, |(_, to)| to);
    let bare = end.trim_end_matches(['~', '?', '%']);
    let mut parts = bare.split('-').map(|part| part.parse::<u32>().ok());
    let year = i32::try_from(parts.next()??).ok()?;
    let after = |year: i32, month: u32| NaiveDate::from_ymd_opt(year, month, 1)?.pred_opt();
    match (parts.next().flatten(), parts.next().flatten()) {
        (None, _) => after(year + 1, 1),
        (Some(season @ 21..=23), _) => after(year, 3 * (season - 20) + 3),
        (Some(24), _) => after(year + 1, 3),
        (Some(12), None) => after(year + 1, 1),
        (Some(month), None) => after(year, month + 1),
        (Some(month), Some(day)) => NaiveDate::from_ymd_opt(year, month, day),
    }
}

/// The first day that an EDTF date may mean, as [`last_day`]: of a winter the first of its December.
pub fn first_day(text: &str) -> Option<NaiveDate> {
    if !is_edtf(text) {
        return None;
    }
    let begin = text.split_once('/').map_or(text, |(from, _)| from);
    let bare = begin.trim_end_matches(['~', '?', '%']);
    let mut parts = bare.split('-').map(|part| part.parse::<u32>().ok());
    let year = i32::try_from(parts.next()??).ok()?;
    let month = match parts.next().flatten() {
        None => 1,
        Some(season @ 21..=24) => 3 * (season - 20),
        Some(month) => month,
    };
    NaiveDate::from_ymd_opt(year, month, parts.next().flatten().unwrap_or(1))
}

/// As [`last_day`], as it is kept beside the date: to look for rows by it.
pub fn due_by(date: Option<&str>) -> Option<String> {
    date.and_then(last_day).map(|day| day.to_string())
}

/// The days that an EDTF date stands on; what has one end alone stands on that.
pub fn days(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (first, last) = (first_day(text), last_day(text));
    Some((first.or(last)?, last.or(first)?))
}

/// The first and the last day that an EDTF date may mean; of what is open on one side, those that its other end may mean.
pub fn span(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let end = text.strip_suffix("/..").or_else(|| text.strip_prefix("../")).unwrap_or(text);
    first_day(end).zip(last_day(end))
}

/// Does an interval end before it begins? As far as both say: 2010-06/2010 does not.
fn backwards(from: &str, to: &str) -> bool {
    let ends = first_day(from).zip(last_day(to));
    ends.is_some_and(|(first, last)| last < first)
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
    use super::{first_day, is_edtf, last_day, span};

    #[test]
    fn a_date_that_is_not_exact_has_a_first_day() {
        for (text, day) in [
            ("2010", "2010-01-01"),
            ("2010-02", "2010-02-01"),
            ("2010-06-01~", "2010-06-01"),
            ("2010-21", "2010-03-01"),
            ("2010-24", "2010-12-01"),
            ("2005/2009", "2005-01-01"),
            ("2012-06/..", "2012-06-01"),
        ] {
            assert_eq!(first_day(text).map(|day| day.to_string()).as_deref(), Some(day), "{text}");
        }
        for text in ["../2010", "", "snart", "2010-13", "2010-02-30"] {
            assert_eq!(first_day(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_open_is_as_exact_as_its_end() {
        for (text, days) in [
            ("2026", "2026-01-01 2026-12-31"),
            ("2026/..", "2026-01-01 2026-12-31"),
            ("../2026-03", "2026-03-01 2026-03-31"),
            ("2025-11/2026-02", "2025-11-01 2026-02-28"),
            ("2026-06-01~/..", "2026-06-01 2026-06-01"),
        ] {
            let told = span(text).map(|(first, last)| format!("{first} {last}"));
            assert_eq!(told.as_deref(), Some(days), "{text}");
        }
        for text in ["..", "../..", "", "snart"] {
            assert_eq!(span(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_that_is_not_exact_has_a_last_day() {
        for (text, day) in [
            ("2010", "2010-12-31"),
            ("2010-02", "2010-02-28"),
            ("2012-02", "2012-02-29"),
            ("2010-12", "2010-12-31"),
            ("2010-06-01~", "2010-06-01"),
            ("2010-21", "2010-05-31"),
            ("2010-22", "2010-08-31"),
            ("2010-23", "2010-11-30"),
            ("2010-24", "2011-02-28"),
            ("2005/2009", "2009-12-31"),
            ("../2012-06", "2012-06-30"),
        ] {
            assert_eq!(last_day(text).map(|day| day.to_string()).as_deref(), Some(day), "{text}");
        }
        for text in ["2010/..", "", "snart", "2010-13", "2010-02-30"] {
            assert_eq!(last_day(text), None, "{text}");
        }
    }

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
            // Winter begins in December.
            "2026-24/2026-01",
            "2026-23/2026-21",
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
