//! Making a release: a snapshot, the audit, and what it lets out, in one write.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ActiveEnum, ActiveValue::Set, ColumnTrait, Order};

use super::{
    Column, Entity, MadeReleases, NewRelease, Release, ReleaseAudience,
    audit::{self, Audience, Contribution, History, Member, Outcome, Snapshot},
    cell, document,
    entity::{self, ActiveModel},
    ledger::{self, Account},
    past,
    rules::{self, Cadence, Rules},
    seen::{self, Memberships},
    service::shape,
    value::{self, Measure},
};
use crate::{
    aggregate::{period::Interval, regions::Regions},
    concept::{self, ConceptStatus},
    error::{Code, Error, Result},
    id::{ConceptId, ConsortiumId, ReleaseId, RowId, TenantId},
    registry::{
        consortium,
        membership::{self, MembershipStatus},
        region,
        tenant::{self, area},
    },
    tenancy::{
        TenantScope, TenantTx,
        sealed::{Given, Sealed, Shown},
    },
    when,
};

/// The audit reckons on so many processors at the most.
const THREADS: usize = 2;

/// Makes the release of a period: to the members, and then to the public where they have decided so. By a coordinator.
pub async fn make(scope: &TenantScope, consortium: ConsortiumId, input: NewRelease) -> Result<MadeReleases> {
    let scope_in = scope.clone();
    scope
        .write("makeRelease", (consortium, input), move |tx, (consortium, input)| {
            Box::pin(async move { released(&scope_in, tx, consortium, input.measure).await })
        })
        .await
}

async fn released(
    scope: &TenantScope,
    tx: &TenantTx,
    consortium: ConsortiumId,
    measure: Measure,
) -> Result<MadeReleases> {
    tx.seat_as(consortium, entity::KEEPERS).await?;
    let row = tx.get::<consortium::Entity>(consortium.0).await?;
    consortium::service::must_be_open(&row)?;
    let concepts = Concepts::read(tx, consortium).await?;
    let members = members(tx, consortium).await?;
    let rules = rules::service::in_force(tx, consortium).await?.rules;
    let door = tx.sealed(consortium).await?;
    // Whoever was first has it: the one who waited at the door finds that out here.
    let as_of = rules.cadence.period(when::now().date_naive());
    let last = last(tx, consortium, measure, &rules, &as_of).await?;
    let snapshot = Snapshots {
        given: door.given().await?,
        shown: door.shown().await?,
        memberships: door.memberships().await?,
        values: door.values().await?.into_iter().filter(|row| row.measure == measure).collect(),
        pasts: door.pasts().await?.into_iter().filter(|row| row.measure == measure).collect(),
    };
    let prepared = snapshot.prepare(consortium, &concepts, &members);
    let reckon = Reckoning {
        rules: rules.audit(usize::try_from(row.k).unwrap_or_default()),
        as_of: as_of.clone(),
        public: rules.to_public,
        members,
        prepared,
    };
    let reckoned = tokio::task::spawn_blocking(move || reckon.run()).await.map_err(Error::internal)??;

    let now = when::now();
    let (mut told, mut values, mut touched) = (Vec::new(), Vec::new(), Vec::new());
    for (prepared, outcome, public) in reckoned.iter().filter(|(prepared, _, _)| !prepared.closed) {
        let account = Account { consortium, measure, concept: prepared.concept };
        let history = public.as_ref().map_or(&outcome.history, |public| &public.history);
        let exposed = outcome.exposed.iter().chain(public.iter().flat_map(|p| &p.exposed)).copied().collect();
        let before: Vec<&value::Model> =
            snapshot.values.iter().filter(|row| row.consortium_id == consortium).collect();
        let before: Vec<&value::Model> =
            before.into_iter().filter(|row| prepared.sources.contains(&row.concept_id)).collect();
        values.extend(ledger::values(account, history, &before, &exposed, now));
        let mine = snapshot.pasts.iter().filter(|row| prepared.sources.contains(&row.concept_id));
        let mut kept = None;
        for past in mine {
            match past.concept_id == prepared.concept {
                true => kept = Some(past.id),
                // It goes on under what it was merged into.
                false => told.push(past::Model { told: past::Told::default(), ..past.clone() }),
            }
        }
        told.push(past::Model {
            consortium_id: consortium,
            id: kept.unwrap_or_default(),
            measure,
            concept_id: prepared.concept,
            told: ledger::told(history),
        });
        touched.extend(prepared.sources.iter().copied());
    }
    door.remember(&touched, measure, told, values).await?;

    let mut releases = Vec::new();
    let mut number = last.number;
    for audience in [ReleaseAudience::Consortium, ReleaseAudience::Public] {
        if audience == ReleaseAudience::Public && !rules.to_public {
            continue;
        }
        number += 1;
        let name = format!("{}/{}/{number}", row.slug, measure.word());
        let issue = Issue {
            scope,
            tx,
            door: &door,
            consortium,
            measure,
            number,
            name: &name,
            audience,
            as_of: &as_of,
            rules: &rules,
        };
        let outcomes = reckoned.iter().filter_map(|(prepared, outcome, public)| match audience {
            ReleaseAudience::Consortium => Some((prepared.concept, outcome)),
            ReleaseAudience::Public => public.as_ref().map(|public| (prepared.concept, public)),
        });
        let prev = last.digests.get(&audience).cloned();
        releases.push(issue.publish(outcomes, prev).await?);
    }
    door.close().await?;
    Ok(MadeReleases { releases })
}

