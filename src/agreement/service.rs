use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, IntoActiveModel, Order, QueryResult, TryIntoModel,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use super::{
    Agreement, AgreementChange, AgreementDecision, AgreementFilter, AgreementParty, AgreementReason,
    AgreementSignature, AgreementSigning, AgreementState, Clearable, Column, Entity, Model, NewAgreement,
    check, digest,
    entity::ActiveModel,
    seat, signature,
    wording::{self, Parties},
};
use crate::{
    auth::policy::{Action, Resource},
    error::{Code, Error, Result},
    id::{AgreementId, ConsortiumId, OrganisationId, RowId, TenantId},
    page::{Page, PageArgs},
    registry::{consortium, organisation, tenant},
    tenancy::{Question, TenantScope, TenantTx, Visibility, of},
    text::{Lang, Text},
    when,
};

fn today() -> NaiveDate {
    when::now().date_naive()
}

/// Agreements that the caller may see, its own and others', oldest first.
pub async fn list(scope: &TenantScope, filter: AgreementFilter, page: PageArgs) -> Result<Page<Agreement>> {
    let wish = scope.page(&page, format_args!("agreements {filter:?}"))?;
    let tx = scope.read().await?;
    let condition = condition(&tx, &filter)?;
    let after = wish.after.as_ref().map(|after| after.parse::<AgreementId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let question = tx.question().from_part::<Entity>(
        "a",
        condition,
        Column::Id,
        after.map(|id| id.0.into()),
        u64::from(wish.first) + 1,
    );
    let rows = tx.answer(written(question).order_by(of("a", Column::Id), Order::Asc)).await?;
    let page = Page::of(rows, &wish, |written: &Written| written.row.id.to_string());
    let mut around = Around::of(&tx, &page.items).await?;
    Ok(page.map(|written| written.shape(scope, &mut around)))
}

fn condition(tx: &TenantTx, filter: &AgreementFilter) -> Result<Condition> {
    use wording::Column as W;
    let mut condition = Condition::all();
    if let Some(party) = filter.party_id {
        // As JSON is written on either database; what somebody has written has no quotes there that are not marked.
        let named = ["", " "].map(|gap| {
            let text = Expr::col((wording::Entity, W::Parties)).cast_as("text");
            text.like(format!("%\"tenantId\":{gap}\"{party}\"%"))
        });
        let named = named.into_iter().fold(Condition::any(), Condition::add);
        let named = tx.among::<wording::Entity>(W::AgreementId, named)?;
        condition = condition.add(Column::Id.in_subquery(named));
    }
    // A place that the caller does not see is one where it finds nothing.
    if let Some(id) = filter.consortium_id {
        let seen = tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(id))?;
        condition = condition.add(Column::ConsortiumId.in_subquery(seen));
    }
    if let Some(state) = filter.state {
        let over = W::LastDay.lt(today().to_string());
        let over = Column::Id.in_subquery(tx.among::<wording::Entity>(W::AgreementId, over)?);
        let is = |state| Condition::all().add(Column::State.eq(state));
        condition = condition.add(match state {
            AgreementState::InForce => is(AgreementState::InForce).add(over.not()),
            AgreementState::Ended => is(AgreementState::InForce).add(over),
            other => is(other),
        });
    }
    Ok(condition)
}

pub async fn view(scope: &TenantScope, id: AgreementId) -> Result<Agreement> {
    load(scope, &scope.read().await?, id).await
}

async fn load(scope: &TenantScope, tx: &TenantTx, id: AgreementId) -> Result<Agreement> {
    let one = Column::Id.eq(id).into_condition();
    let question = tx.question().from_part::<Entity>("a", one, Column::Id, None, 1);
    let found = tx.answer::<Written>(written(question)).await?;
    let mut around = Around::of(tx, &found).await?;
    let found = found.into_iter().next().ok_or_else(|| tx.absent(Resource::Agreement, id.0))?;
    Ok(found.shape(scope, &mut around))
}

