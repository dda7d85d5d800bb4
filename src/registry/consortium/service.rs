use sea_orm::ActiveValue::Set;

use super::{
    Consortium, ConsortiumChange, ConsortiumStatus, K_LEAST, Mandate, MandateInput, NewConsortium,
    entity::{ActiveModel, Entity, Model},
};
use crate::{
    error::{Code, Error, Result, Violations},
    id::ConsortiumId,
    page::{Page, PageArgs},
    registry::{membership, tenant},
    tenancy::{SeatRole, TenantScope, TenantTx},
    text::{self, Texts},
};

const K_MOST: i64 = 100;

/// The caller's consortia and those that have invited it, oldest first; all of the node for its operator.
pub async fn list(scope: &TenantScope, page: PageArgs) -> Result<Page<Consortium>> {
    let wish = scope.page(&page, "consortia")?;
    let tx = scope.read().await?;
    let rows = tx.find::<Entity>()?.page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| shape(scope, row)))
}

pub async fn view(scope: &TenantScope, id: ConsortiumId) -> Result<Consortium> {
    let tx = scope.read().await?;
    Ok(shape(scope, tx.get::<Entity>(id.0).await?))
}

/// Makes a consortium and invites its coordinator, in one write: without one nobody could invite the others.
pub async fn create(scope: &TenantScope, input: NewConsortium) -> Result<Consortium> {
    let mut violations = Violations::default();
    if !tenant::service::is_slug(&input.slug) {
        violations.add("slug", "slug");
    }
    violations.no_person("slug", &input.slug);
    violations.between("k", input.k, K_LEAST, K_MOST);
    check_mandate(&mut violations, input.mandate.as_ref());
    violations.done()?;
    let names = text::given("name", &input.name, 200)?;
    let reasons = text::given_list("reasons", &input.reasons, 1000)?;
    let questions = text::given_list("openQuestions", &input.open_questions, 1000)?;
    let scope_in = scope.clone();
    scope
        .write("createConsortium", input, move |tx, input| {
            Box::pin(async move {
                tenant::service::must_know(tx, "coordinatorId", input.coordinator_id).await?;
                let row = tx
                    .insert(ActiveModel {
                        id: Set(ConsortiumId::new()),
                        slug: Set(input.slug),
                        names: Set(names),
                        mandate: Set(input.mandate.map(mandate)),
                        reasons: Set(reasons),
                        open_questions: Set(questions),
                        k: Set(input.k.unwrap_or(K_LEAST)),
                        status: Set(ConsortiumStatus::Active),
                        ..Default::default()
                    })
                    .await?;
                membership::service::add(tx, row.id, input.coordinator_id, SeatRole::Coordinator).await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

pub async fn change(
    scope: &TenantScope,
    id: ConsortiumId,
    expected: i64,
    input: ConsortiumChange,
) -> Result<Consortium> {
    let mut violations = Violations::default();
    violations.between("k", input.k, K_LEAST, K_MOST);
    check_mandate(&mut violations, input.mandate.as_ref());
    violations.done()?;
    let names = input.name.as_deref().map(|name| text::given("name", name, 200)).transpose()?;
    let reasons = input.reasons.as_deref().map(|list| text::given_list("reasons", list, 1000)).transpose()?;
    let questions = input
        .open_questions
        .as_deref()
        .map(|list| text::given_list("openQuestions", list, 1000))
        .transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changeConsortium", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        if let Some(names) = names {
                            row.names = Set(names);
                        }
                        if let Some(given) = input.mandate {
                            row.mandate = Set(Some(mandate(given)));
                        }
                        if let Some(reasons) = reasons {
                            row.reasons = Set(reasons);
                        }
                        if let Some(questions) = questions {
                            row.open_questions = Set(questions);
                        }
                        if let Some(k) = input.k {
                            row.k = Set(k);
                        }
                        if let Some(status) = input.status {
                            row.status = Set(status);
                        }
                    })
                    .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

/// The consortium, for its coordinator and the operator; 404 where the caller may not see it, 403 where it may.
pub async fn led(tx: &TenantTx, id: ConsortiumId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    if !tx.caller().is_operator() {
        match tx.seat(id).await {
            Ok(SeatRole::Coordinator) => {}
            // It is seen, by an observer, a member or one who is only invited.
            Ok(_) => return Err(Error::new(Code::Forbidden)),
            Err(error) if error.code == Code::NotFound => return Err(Error::new(Code::Forbidden)),
            Err(error) => return Err(error),
        }
    }
    Ok(row)
}

/// A closed consortium takes no new members.
pub fn must_be_open(row: &Model) -> Result<()> {
    match row.status {
        ConsortiumStatus::Active => Ok(()),
        ConsortiumStatus::Closed => Err(Error::new(Code::Conflict)),
    }
}

pub(crate) fn check_mandate(violations: &mut Violations, mandate: Option<&MandateInput>) {
    let Some(mandate) = mandate else { return };
    violations.text("mandate/givenBy", &mandate.given_by, 300);
    violations.edtf("mandate/givenOn", mandate.given_on.as_deref());
    violations.text_if("mandate/legalBasis", mandate.legal_basis.as_deref(), 1000);
    check_lines(violations, "mandate/areas", &mandate.areas);
}

/// At most fifty short texts, each there.
pub(crate) fn check_lines(violations: &mut Violations, path: &str, lines: &[String]) {
    if lines.len() > text::MOST_TEXTS {
        violations.add_with(path, "too_many", &[("max", &text::MOST_TEXTS.to_string())]);
        return;
    }
    for (n, line) in lines.iter().enumerate() {
        violations.text(&format!("{path}/{n}"), line, 300);
    }
}

pub(crate) fn mandate(input: MandateInput) -> Mandate {
    Mandate {
        given_by: input.given_by,
        given_on: input.given_on,
        areas: input.areas,
        legal_basis: input.legal_basis,
    }
}

fn shape(scope: &TenantScope, row: Model) -> Consortium {
    let say = |texts: &Texts| texts.0.iter().map(|text| scope.say(text)).collect();
    Consortium {
        id: row.id,
        slug: row.slug,
        name: scope.say(&row.names),
        mandate: row.mandate,
        reasons: say(&row.reasons),
        open_questions: say(&row.open_questions),
        k: row.k,
        status: row.status,
        version: row.version,
    }
}
