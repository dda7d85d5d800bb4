//! What each library shares of its entries, kept as long as its mark and that of the concepts stand.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{DbErr, FromQueryResult, QueryResult};
use uuid::Uuid;

use super::{
    concepts::{About, Known},
    facts::{Held, Told},
};
use crate::{
    competence::{self, Stance},
    error::Result,
    id::{ConceptId, OccasionId, TenantId},
    tenancy::{AggregateTx, Extent, Shared, Weigh, maybe, of, parts::Marked, unpacked},
};

/// What a library shares: there are very many entries, and so each takes little room.
pub struct Part {
    entries: Box<[PartEntry]>,
    /// The places of those that are about other concepts than those that everybody reads, and which.
    others: Box<[(u32, ConceptId)]>,
    /// The places of those that are for something.
    occasions: Box<[(u32, OccasionId)]>,
}

struct PartEntry {
    /// The concept's number ([`Known::number`]).
    concept: u32,
    stance: Stance,
    /// 1 to 4; 0: none.
    level: u8,
    wanted: u8,
}

const NOTHING: u32 = u32::MAX;
const OTHER: u32 = u32::MAX - 1;

impl Weigh for Part {
    fn bytes(&self) -> usize {
        size_of_val(&*self.entries) + size_of_val(&*self.others) + size_of_val(&*self.occasions)
    }
}

/// Entries of one library that are about different concepts and alike in all else. Read by place: a name would be looked up in each row
/// for each column.
struct AlikeRow {
    tenant_id: Option<TenantId>,
    stance: Option<Stance>,
    level: Option<i64>,
    wanted: Option<i64>,
    occasion: Option<OccasionId>,
    /// Of each entry; none of those that are unmapped.
    concepts: Vec<Option<ConceptId>>,
}

impl FromQueryResult for AlikeRow {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            tenant_id: maybe(row, 0)?,
            stance: maybe(row, 1)?,
            level: maybe(row, 2)?,
            wanted: maybe(row, 3)?,
            occasion: maybe(row, 4)?,
            concepts: unpacked(row, 5)?.into_iter().map(|id| id.map(ConceptId)).collect(),
        })
    }
}

/// What each of these shares there, by the numbers of the concepts that everybody reads. A library without a mark is read each
/// time, and so are all where the concepts have none.
pub async fn parts(
    tx: &AggregateTx,
    extent: &Extent,
    members: impl Iterator<Item = Marked>,
    (common, mark): (&Known, Option<Uuid>),
) -> Result<Vec<(TenantId, Arc<Part>)>> {
    let mut known = Vec::new();
    let mut anew: HashMap<TenantId, (Marked, Growing)> = HashMap::new();
    for (tenant, own) in members {
        let marked = (tenant, own.zip(mark).map(|(own, concepts)| both(own, concepts)));
        match tx.part::<Part>(marked) {
            Some(part) => known.push((tenant, part)),
            // One that shares nothing has no mark here, and an answer without rows.
            None => _ = anew.insert(tenant, (marked, Growing::default())),
        }
    }
    if anew.is_empty() {
        return Ok(known);
    }
    let question = entries(tx, extent, anew.keys().map(|id| id.0));
    for row in tx.rows::<AlikeRow>(question).await? {
        if let Some((_, part)) = row.tenant_id.and_then(|tenant| anew.get_mut(&tenant)) {
            part.add(row, common);
        }
    }
    for (tenant, (marked, part)) in anew {
        let part = Arc::new(part.grown());
        tx.keep_part(marked, &part);
        known.push((tenant, part));
    }
    Ok(known)
}

/// Stands for two things that each have a mark: another one when either is. Marks are taken by chance.
fn both(one: Uuid, other: Uuid) -> Uuid {
    Uuid::from_u128(one.as_u128() ^ other.as_u128().rotate_left(64))
}

/// What these share there, entries that are alike as one row.
pub fn entries(tx: &AggregateTx, extent: &Extent, of_tenants: impl Iterator<Item = Uuid>) -> Shared {
    use competence::Column as E;
    let alike =
        [E::TenantId, E::Stance, E::Level, E::TargetLevel, E::OccasionId].map(|column| of("e", column));
    let [tenant, stance, level, wanted, occasion] = alike.clone();
    // In the order of `AlikeRow`.
    tx.from::<competence::Entity>("e", extent)
        .filter(tx.one_of(of("e", E::TenantId), of_tenants))
        .group_by(alike)
        .take(tenant, "tenant_id")
        .take(stance, "stance")
        .take(level, "level")
        .take(wanted, "wanted")
        .take(occasion, "occasion")
        .take(tx.packed(of("e", E::ConceptId)), "concepts")
}

