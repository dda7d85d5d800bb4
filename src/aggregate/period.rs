//! Years, quarters and months: what they are called, and when each is over.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};

use crate::when::over;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Interval {
    Year,
    Quarter,
    Month,
}

/// One that figures are told of as they were when it was over; the present one as they are so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub code: String,
    /// The first moment after it, in UTC.
    pub over: DateTime<Utc>,
}

impl Interval {
    pub const ALL: [Self; 3] = [Self::Year, Self::Quarter, Self::Month];

    /// As ISO 8601 has it, and a quarter as statistics offices write it.
    pub fn code(self, day: NaiveDate) -> String {
        match self {
            Self::Year => format!("{:04}", day.year()),
            Self::Quarter => format!("{:04}-Q{}", day.year(), day.month0() / 3 + 1),
            Self::Month => format!("{:04}-{:02}", day.year(), day.month()),
        }
    }

    /// Is it written as one of these?
    pub fn is_code(self, code: &str) -> bool {
        let day = match self {
            Self::Year => format!("{code}-01-01"),
            Self::Quarter => {
                let Some((year, quarter)) = code.split_once("-Q") else { return false };
                format!("{year}-{:02}-01", quarter.parse().map_or(0, |quarter: u8| quarter.saturating_mul(3)))
            }
            Self::Month => format!("{code}-01"),
        };
        day.parse().is_ok_and(|day: NaiveDate| self.code(day) == code)
    }

    /// How far back figures are told of: ten years, and three of months.
    pub fn most(self) -> u32 {
        match self {
            Self::Year => 10,
            Self::Quarter => 40,
            Self::Month => 36,
        }
    }

    fn months(self) -> u32 {
        match self {
            Self::Year => 12,
            Self::Quarter => 3,
            Self::Month => 1,
        }
    }

    /// The first day of the one in which a day lies.
    fn first(self, day: NaiveDate) -> NaiveDate {
        let month0 = day.month0() / self.months() * self.months();
        day.with_day(1).and_then(|day| day.with_month0(month0)).unwrap_or(day)
    }

    /// Those that end with this day, or in which it lies, the oldest first. The last is over when the day is.
    pub fn until(self, day: NaiveDate) -> Vec<Period> {
        let this = self.first(day);
        let before = (1..self.most()).rev().filter_map(|back| {
            let first = this.checked_sub_months(Months::new(back * self.months()))?;
            let last = first.checked_add_months(Months::new(self.months()))?.pred_opt()?;
            Some(Period { code: self.code(first), over: over(last) })
        });
        before.chain([Period { code: self.code(day), over: over(day) }]).collect()
    }
}

/// The moments at which a day is counted: when it is over, where that has been; none: as it is now.
pub fn moments(day: NaiveDate, today: NaiveDate) -> Vec<DateTime<Utc>> {
    if day < today { vec![over(day)] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn midnight(day: NaiveDate) -> DateTime<Utc> {
        day.and_time(chrono::NaiveTime::MIN).and_utc()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_is_the_one_of_the_day_and_is_over_with_it() {
        for (interval, most, last, before, over_before) in [
            (Interval::Year, 10, "2026", "2025", "2026-01-01"),
            (Interval::Quarter, 40, "2026-Q1", "2025-Q4", "2026-01-01"),
            (Interval::Month, 36, "2026-03", "2026-02", "2026-03-01"),
        ] {
            let all = interval.until(day("2026-03-31"));
            assert_eq!(all.len(), most);
            let [.., second, first] = &all[..] else { panic!("two") };
            assert_eq!((first.code.as_str(), first.over), (last, midnight(day("2026-04-01"))));
            assert_eq!((second.code.as_str(), second.over), (before, midnight(day(over_before))));
            assert!(all.is_sorted_by(|a, b| a.code < b.code && a.over < b.over));
        }
        assert_eq!(Interval::Month.until(day("2026-11-27")).first().unwrap().code, "2023-12");
        assert_eq!(Interval::Quarter.until(day("2026-11-27")).first().unwrap().code, "2017-Q1");
    }

    #[test]
    fn a_code_is_known_from_what_is_none() {
        for (interval, good, bad) in [
            (Interval::Year, ["2026", "0001"], ["26", "2026-01", "20266", "next", ""]),
            (Interval::Quarter, ["2026-Q1", "2026-Q4"], ["2026-Q5", "2026-Q0", "2026Q1", "2026-Q01", "-Q1"]),
            (Interval::Month, ["2026-01", "2026-12"], ["2026-13", "2026-1", "2026", "2026-01-01", "2026-00"]),
        ] {
            assert!(good.iter().all(|code| interval.is_code(code)), "{interval:?}");
            assert!(bad.iter().all(|code| !interval.is_code(code)), "{interval:?}");
        }
    }

    #[test]
    fn the_first_days_that_there_are_have_nothing_before_them() {
        for interval in Interval::ALL {
            let all = interval.until(day("0001-01-01"));
            assert!(!all.is_empty() && all.is_sorted_by(|a, b| a.over < b.over));
        }
    }
}