/// Takes the agreements of a question that they entered as `a`, with what they say, whose they are and, where the caller sees that, in
/// which consortium: who is only a party does not learn of it.
fn written(question: Question) -> Question {
    use {consortium::Column as C, tenant::Column as T, wording::Column as W};
    let text = of("x", W::AgreementId).eq(of("a", Column::Id));
    let text = text.and(of("x", W::TenantId).eq(of("a", Column::TenantId)));
    question
        .join::<wording::Entity>("x", text)
        .join::<tenant::Entity>("t", of("t", T::Id).eq(of("a", Column::TenantId)))
        .left_join_within_scope::<consortium::Entity>("c", of("c", C::Id).eq(of("a", Column::ConsortiumId)))
        .take_all::<Entity>("a", "a_")
        // One by one: that the agreement was shown is written down once.
        .take(of("x", W::TenantId), "x_tenant_id")
        .take(of("x", W::AgreementId), "x_agreement_id")
        .take(of("x", W::Title), "x_title")
        .take(of("x", W::Lang), "x_lang")
        .take(of("x", W::Purpose), "x_purpose")
        .take(of("x", W::GroundRules), "x_ground_rules")
        .take(of("x", W::FirstDay), "x_first_day")
        .take(of("x", W::LastDay), "x_last_day")
        .take(of("x", W::Parties), "x_parties")
        .take(of("x", W::Digest), "x_digest")
        .take(of("x", W::TextVersion), "x_text_version")
        .take(of("t", T::Names), "names")
        .take(of("c", C::Id), "consortium")
}

/// An agreement with what it says.
struct Written {
    row: Model,
    text: wording::Model,
    names: Text,
    consortium: Option<ConsortiumId>,
}

impl FromQueryResult for Written {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: Model::from_query_result(row, "a_")?,
            text: wording::Model::from_query_result(row, "x_")?,
            names: row.try_get("", "names")?,
            consortium: row.try_get("", "consortium")?,
        })
    }
}

/// What the caller sees around some agreements.
struct Around {
    names: HashMap<TenantId, Text>,
    organisations: HashSet<OrganisationId>,
    signatures: BTreeMap<AgreementId, Vec<Signed>>,
}

/// A library that is a party, and what it has signed: one row a signature.
struct Party {
    tenant: TenantId,
    names: Text,
    signed: Option<Signed>,
}

struct Signed {
    tenant_id: TenantId,
    agreement_id: AgreementId,
    text_version: i64,
    digest: String,
    at: DateTime<Utc>,
}

impl FromQueryResult for Party {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let tenant = row.try_get("", "tenant")?;
        let signed = match row.try_get::<Option<AgreementId>>("", "agreement")? {
            None => None,
            Some(agreement_id) => Some(Signed {
                tenant_id: tenant,
                agreement_id,
                text_version: row.try_get("", "text_version")?,
                digest: row.try_get("", "digest")?,
                at: row.try_get("", "at")?,
            }),
        };
        Ok(Self { tenant, names: row.try_get("", "names")?, signed })
    }
}

