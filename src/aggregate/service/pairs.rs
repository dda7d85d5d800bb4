//! Questions about pairs of libraries, over the rows that the caller may see.

use sea_orm::{
    ColumnTrait, FromQueryResult,
    sea_query::{ExprTrait, SimpleExpr},
};

use crate::{
    aggregate::{
        facts::{Member, Met, raw, text},
        matching::Candidate,
        overlap::Held,
    },
    competence::{self, Column as E, Stance},
    concept,
    error::{Code, Error, Result},
    id::{ConceptId, EntryId, ProjectId, RowId, TenantId},
    project::participant,
    registry::tenant::{self, Column as T, TenantKind, area},
    tenancy::{Question, TenantTx, of},
};

/// A library with the concepts that it has, and those that it wants.
pub struct Side {
    pub member: Member,
    pub has: Held,
    pub wants: Held,
}

#[derive(FromQueryResult)]
struct SideRow {
    id: TenantId,
    slug: String,
    names: String,
    kind: TenantKind,
    country: String,
    stance: Option<Stance>,
    concept_id: Option<ConceptId>,
    notation: Option<String>,
    labels: Option<String>,
}

fn is(alias: &'static str, column: E, word: &'static str) -> SimpleExpr {
    of(alias, column).eq(word)
}

fn with_concept(question: Question, entry: &'static str) -> Question {
    use concept::Column as K;
    question
        .left_join::<concept::Entity>("k", of("k", K::Id).eq(of(entry, E::ConceptId)))
        .take(of("k", K::Id), "concept_id")
        .take(of("k", K::Notation), "notation")
        .take(raw(of("k", K::Labels)), "labels")
}

pub(super) fn with_tenant(question: Question, alias: &'static str) -> Question {
    question
        .take(of(alias, T::Id), "id")
        .take(of(alias, T::Slug), "slug")
        .take(raw(of(alias, T::Names)), "names")
        .take(of(alias, T::Kind), "kind")
        .take(of(alias, T::Country), "country")
}

/// Two libraries with what the caller may see that they have and want. 404 when there is no such library.
pub async fn side_by_side(tx: &TenantTx, a: TenantId, b: TenantId) -> Result<(Side, Side)> {
    let question = tx
        .question()
        .watch::<competence::Entity>("e")
        .from::<tenant::Entity>("t")
        .left_join::<competence::Entity>("e", of("e", E::TenantId).eq(of("t", T::Id)))
        .take(of("e", E::Stance), "stance")
        .filter(of("t", T::Id).is_in([a.0, b.0]));
    let rows = tx.answer::<SideRow>(with_tenant(with_concept(question, "e"), "t")).await?;
    let mut concepts = Met::default();
    let mut side = |id: TenantId| -> Result<Side> {
        let mut side: Option<Side> = None;
        for row in rows.iter().filter(|row| row.id == id) {
            if side.is_none() {
                let (slug, country) = (row.slug.clone(), row.country.clone());
                let member = Member { id, slug, names: text(&row.names)?, kind: row.kind, country };
                side = Some(Side { member, has: Held::new(), wants: Held::new() });
            }
            let concept = concepts.one(row.concept_id, row.notation.clone(), row.labels.clone())?;
            if let (Some(side), Some(concept)) = (&mut side, concept) {
                let held = if row.stance == Some(Stance::Want) { &mut side.wants } else { &mut side.has };
                held.insert(concept.notation.clone(), concept);
            }
        }
        side.ok_or_else(Error::not_found)
    };
    Ok((side(a)?, side(b)?))
}

#[derive(FromQueryResult)]
struct PairRow {
    my_id: TenantId,
    my_country: String,
    mine_id: EntryId,
    mine_stance: Stance,
    mine_level: Option<i64>,
    mine_wanted: Option<i64>,
    theirs_id: Option<EntryId>,
    theirs_level: Option<i64>,
    theirs_wanted: Option<i64>,
    concept_id: Option<ConceptId>,
    notation: Option<String>,
    labels: Option<String>,
    id: Option<TenantId>,
    slug: Option<String>,
    names: Option<String>,
    kind: Option<TenantKind>,
    country: Option<String>,
    near: Option<RowId>,
    joint: Option<ProjectId>,
}

