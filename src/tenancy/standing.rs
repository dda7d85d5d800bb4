//! How a row stood on other days: its state, and whom it was shown to. For figures as of a day.
//!
//! Kept in the row itself (`stood`), by the door, whoever changes it and by whatever way; rows that never changed keep nothing. What
//! was nobody else's to see then is kept without its state, and what stood at the end of no day is not kept at all: a row grows by one
//! at the most each day.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Extent, Visibility};
use crate::id::ConsortiumId;

/// How a row that is shown to others stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The word of its state; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    everybody: bool,
    /// The one that it is for. None: each in which its library shares its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consortium: Option<ConsortiumId>,
}

impl Standing {
    /// Of a row that others than everybody see only in the consortium that it names.
    pub fn placed(
        state: impl Into<String>,
        visibility: Visibility,
        consortium: Option<ConsortiumId>,
    ) -> Option<Self> {
        if visibility == Visibility::Consortium && consortium.is_none() {
            return None;
        }
        Self::anywhere(state, visibility, consortium)
    }

    /// Of a row that names no consortium for each, or one.
    pub fn anywhere(
        state: impl Into<String>,
        visibility: Visibility,
        consortium: Option<ConsortiumId>,
    ) -> Option<Self> {
        let everybody = match visibility {
            Visibility::Private | Visibility::Sealed => return None,
            Visibility::Consortium => false,
            Visibility::Public => true,
        };
        Some(Self { state: state.into(), everybody, consortium })
    }

    /// Of a row that is told wherever the one that it belongs to is.
    pub fn beside(state: impl Into<String>) -> Self {
        Self { state: state.into(), everybody: true, consortium: None }
    }

    /// Was it shared there? By the same rule as now: what is for one consortium is counted there, and on the node what everybody sees.
    pub fn shared_in(&self, extent: &Extent) -> bool {
        match extent {
            Extent::Node => self.everybody,
            Extent::Consortium(_) | Extent::Consortia(_) => {
                self.consortium.is_none_or(|one| extent.consortia().contains(&one))
            }
        }
    }
}

/// What is not so any more, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Stood(Vec<Former>);

impl Stood {
    /// Until then it was shown to nobody who is here.
    pub(super) fn elsewhere(until: DateTime<Utc>) -> Self {
        Self(vec![Former { until, shown: None }])
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Former {
    until: DateTime<Utc>,
    /// None: it was shown to nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shown: Option<Standing>,
}

/// A row that figures are told of as of any day.
pub struct Lasts<'r> {
    /// None: it is shown to nobody else.
    pub now: Option<Standing>,
    pub stood: Option<&'r Stood>,
    pub since: DateTime<Utc>,
}

impl Lasts<'_> {
    fn former(&self) -> &[Former] {
        self.stood.map_or(&[], |stood| &stood.0)
    }

    /// How it stood just before a moment. None: it was not there, or was shown to nobody else.
    pub fn before(&self, moment: DateTime<Utc>) -> Option<&Standing> {
        if self.since >= moment {
            return None;
        }
        let then = self.former().iter().find(|former| former.until >= moment);
        then.map_or(self.now.as_ref(), |former| former.shown.as_ref())
    }

    /// What to keep when it becomes another.
    pub(super) fn left(self, now: DateTime<Utc>) -> Stood {
        let mut all = self.former().to_vec();
        let began = all.last().map_or(self.since, |former| former.until);
        if began.date_naive() < now.date_naive() {
            all.push(Former { until: now, shown: self.now });
        }
        Stood(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::when::over;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_row_stood_at_the_end_of_a_day_as_it_did_last_on_that_day() {
        let mut stood = Stood::default();
        let standing = |state: &str| (state != "hidden").then(|| Standing::beside(state));
        let mut now = standing("idea");
        for (to, at) in [
            ("hidden", "2026-01-10T13:00:00Z"),
            ("planned", "2026-01-12T00:00:00Z"),
            // Both on one day: what lay between stood at the end of none.
            ("active", "2026-02-01T08:00:00Z"),
            ("hidden", "2026-02-01T09:00:00Z"),
            ("active", "2026-02-01T10:00:00Z"),
            ("completed", "2026-03-05T23:59:59Z"),
        ] {
            let lasts = Lasts { now: now.clone(), stood: Some(&stood), since: time("2026-01-10T12:00:00Z") };
            stood = lasts.left(time(at));
            now = standing(to);
        }
        assert_eq!(stood.0.len(), 3);
        let lasts = Lasts { now, stood: Some(&stood), since: time("2026-01-10T12:00:00Z") };
        for (day, state) in [
            ("2026-01-09", ""),
            ("2026-01-10", ""),
            ("2026-01-11", ""),
            ("2026-01-12", "planned"),
            ("2026-01-31", "planned"),
            ("2026-02-01", "active"),
            ("2026-03-04", "active"),
            ("2026-03-05", "completed"),
            ("2026-06-30", "completed"),
        ] {
            let then = lasts.before(over(day.parse().unwrap()));
            assert_eq!(then.map_or("", |then| &then.state), state, "{day}");
        }
    }

    #[test]
    fn it_was_shared_where_it_was_for_and_shown() {
        use Visibility::{Consortium, Private, Public, Sealed};
        let [here, there] = [(); 2].map(|()| ConsortiumId::new());
        let shared = |standing: Option<Standing>| {
            let extents = [here.into(), there.into(), Extent::Node];
            extents.map(|extent| standing.as_ref().is_some_and(|then| then.shared_in(&extent)))
        };
        for none in [Private, Sealed] {
            assert_eq!(shared(Standing::placed("", none, Some(here))), [false; 3]);
            assert_eq!(shared(Standing::anywhere("", none, None)), [false; 3]);
        }
        assert_eq!(shared(Standing::placed("", Consortium, Some(here))), [true, false, false]);
        assert_eq!(shared(Standing::placed("", Public, Some(here))), [true, false, true]);
        assert_eq!(shared(Standing::placed("", Consortium, None)), [false; 3]);
        assert_eq!(shared(Standing::placed("", Public, None)), [true; 3]);
        assert_eq!(shared(Standing::anywhere("", Consortium, None)), [true, true, false]);
    }

    #[test]
    fn it_is_written_down_and_read_again() {
        let consortium = ConsortiumId::new();
        let lasts = Lasts {
            now: Standing::placed("idea", Visibility::Consortium, Some(consortium)),
            stood: None,
            since: time("2026-01-01T00:00:00Z"),
        };
        let stood = lasts.left(time("2026-01-02T00:00:00Z"));
        let text = serde_json::to_string(&stood).unwrap();
        assert_eq!(
            text,
            format!(
                r#"[{{"until":"2026-01-02T00:00:00Z","shown":{{"state":"idea","consortium":"{consortium}"}}}}]"#
            )
        );
        assert_eq!(serde_json::from_str::<Stood>(&text).unwrap(), stood);
    }
}