impl Around {
    async fn of(tx: &TenantTx, all: &[Written]) -> Result<Self> {
        let parties = || all.iter().flat_map(|written| &written.text.parties.0);
        let libraries: BTreeSet<TenantId> = parties().filter_map(|party| party.tenant_id).collect();
        let organisations: BTreeSet<OrganisationId> =
            parties().filter_map(|party| party.organisation_id).collect();
        let mut names = HashMap::new();
        let mut signatures: BTreeMap<AgreementId, Vec<Signed>> = BTreeMap::new();
        if !libraries.is_empty() {
            use {signature::Column as S, tenant::Column as T};
            let ids: Vec<AgreementId> = all.iter().map(|written| written.row.id).collect();
            let signed = of("s", S::TenantId).eq(of("t", T::Id)).and(of("s", S::AgreementId).is_in(ids));
            // What a library is called and what it has signed in one question.
            let question = tx
                .question()
                .from_those::<tenant::Entity>("t", T::Id.is_in(libraries).into_condition())
                .left_join::<signature::Entity>("s", signed)
                .take(of("t", T::Id), "tenant")
                .take(of("t", T::Names), "names")
                .take(of("s", S::AgreementId), "agreement")
                .take(of("s", S::TextVersion), "text_version")
                .take(of("s", S::Digest), "digest")
                .take(of("s", S::At), "at")
                .order_by(of("s", S::Id), Order::Asc);
            for party in tx.answer::<Party>(question).await? {
                names.insert(party.tenant, party.names);
                if let Some(signed) = party.signed {
                    signatures.entry(signed.agreement_id).or_default().push(signed);
                }
            }
        }
        let mut seen = HashSet::new();
        if !organisations.is_empty() && tx.caller().may(Action::Read, Resource::Organisation) {
            let rows = tx.find::<organisation::Entity>()?;
            let rows = rows.filter(organisation::Column::Id.is_in(organisations));
            seen.extend(rows.all().await?.into_iter().map(|row| row.id));
        }
        Ok(Self { names, organisations: seen, signatures })
    }
}