/// Entries, each with what other libraries say of its concept from the other side: who has what it wants, or wants what
/// it has. Joined from the left: an entry that meets nothing is there all the same.
fn across(tx: &TenantTx) -> Result<Question> {
    use participant::Column as P;
    let accepted = participant::ParticipantStatus::Accepted.word();
    let mine = tx.among::<participant::Entity>(
        P::ProjectId,
        P::ParticipantId.eq(tx.me()).and(P::Status.eq(accepted)),
    )?;
    let question = tx
        .question()
        .watch::<competence::Entity>("theirs")
        .from::<competence::Entity>("mine")
        .join::<tenant::Entity>("me", of("me", T::Id).eq(of("mine", E::TenantId)))
        .left_join::<competence::Entity>(
            "theirs",
            of("theirs", E::ConceptId)
                .eq(of("mine", E::ConceptId))
                .and(of("theirs", E::Stance).ne(of("mine", E::Stance)))
                .and(of("theirs", E::TenantId).ne(of("mine", E::TenantId))),
        )
        .left_join::<tenant::Entity>("t", of("t", T::Id).eq(of("theirs", E::TenantId)))
        .left_join::<area::Entity>(
            "far",
            of("far", area::Column::TenantId)
                .eq(of("t", T::Id))
                .and(of("far", area::Column::Kind).eq("region")),
        )
        .left_join::<area::Entity>(
            "near",
            of("near", area::Column::TenantId)
                .eq(of("me", T::Id))
                .and(of("near", area::Column::RegionId).eq(of("far", area::Column::RegionId))),
        )
        .left_join::<participant::Entity>(
            "joint",
            of("joint", P::ParticipantId)
                .eq(of("t", T::Id))
                .and(of("joint", P::Status).eq(accepted))
                .and(of("joint", P::ProjectId).in_subquery(mine)),
        )
        .take(of("me", T::Id), "my_id")
        .take(of("me", T::Country), "my_country")
        .take(of("mine", E::Id), "mine_id")
        .take(of("mine", E::Stance), "mine_stance")
        .take(of("mine", E::Level), "mine_level")
        .take(of("mine", E::TargetLevel), "mine_wanted")
        .take(of("theirs", E::Id), "theirs_id")
        .take(of("theirs", E::Level), "theirs_level")
        .take(of("theirs", E::TargetLevel), "theirs_wanted")
        .take(of("near", area::Column::Id), "near")
        .take(of("joint", P::ProjectId), "joint");
    Ok(with_tenant(with_concept(question, "mine"), "t"))
}

/// Those who meet one entry of the caller's. An entry of another library is not the caller's to ask from.
pub async fn of_entry(tx: &TenantTx, entry: EntryId) -> Result<Vec<Candidate>> {
    let rows = tx.answer::<PairRow>(across(tx)?.filter(of("mine", E::Id).eq(entry.0))).await?;
    match rows.first() {
        None => Err(Error::not_found()),
        Some(row) if row.my_id != tx.me() => Err(Error::new(Code::Forbidden)),
        Some(_) => candidates(rows),
    }
}

/// Those who want what the caller has.
pub async fn learners(tx: &TenantTx) -> Result<Vec<Candidate>> {
    let own = of("mine", E::TenantId).eq(tx.me().0).and(is("mine", E::Stance, "have"));
    candidates(tx.answer::<PairRow>(across(tx)?.filter(own)).await?)
}

fn candidates(rows: Vec<PairRow>) -> Result<Vec<Candidate>> {
    let mut concepts = Met::default();
    let mut out = Vec::new();
    for row in rows {
        let concept = concepts.one(row.concept_id, row.notation, row.labels)?;
        let (Some(concept), Some(theirs_id), Some(id), Some(slug), Some(names), Some(kind), Some(country)) =
            (concept, row.theirs_id, row.id, row.slug, row.names, row.kind, row.country)
        else {
            continue;
        };
        let (want_id, wanted, have_id, level) = match row.mine_stance {
            Stance::Want => (row.mine_id, row.mine_wanted, theirs_id, row.theirs_level),
            Stance::Have => (theirs_id, row.theirs_wanted, row.mine_id, row.mine_level),
        };
        out.push(Candidate {
            concept,
            other: Member { id, slug, names: text(&names)?, kind, country },
            want_id,
            wanted,
            have_id,
            level,
            country: row.my_country,
            same_region: row.near.is_some(),
            projects: row.joint.into_iter().collect(),
        });
    }
    Ok(out)
}