/// The release before.
#[derive(Default)]
struct Last {
    number: i64,
    digests: BTreeMap<ReleaseAudience, String>,
}

/// What there is of this measure. One a period: a second is refused.
async fn last(
    tx: &TenantTx,
    consortium: ConsortiumId,
    measure: Measure,
    rules: &Rules,
    as_of: &str,
) -> Result<Last> {
    let mut last = Last::default();
    for audience in [ReleaseAudience::Consortium, ReleaseAudience::Public] {
        let find = tx
            .find::<Entity>()?
            .filter(Column::ConsortiumId.eq(consortium))
            .filter(Column::Measure.eq(measure))
            .filter(Column::Audience.eq(audience))
            .order_by(Column::Number, Order::Desc)
            .limit(1);
        let Some(row) = find.one().await? else { continue };
        let same = row.as_of == as_of
            || rules.cadence.period(row.created_at.date_naive()) == as_of
            || Cadence::Monthly.period(row.created_at.date_naive())
                == Cadence::Monthly.period(when::now().date_naive());
        if same {
            return Err(Error::new(Code::Conflict).field_with(
                "measure",
                "released_already",
                &[("period", as_of)],
            ));
        }
        last.number = last.number.max(row.number);
        last.digests.insert(audience, row.digest);
    }
    Ok(last)
}

impl Cadence {
    /// The period that a day is in.
    pub fn period(self, day: chrono::NaiveDate) -> String {
        match self {
            Cadence::Quarterly => Interval::Quarter.code(day),
            Cadence::Monthly => Interval::Month.code(day),
        }
    }
}

/// The active members, where they serve, and what they are. The audit knows the libraries by their numbers.
async fn members(tx: &TenantTx, consortium: ConsortiumId) -> Result<Vec<Member>> {
    let active = tx
        .find::<membership::Entity>()?
        .filter(membership::Column::ConsortiumId.eq(consortium))
        .filter(membership::Column::Status.eq(MembershipStatus::Active))
        .all()
        .await?;
    let ids: Vec<TenantId> = active.iter().map(|row| row.tenant_id).collect();
    let tenants =
        tx.find::<tenant::Entity>()?.filter(tenant::Column::Id.is_in(ids.iter().copied())).all().await?;
    let areas = tx.find::<area::Entity>()?.filter(area::Column::TenantId.is_in(ids)).all().await?;
    let regions = Regions::of(areas, tx.find::<region::Entity>()?.all().await?)?;
    let today = when::now().date_naive();
    let member = |row: tenant::Model| Member {
        tenant: seen::number(row.id),
        regions: regions.on(row.id, today),
        kind: row.kind.to_value(),
    };
    Ok(tenants.into_iter().map(member).collect())
}

