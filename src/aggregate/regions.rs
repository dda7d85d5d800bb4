//! Which regions a library served on a day. What is registered is served whole: a region that did not stand on the day
//! is followed to what it came from, or to what became of it. One that was merged and came back under its name is what it was
//! before, and not all that it was merged with.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, FromQueryResult, sea_query::ExprTrait};

use crate::{
    error::{Error, Result},
    id::TenantId,
    registry::{membership, region, tenant::area},
    tenancy::{AggregateTx, Extent, of},
    text::Text,
};

#[derive(Clone, Debug, Default)]
pub struct Region {
    pub names: Text,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub predecessors: Vec<String>,
    pub successors: Vec<String>,
}

/// The register, and what each member has registered.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    pub register: BTreeMap<String, Region>,
    pub served: BTreeMap<TenantId, BTreeSet<String>>,
}

#[derive(FromQueryResult)]
struct Served {
    tenant_id: Option<TenantId>,
    region_id: Option<String>,
}

/// Reads them: the members' areas, and the register.
pub async fn read(tx: &AggregateTx, extent: &Extent) -> Result<Regions> {
    let Extent::Consortium(consortium) = extent else {
        // The directory is everybody's to read.
        let areas = tx.open::<area::Entity>()?.filter(area::Column::Kind.eq("region"));
        return Regions::of(areas.all().await?, tx.open::<region::Entity>()?.all().await?);
    };
    let question = tx
        .members(*consortium)
        .open::<area::Entity>(
            "a",
            of("a", area::Column::TenantId)
                .eq(of("m", membership::Column::TenantId))
                .and(of("a", area::Column::Kind).eq("region")),
        )
        .take(of("a", area::Column::TenantId), "tenant_id")
        .take(of("a", area::Column::RegionId), "region_id");
    let served = tx.answer::<Served>(question).await?.into_iter().map(|row| (row.tenant_id, row.region_id));
    Regions::new(served.collect(), tx.open::<region::Entity>()?.all().await?)
}

impl Regions {
    /// From what libraries have registered, and the register.
    pub fn of(areas: Vec<area::Model>, register: Vec<region::Model>) -> Result<Self> {
        let served = areas.into_iter().map(|row| (Some(row.tenant_id), row.region_id));
        Self::new(served.collect(), register)
    }

    fn new(served: Vec<(Option<TenantId>, Option<String>)>, register: Vec<region::Model>) -> Result<Self> {
        let mut regions = Self::default();
        for row in served {
            if let (Some(tenant), Some(region)) = row {
                regions.served.entry(tenant).or_default().insert(region);
            }
        }
        for row in register {
            let day = |text: &Option<String>| text.as_deref().and_then(|t| t.parse().ok());
            let ids = |list| serde_json::from_value(list).map_err(Error::internal);
            let region = Region {
                from: day(&row.valid_from),
                to: day(&row.valid_to),
                predecessors: ids(row.predecessors)?,
                successors: ids(row.successors)?,
                names: row.names,
            };
            regions.register.insert(row.id, region);
        }
        Ok(regions)
    }

    /// The regions that a library served on a day, each once.
    pub fn on(&self, tenant: TenantId, day: NaiveDate) -> BTreeSet<String> {
        self.served.get(&tenant).into_iter().flatten().flat_map(|region| self.followed(region, day)).collect()
    }

    /// Is a region that it has registered several on a day, so that it is not known which of them it served?
    pub fn in_parts(&self, tenant: TenantId, day: NaiveDate) -> bool {
        self.served.get(&tenant).into_iter().flatten().any(|region| self.followed(region, day).len() > 1)
    }

    /// What a region was, or became, on a day.
    fn followed(&self, from: &String, day: NaiveDate) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            let Some(region) = self.register.get(id).filter(|_| seen.insert(id)) else { continue };
            if region.from.is_some_and(|from| day < from) {
                open.extend(&region.predecessors);
            } else if region.to.is_some_and(|to| to < day) {
                open.extend(&region.successors);
            } else {
                found.insert(id.clone());
            }
        }
        let name = |id: &String| {
            self.register.get(id).map(|region| &region.names).filter(|names| !names.0.is_empty())
        };
        let same = found.iter().find(|id| name(from).is_some() && name(id) == name(from)).cloned();
        same.map_or(found, |same| BTreeSet::from([same]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_region_is_followed_backwards_and_forwards_in_time() {
        let region = |name: &str, from: &str, to: &str, before: &[&str], after: &[&str]| Region {
            names: Text::of(Lang::Nb, name),
            from: from.parse().ok(),
            to: to.parse().ok(),
            predecessors: before.iter().map(|s| (*s).to_owned()).collect(),
            successors: after.iter().map(|s| (*s).to_owned()).collect(),
        };
        let register = BTreeMap::from([
            ("no-01".to_owned(), region("Østfold", "", "2019-12-31", &[], &["no-30"])),
            ("no-06".to_owned(), region("Buskerud", "", "2019-12-31", &[], &["no-30"])),
            (
                "no-30".to_owned(),
                region("Viken", "2020-01-01", "2023-12-31", &["no-01", "no-06"], &["no-31", "no-33"]),
            ),
            ("no-31".to_owned(), region("Østfold", "2024-01-01", "", &["no-30"], &[])),
            ("no-33".to_owned(), region("Buskerud", "2024-01-01", "", &["no-30"], &[])),
        ]);
        let [ostfold, both, old, viken] = [(); 4].map(|()| TenantId::new());
        let set = |ids: &[&str]| ids.iter().map(|s| (*s).to_owned()).collect::<BTreeSet<_>>();
        let served = BTreeMap::from([
            (ostfold, set(&["no-31"])),
            (both, set(&["no-31", "no-33"])),
            (old, set(&["no-01"])),
            (viken, set(&["no-30"])),
        ]);
        let regions = Regions { register, served };
        assert_eq!(regions.on(ostfold, day("2026-01-01")), set(&["no-31"]));
        assert_eq!(regions.on(ostfold, day("2021-06-01")), set(&["no-30"]));
        // Two of today were one then: counted once.
        assert_eq!(regions.on(both, day("2021-06-01")), set(&["no-30"]));
        // What came back under its name is what it was.
        assert_eq!(regions.on(ostfold, day("2015-01-01")), set(&["no-01"]));
        assert_eq!(regions.on(old, day("2026-01-01")), set(&["no-31"]));
        // Of what did not, the whole counts.
        assert_eq!(regions.on(viken, day("2015-01-01")), set(&["no-01", "no-06"]));
        assert_eq!(regions.on(viken, day("2026-01-01")), set(&["no-31", "no-33"]));
        assert!(regions.on(TenantId::new(), day("2026-01-01")).is_empty());
    }
}