impl Written {
    fn shape(self, scope: &TenantScope, around: &mut Around) -> Agreement {
        let Self { row, text, names, consortium } = self;
        let named = |id: &TenantId| around.names.get(id).map(|names| scope.say(names));
        let first = text.first().unwrap_or_default();
        let last = text.last();
        let parties = text.parties.0.into_iter().map(|party| AgreementParty {
            tenant_name: party.tenant_id.as_ref().and_then(named),
            tenant_id: party.tenant_id,
            name: party.name,
            organisation_id: party.organisation_id.filter(|id| around.organisations.contains(id)),
            contributions: party.contributions,
            needs: party.needs,
        });
        let parties = parties.collect();
        let signed = around.signatures.get(&row.id).into_iter().flatten();
        let signatures = signed.filter(|signed| signed.text_version == text.text_version).map(|signed| {
            AgreementSignature {
                tenant_id: signed.tenant_id,
                name: named(&signed.tenant_id).unwrap_or_else(|| scope.say(&Text::default())),
                digest: signed.digest.clone(),
                at: signed.at,
            }
        });
        let signatures = signatures.collect();
        let decision = row.decided_by.zip(row.decided_at).map(|(tenant_id, at)| AgreementDecision {
            tenant_id,
            reason: row.reason,
            language: row.reason_lang.as_deref().and_then(Lang::parse),
            at,
        });
        Agreement {
            id: row.id,
            tenant_id: row.tenant_id,
            tenant_name: scope.say(&names),
            title: text.title,
            language: Lang::parse(&text.lang).unwrap_or(Lang::En),
            purpose: text.purpose,
            ground_rules: text.ground_rules,
            first_day: first,
            last_day: last,
            parties,
            state: row.state.on(today(), last),
            text_digest: text.digest,
            text_version: text.text_version,
            signatures,
            decision,
            consortium_id: consortium,
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

pub async fn create(scope: &TenantScope, input: NewAgreement) -> Result<Agreement> {
    let (row, text) = new(scope.tenant(), input.clone());
    check::text(&text)?;
    check::shared(&row)?;
    let scope_in = scope.clone();
    scope
        .write("createAgreement", input, move |tx, input| {
            Box::pin(async move {
                let (row, mut text) = new(tx.me(), input);
                check::known(tx, row.consortium_id, row.consortium_id, &mut text.parties.0).await?;
                text.digest = digest::of(&text)?;
                let id = row.id;
                tx.insert(row.into_active_model().reset_all()).await?;
                take_seats(tx, &text, text.parties.libraries().collect()).await?;
                tx.insert(text.into_active_model().reset_all()).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

fn new(me: TenantId, input: NewAgreement) -> (Model, wording::Model) {
    let id = AgreementId::new();
    let text = wording::Model {
        tenant_id: me,
        agreement_id: id,
        title: input.title,
        lang: input.language.tag().to_owned(),
        purpose: input.purpose,
        ground_rules: input.ground_rules,
        first_day: input.first_day.to_string(),
        last_day: input.last_day.map(|day| day.to_string()),
        parties: Parties::with(me, input.parties),
        digest: String::new(),
        text_version: 1,
    };
    // What the door stamps is of no account here.
    let row = Model {
        tenant_id: me,
        id,
        state: AgreementState::Draft,
        decided_by: None,
        decided_at: None,
        reason: None,
        reason_lang: None,
        consortium_id: input.consortium_id,
        visibility: input.visibility.unwrap_or_default(),
        stood: None,
        version: 1,
        created_at: when::now(),
        updated_at: when::now(),
    };
    (row, text)
}

/// Opens an agreement to these libraries, as soon as it is proposed.
async fn take_seats(tx: &TenantTx, text: &wording::Model, parties: BTreeSet<TenantId>) -> Result<()> {
    let seats = parties.into_iter().filter(|party| *party != text.tenant_id).map(|party| seat::ActiveModel {
        tenant_id: Set(text.tenant_id),
        agreement_id: Set(text.agreement_id),
        party_id: Set(party),
    });
    tx.insert_many(seats.collect()).await.map(drop)
}

async fn wording_of(tx: &TenantTx, id: AgreementId) -> Result<wording::Model> {
    let text = tx.find::<wording::Entity>()?.filter(wording::Column::AgreementId.eq(id));
    text.one().await?.ok_or_else(Error::not_found)
}

pub async fn change(
    scope: &TenantScope,
    id: AgreementId,
    expected: i64,
    input: AgreementChange,
) -> Result<Agreement> {
    let scope_in = scope.clone();
    scope
        .write("changeAgreement", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                check::own(tx, &row)?;
                let before = wording_of(tx, id).await?;
                let mut wished = before.clone();
                reword(&mut wished, &input);
                check::text(&wished)?;
                let mut standing = row.clone().into_active_model();
                edit(&mut standing, &input);
                let standing = standing.try_into_model().map_err(Error::internal)?;
                // Of what an archive brought without its consortium the rest can be changed.
                if (standing.visibility, standing.consortium_id) != (row.visibility, row.consortium_id) {
                    check::shared(&standing)?;
                }
                // What it names already it may go on to name.
                let anew = input.consortium_id.filter(|id| Some(*id) != row.consortium_id);
                let within = standing.consortium_id;
                let mut none = Vec::new();
                let parties = if input.parties.is_some() { &mut wished.parties.0 } else { &mut none };
                check::known(tx, anew, within, parties).await?;
                let said = digest::of(&wished)?;
                let said_anew = said != digest::of(&before)?;
                if said_anew {
                    wished.digest = said;
                }
                // Who a partner is, is told beside the text.
                let anew = said_anew || wished.parties != before.parties || shown_to_more(&row, &standing);
                let mut state = row.state;
                if anew && state != AgreementState::Draft {
                    binds_again(tx, &mut state, &mut wished)?;
                }
                tx.change::<Entity>(row, Some(expected), |row| {
                    edit(row, &input);
                    row.state = Set(state);
                })
                .await?;
                let libraries = |text: &wording::Model| text.parties.libraries().collect::<BTreeSet<_>>();
                let (were, are) = (libraries(&before), libraries(&wished));
                if were != are {
                    let gone = tx
                        .find::<seat::Entity>()?
                        .filter(seat::Column::AgreementId.eq(id))
                        .filter(seat::Column::PartyId.is_in(were.difference(&are).copied()));
                    for seat in gone.all().await? {
                        tx.remove::<seat::Entity>(seat, None).await?;
                    }
                    take_seats(tx, &wished, are.difference(&were).copied().collect()).await?;
                }
                tx.change::<wording::Entity>(before, None, |text| {
                    *text = wished.into_active_model().reset_all()
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// That a library is a party is shown to those whom it signed it for, and to nobody else without its word.
fn shown_to_more(before: &Model, after: &Model) -> bool {
    let elsewhere = before.consortium_id != after.consortium_id && after.consortium_id.is_some();
    let shared = [Visibility::Consortium, Visibility::Public].contains(&after.visibility);
    shared && (after.visibility > before.visibility || elsewhere)
}

/// Another text of what others have seen, or the same for others to see: whoever signed the one before has not signed this one.
fn binds_again(tx: &TenantTx, state: &mut AgreementState, text: &mut wording::Model) -> Result<()> {
    check::binds(tx)?;
    if *state == AgreementState::Terminated {
        check::step(*state, AgreementState::Proposed)?;
    }
    if *state == AgreementState::InForce {
        *state = AgreementState::Proposed;
    }
    text.text_version += 1;
    Ok(())
}

fn reword(text: &mut wording::Model, input: &AgreementChange) {
    for field in &input.clear {
        match field {
            Clearable::GroundRules => text.ground_rules = None,
            Clearable::LastDay => text.last_day = None,
            Clearable::Consortium => {}
        }
    }
    if let Some(title) = &input.title {
        text.title.clone_from(title);
    }
    if let Some(language) = input.language {
        text.lang = language.tag().to_owned();
    }
    if let Some(purpose) = &input.purpose {
        text.purpose.clone_from(purpose);
    }
    if input.ground_rules.is_some() {
        text.ground_rules.clone_from(&input.ground_rules);
    }
    if let Some(day) = input.first_day {
        text.first_day = day.to_string();
    }
    if let Some(day) = input.last_day {
        text.last_day = Some(day.to_string());
    }
    if let Some(parties) = &input.parties {
        text.parties = Parties::with(text.tenant_id, parties.clone());
    }
}

fn edit(row: &mut ActiveModel, input: &AgreementChange) {
    if input.clear.contains(&Clearable::Consortium) {
        row.consortium_id = Set(None);
    }
    if input.consortium_id.is_some() {
        row.consortium_id = Set(input.consortium_id);
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

/// Removes a draft.
pub async fn remove(scope: &TenantScope, id: AgreementId, expected: i64) -> Result<()> {
    scope
        .write("removeAgreement", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                check::own(tx, &row)?;
                if !tx.caller().may(Action::Delete, Resource::Agreement) {
                    return Err(Error::new(Code::Forbidden));
                }
                if row.state != AgreementState::Draft {
                    return Err(Error::new(Code::Conflict));
                }
                let seats = tx.find::<seat::Entity>()?.filter(seat::Column::AgreementId.eq(id));
                for seat in seats.all().await? {
                    tx.remove::<seat::Entity>(seat, None).await?;
                }
                tx.remove::<wording::Entity>(wording_of(tx, id).await?, None).await?;
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}

/// Puts an agreement before its parties.
pub async fn propose(scope: &TenantScope, id: AgreementId, expected: i64) -> Result<Agreement> {
    let scope_in = scope.clone();
    scope
        .write("proposeAgreement", (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                check::own(tx, &row)?;
                check::binds(tx)?;
                check::step(row.state, AgreementState::Proposed)?;
                let declined = row.state == AgreementState::Declined;
                tx.change::<Entity>(row, Some(expected), |row| decide(row, AgreementState::Proposed, None))
                    .await?;
                if declined {
                    // Whoever signed before somebody said no is asked again, and so is who said it.
                    let text = wording_of(tx, id).await?;
                    let next = text.text_version + 1;
                    tx.change::<wording::Entity>(text, None, |text| text.text_version = Set(next)).await?;
                }
                load(&scope_in, tx, id).await
            })
        })
        .await
}

fn decide(row: &mut ActiveModel, to: AgreementState, by: Option<(TenantId, AgreementReason)>) {
    row.state = Set(to);
    row.decided_at = Set(by.as_ref().map(|_| when::now()));
    row.decided_by = Set(by.as_ref().map(|(party, _)| *party));
    let said = by.and_then(|(_, said)| said.reason.zip(said.language));
    row.reason_lang = Set(said.as_ref().map(|(_, language)| language.tag().to_owned()));
    row.reason = Set(said.map(|(reason, _)| reason));
}

/// Signs a proposed agreement for the caller's library.
pub async fn sign(scope: &TenantScope, id: AgreementId, input: AgreementSigning) -> Result<Agreement> {
    scope
        .write("signAgreement", (id, input), move |tx, (id, input)| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                let text = wording_of(tx, id).await?;
                check::is_party(tx, &text)?;
                check::binds(tx)?;
                let signed = tx
                    .find::<signature::Entity>()?
                    .filter(signature::Column::AgreementId.eq(id))
                    .filter(signature::Column::TextVersion.eq(text.text_version));
                let mut signed: BTreeSet<TenantId> =
                    signed.all().await?.into_iter().map(|signed| signed.tenant_id).collect();
                if input.digest != text.digest {
                    return Err(Error::new(Code::Conflict).field("digest", "stale_digest"));
                }
                if input.text_version != text.text_version {
                    return Err(Error::new(Code::Conflict).field("textVersion", "stale_digest"));
                }
                if !signed.contains(&tx.me()) {
                    check::step(row.state.on(today(), text.last()), AgreementState::InForce)?;
                    tx.insert(signature::ActiveModel {
                        id: Set(RowId::new()),
                        agreement_id: Set(id),
                        owner_id: Set(row.tenant_id),
                        text_version: Set(text.text_version),
                        digest: Set(input.digest),
                        principal: Set(tx.caller().principal().to_owned()),
                        at: Set(when::now()),
                        ..Default::default()
                    })
                    .await?;
                    signed.insert(tx.me());
                    let all = text.parties.libraries().all(|party| signed.contains(&party));
                    // Whoever changes it next must have seen who has signed.
                    tx.change::<Entity>(row, None, |row| {
                        if all {
                            decide(row, AgreementState::InForce, None);
                        }
                    })
                    .await?;
                }
                Ok(())
            })
        })
        .await?;
    // Read as everybody reads it: it may be another's.
    view(scope, id).await
}

/// Declines a proposed agreement for the caller's library.
pub async fn decline(
    scope: &TenantScope,
    id: AgreementId,
    expected: i64,
    input: AgreementReason,
) -> Result<Agreement> {
    check::reason(&input, false)?;
    end(scope, "declineAgreement", (id, expected, input), AgreementState::Declined).await
}

/// Says for the caller's library that an agreement in force is no more.
pub async fn terminate(
    scope: &TenantScope,
    id: AgreementId,
    expected: i64,
    input: AgreementReason,
) -> Result<Agreement> {
    check::reason(&input, true)?;
    end(scope, "terminateAgreement", (id, expected, input), AgreementState::Terminated).await
}

async fn end(
    scope: &TenantScope,
    operation: &'static str,
    asked: (AgreementId, i64, AgreementReason),
    to: AgreementState,
) -> Result<Agreement> {
    let id = asked.0;
    scope
        .write(operation, asked, move |tx, (id, expected, said)| {
            Box::pin(async move {
                check::turn(tx, id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                let text = wording_of(tx, id).await?;
                check::is_party(tx, &text)?;
                check::binds(tx)?;
                check::step(row.state.on(today(), text.last()), to)?;
                let by = Some((tx.me(), said));
                tx.change::<Entity>(row, Some(expected), |row| decide(row, to, by)).await?;
                Ok(())
            })
        })
        .await?;
    // Read as everybody reads it: it may be another's.
    view(scope, id).await
}