/// The concepts that a release may name, and what became of the others.
struct Concepts {
    here: ConsortiumId,
    rows: BTreeMap<ConceptId, concept::Model>,
}

impl Concepts {
    async fn read(tx: &TenantTx, here: ConsortiumId) -> Result<Self> {
        let rows = tx.find::<concept::Entity>()?.all().await?;
        Ok(Self { here, rows: rows.into_iter().map(|row| (row.id, row)).collect() })
    }

    /// What a concept is called today, when everybody in the consortium may know of it.
    fn today(&self, mut id: ConceptId) -> Option<ConceptId> {
        for _ in 0..20 {
            let row = self.rows.get(&id)?;
            match row.replaced_by {
                Some(next) => id = next,
                None => {
                    let open = matches!(row.status, ConceptStatus::Accepted | ConceptStatus::Deprecated);
                    // A consortium's own word is used before it is decided on.
                    let known = match row.consortium_id {
                        None => open,
                        Some(of) => of == self.here && row.status != ConceptStatus::Rejected,
                    };
                    return known.then_some(id);
                }
            }
        }
        None
    }

    fn everybodys(&self, id: ConceptId) -> bool {
        self.rows.get(&id).is_some_and(|row| row.consortium_id.is_none())
    }

    fn notation(&self, id: ConceptId) -> &str {
        self.rows.get(&id).map_or("", |row| &row.notation)
    }
}

/// What stood in the database at that moment.
struct Snapshots {
    given: Vec<Given>,
    shown: Vec<Shown>,
    memberships: Vec<membership::Model>,
    values: Vec<value::Model>,
    pasts: Vec<past::Model>,
}

/// One concept, ready to be reckoned with.
struct Prepared {
    concept: ConceptId,
    /// It, and what was merged into it.
    sources: BTreeSet<ConceptId>,
    /// Sums of two that were merged are out: what is sealed stays so.
    closed: bool,
    everybodys: bool,
    contributions: Vec<Contribution>,
    to_public: Vec<Contribution>,
    history: History,
}

impl Snapshots {
    fn prepare(&self, here: ConsortiumId, concepts: &Concepts, members: &[Member]) -> Vec<Prepared> {
        let known = Memberships { here, all: &self.memberships };
        let members: BTreeSet<audit::Tenant> = members.iter().map(|member| member.tenant).collect();
        let given = ledger::by(&self.given, |row| concepts.today(row.concept));
        let shown = ledger::by(&self.shown, |row| concepts.today(row.concept));
        let values = ledger::by(&self.values, |row| concepts.today(row.concept_id));
        let pasts = ledger::by(&self.pasts, |row| concepts.today(row.concept_id));
        let mut all: Vec<ConceptId> = given.keys().chain(pasts.keys()).copied().collect();
        all.sort_by_key(|id| (concepts.notation(*id).to_owned(), *id));
        all.dedup();
        all.into_iter()
            .map(|concept| {
                let values = values.get(&concept).map_or(&[][..], Vec::as_slice);
                let pasts = pasts.get(&concept).map_or(&[][..], Vec::as_slice);
                // In a sum of another consortium, or waiting to be: what is a fact here is shown all the same.
                let elsewhere: BTreeSet<TenantId> = values
                    .iter()
                    .filter(|row| row.consortium_id != here && (row.counted || row.opened.is_none()))
                    .map(|row| row.tenant_id)
                    .collect();
                let telling: Vec<&&past::Model> =
                    pasts.iter().filter(|row| ledger::tells(&row.told)).collect();
                let closed = telling.len() > 1;
                let goes_on = telling.first().copied().or_else(|| pasts.first());
                let mut history = match goes_on {
                    Some(past) if !closed => {
                        let own: Vec<&value::Model> = values
                            .iter()
                            .filter(|row| row.consortium_id == here && row.concept_id == past.concept_id)
                            .copied()
                            .collect();
                        ledger::history(&past.told, &own)
                    }
                    _ => History::default(),
                };
                let given: Vec<_> = given
                    .get(&concept)
                    .into_iter()
                    .flatten()
                    .filter(|row| members.contains(&seen::number(row.tenant)))
                    .filter(|row| {
                        let open = matches!(
                            known.mode(row.tenant, row.visibility),
                            audit::Mode::Public | audit::Mode::Consortium
                        );
                        open || !elsewhere.contains(&row.tenant)
                    })
                    .copied()
                    .collect();
                let shown = shown.get(&concept).map_or(&[][..], Vec::as_slice);
                let contributions = ledger::contributions(&known, &given, shown, &mut history);
                let bound: BTreeSet<audit::Tenant> =
                    elsewhere.iter().map(|tenant| seen::number(*tenant)).collect();
                // What only the members see as a fact is sealed to the public.
                let to_public = contributions
                    .iter()
                    .filter(|c| c.mode == audit::Mode::Public || !bound.contains(&c.variable.tenant))
                    .cloned()
                    .collect();
                let sources = pasts.iter().map(|row| row.concept_id).chain([concept]).collect();
                let everybodys = concepts.everybodys(concept);
                Prepared { concept, sources, closed, everybodys, contributions, to_public, history }
            })
            .collect()
    }
}