#[derive(Default)]
struct Growing {
    entries: Vec<PartEntry>,
    others: Vec<(u32, ConceptId)>,
    occasions: Vec<(u32, OccasionId)>,
}

impl Growing {
    fn add(&mut self, row: AlikeRow, common: &Known) {
        let Some(stance) = row.stance else { return };
        // The database lets none in but 1 to 4.
        let level = |level: Option<i64>| level.and_then(|level| u8::try_from(level).ok()).unwrap_or(0);
        let (level, wanted) = (level(row.level), level(row.wanted));
        for id in row.concepts {
            let Ok(place) = u32::try_from(self.entries.len()) else { return };
            let concept = match id.map(|id| (id, common.number(id))) {
                None => NOTHING,
                Some((_, Some(number))) => number,
                Some((id, None)) => {
                    self.others.push((place, id));
                    OTHER
                }
            };
            self.occasions.extend(row.occasion.map(|id| (place, id)));
            self.entries.push(PartEntry { concept, stance, level, wanted });
        }
    }

    fn grown(self) -> Part {
        Part { entries: self.entries.into(), others: self.others.into(), occasions: self.occasions.into() }
    }
}

impl Part {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Its entries, by the concepts by whose numbers they were kept.
    pub fn told<'k>(
        &'k self,
        tenant: TenantId,
        common: &'k Known,
        held: Held,
    ) -> impl Iterator<Item = Told<'k>> {
        let mut others = self.others.iter().peekable();
        let mut occasions = self.occasions.iter().peekable();
        self.entries.iter().zip(0..).map(move |(entry, place)| {
            let level = |level: u8| (level > 0).then_some(i64::from(level));
            let other = others.next_if(|(at, _)| *at == place);
            Told {
                tenant,
                about: match (other, common.numbered(entry.concept)) {
                    (Some((_, id)), _) => About::Other(*id),
                    (None, Some(concept)) => About::Known(concept),
                    (None, None) => About::Nothing,
                },
                stance: entry.stance,
                level: level(entry.level),
                wanted: level(entry.wanted),
                occasion: occasions.next_if(|(at, _)| *at == place).map(|(_, id)| *id),
                held,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_out_as_it_went_in() {
        assert_eq!(size_of::<PartEntry>(), 8);
        let common = Known::default();
        let [a, b, c] = [(); 3].map(|()| ConceptId::new());
        let [one, other] = [(); 2].map(|()| OccasionId::new());
        let row = |stance, level, wanted, occasion, concepts: &[Option<ConceptId>]| AlikeRow {
            tenant_id: None,
            stance: Some(stance),
            level,
            wanted,
            occasion,
            concepts: concepts.to_vec(),
        };
        let mut part = Growing::default();
        part.add(row(Stance::Want, None, Some(4), None, &[Some(a)]), &common);
        part.add(row(Stance::Have, Some(1), None, Some(one), &[None, Some(b)]), &common);
        part.add(row(Stance::Have, Some(4), Some(1), Some(other), &[Some(c)]), &common);
        let ids = [Some(a), None, Some(b), Some(c)];
        let occasions = [None, Some(one), Some(one), Some(other)];
        let levels = [(None, Some(4)), (Some(1), None), (Some(1), None), (Some(4), Some(1))];
        let stances = [Stance::Want, Stance::Have, Stance::Have, Stance::Have];
        let (part, tenant, held) = (part.grown(), TenantId::new(), Held { first: 2, last: 3 });
        assert_eq!(part.len(), 4);
        for (n, told) in part.told(tenant, &common, held).enumerate() {
            let about = match told.about {
                About::Other(id) => Some(id),
                About::Nothing => None,
                About::Known(_) => panic!("none is known"),
            };
            assert_eq!((told.tenant, about, told.occasion), (tenant, ids[n], occasions[n]));
            assert_eq!((told.level, told.wanted), levels[n]);
            assert_eq!((told.stance, told.held), (stances[n], held));
        }
    }

    #[test]
    fn a_mark_of_two_is_another_one_when_either_is() {
        let [a, b, c] = [(); 3].map(|()| Uuid::new_v4());
        let all = [both(a, b), both(b, a), both(a, c), both(c, b), both(a, a), both(b, b)];
        for (n, one) in all.iter().enumerate() {
            assert!(!all[..n].contains(one));
        }
    }
}