/// All concepts at once.
struct Reckoning {
    rules: audit::Rules,
    as_of: String,
    public: bool,
    members: Vec<Member>,
    prepared: Vec<Prepared>,
}

type Reckoned = (Prepared, Outcome, Option<Outcome>);

impl Reckoning {
    fn run(self) -> Result<Vec<Reckoned>> {
        let measure = audit::Measure::Amount;
        let ask = |rules: &audit::Rules, audience, of: &[(&Prepared, &History)]| {
            let questions: Vec<(Snapshot, &History)> = of
                .iter()
                .map(|(prepared, history)| {
                    let (as_of, members) = (self.as_of.as_str(), self.members.as_slice());
                    let contributions = match audience {
                        Audience::Consortium => prepared.contributions.as_slice(),
                        Audience::Public => prepared.to_public.as_slice(),
                    };
                    (Snapshot { audience, as_of, measure, members, contributions }, *history)
                })
                .collect();
            audit::releases(rules, &questions, THREADS).map_err(|(at, fault)| {
                Error::internal(format!("the audit of question {at} stops: {fault:?}"))
            })
        };
        // Nobody is enough: every sealed sum is withheld.
        let shut = audit::Rules { least_contributors: usize::MAX, ..self.rules.clone() };
        let none = History::default();
        let of = |prepared: &Prepared| if prepared.closed { shut.clone() } else { self.rules.clone() };
        let mut first: BTreeMap<ConceptId, Outcome> = BTreeMap::new();
        let mut second: BTreeMap<ConceptId, Outcome> = BTreeMap::new();
        for closed in [false, true] {
            let which: Vec<&Prepared> = self.prepared.iter().filter(|p| p.closed == closed).collect();
            let Some(rules) = which.first().map(|prepared| of(prepared)) else { continue };
            let asked: Vec<_> = which.iter().map(|p| (*p, if closed { &none } else { &p.history })).collect();
            let outcomes = ask(&rules, Audience::Consortium, &asked)?;
            let pairs: Vec<(&Prepared, Outcome)> = which.into_iter().zip(outcomes).collect();
            if self.public {
                // What the members got just now is known to them when the public gets its own.
                let asked: Vec<_> = pairs
                    .iter()
                    .filter(|(p, _)| p.everybodys)
                    .map(|(p, outcome)| (*p, if closed { &none } else { &outcome.history }))
                    .collect();
                let outcomes = ask(&rules, Audience::Public, &asked)?;
                second.extend(asked.iter().map(|(p, _)| p.concept).zip(outcomes));
            }
            first.extend(pairs.into_iter().map(|(p, outcome)| (p.concept, outcome)));
        }
        let both = self.prepared.into_iter().filter_map(|prepared| {
            let (one, two) = (first.remove(&prepared.concept)?, second.remove(&prepared.concept));
            Some((prepared, one, two))
        });
        Ok(both.collect())
    }
}

/// A release that is being published.
struct Issue<'i> {
    scope: &'i TenantScope,
    tx: &'i TenantTx,
    door: &'i Sealed<'i>,
    consortium: ConsortiumId,
    measure: Measure,
    number: i64,
    name: &'i str,
    audience: ReleaseAudience,
    as_of: &'i str,
    rules: &'i Rules,
}

impl Issue<'_> {
    async fn publish<'o>(
        &self,
        outcomes: impl Iterator<Item = (ConceptId, &'o Outcome)>,
        prev: Option<String>,
    ) -> Result<Release> {
        let id = ReleaseId::new();
        let mut cells = Vec::new();
        for (concept, outcome) in outcomes {
            for told in &outcome.cells {
                cells.extend(self.cell(id, concept, told, cells.len())?);
            }
        }
        let payload = document::Payload {
            schema: "samvirke-release/1",
            iss: self.scope.node(),
            consortium: self.consortium,
            release: self.name,
            dataset: self.measure.word(),
            seq: self.number,
            prev,
            audience: self.audience,
            as_of: self.as_of,
            issued: when::now().timestamp(),
            rules: self.rules,
            cells: cells.iter().map(document::Line::of).collect(),
        };
        let jws = document::sign(self.scope.keys(), &payload)?;
        let row = self
            .tx
            .insert(ActiveModel {
                consortium_id: Set(self.consortium),
                id: Set(id),
                measure: Set(self.measure),
                number: Set(self.number),
                name: Set(self.name.to_owned()),
                audience: Set(self.audience),
                as_of: Set(self.as_of.to_owned()),
                rules: Set(self.rules.clone()),
                cells: Set(i64::try_from(cells.len()).map_err(Error::internal)?),
                digest: Set(document::digest(&jws)),
                withdrawn_at: Set(None),
                reason: Set(None),
                ..Default::default()
            })
            .await?;
        self.door.tell(cells).await?;
        self.tx
            .insert(document::ActiveModel {
                consortium_id: Set(self.consortium),
                release_id: Set(id),
                audience: Set(self.audience),
                jws: Set(jws),
            })
            .await?;
        Ok(shape(row))
    }

    /// A figure as it is kept. Who takes part is told in the consortium; to the public nothing is told of what is withheld.
    fn cell(
        &self,
        release_id: ReleaseId,
        concept_id: ConceptId,
        told: &audit::Cell,
        place: usize,
    ) -> Result<Option<cell::Model>> {
        let status = match told.status {
            audit::Status::Full => cell::Status::Full,
            audit::Status::OpenOnly => cell::Status::OpenOnly,
            audit::Status::Nothing => cell::Status::Nothing,
        };
        let public = self.audience == ReleaseAudience::Public;
        if public && status == cell::Status::Nothing {
            return Ok(None);
        }
        let number = |value: u64| i64::try_from(value).map_err(Error::internal);
        let count = |value: usize| i64::try_from(value).map_err(Error::internal);
        let (region, kind) = ledger::parts(&told.group);
        let tells = !public || status == cell::Status::Full;
        Ok(Some(cell::Model {
            consortium_id: self.consortium,
            id: RowId::new(),
            release_id,
            audience: self.audience,
            place: count(place)?,
            concept_id,
            region,
            kind,
            open: number(told.open)?,
            sealed: told.sealed.map(number).transpose()?,
            value: told.value.map(number).transpose()?,
            status,
            open_contributors: count(told.open_contributors)?,
            sealed_contributors: if tells { Some(count(told.sealed_contributors)?) } else { None },
            as_of: told.as_of.clone(),
        }))
    }
}
