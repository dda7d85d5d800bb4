//! The parts of a load. Each is there afterwards, whether it was before or not, and none is there twice.

use crate::{
    app::App,
    auth::{Caller, Role},
    competence::{self, CompetenceFilter, NewCompetence, NewStatement, paste},
    error::{Code, Error, Result},
    id::{ConceptId, ConsortiumId, TenantId},
    page::{Page, PageArgs},
    project::{
        self, NewProject, Project, ProjectFilter, ProjectInvitation, ProjectMove, ProjectState,
        participant::{ParticipantRole, ParticipantStatus},
    },
    registry::{consortium, membership, tenant},
    tenancy::{SeatRole, TenantScope},
    text::Languages,
};

/// Hears of a part that is there now; an error stops the load.
pub type Step<'a> = dyn FnMut(&str) -> Result<()> + Send + 'a;

pub struct Loader<'a, 's> {
    pub app: &'a App,
    pub step: &'a mut Step<'s>,
}

/// The first page as large as it may be.
pub fn many() -> PageArgs {
    PageArgs { first: Some(crate::page::MAX_FIRST), after: None }
}

fn next<T>(page: &Page<T>) -> Option<PageArgs> {
    page.next_cursor.clone().map(|cursor| PageArgs { after: Some(cursor), ..many() })
}

impl Loader<'_, '_> {
    fn operator(&self) -> TenantScope {
        self.app.scope(Caller::new(TenantId::NODE, "demo", Role::Operator))
    }

    /// Somebody of a library.
    pub fn of(&self, tenant: TenantId) -> TenantScope {
        self.app.scope(Caller::new(tenant, "demo", Role::Admin))
    }

    /// The same with the key of one part: what was done once is not done again, also where it has been undone since.
    pub fn once(&self, tenant: TenantId, part: &str) -> TenantScope {
        let caller = Caller::new(tenant, "demo", Role::Admin);
        let request = caller.request_id().to_owned();
        self.app.scope(caller.asking(Languages::accept(None), request, Some(format!("demo {part}")), None))
    }

    pub fn done(&mut self, part: &str) -> Result<()> {
        (self.step)(part)
    }

    pub async fn tenant(&mut self, input: tenant::NewTenant) -> Result<(String, TenantId)> {
        let operator = self.operator();
        let slug = input.slug.clone();
        let id = match tenant::service::by_slug(&operator, &slug).await {
            Ok(there) => there.id,
            Err(error) if error.code == Code::NotFound => tenant::service::create(&operator, input).await?.id,
            Err(error) => return Err(error),
        };
        self.done(&format!("tenant {slug}"))?;
        Ok((slug, id))
    }

    pub async fn consortium(&mut self, input: consortium::NewConsortium) -> Result<ConsortiumId> {
        let operator = self.operator();
        let slug = input.slug.clone();
        let mut page = Some(many());
        while let Some(args) = page {
            let told = consortium::service::list(&operator, args).await?;
            if let Some(there) = told.items.iter().find(|c| c.slug == slug) {
                return Ok(there.id);
            }
            page = next(&told);
        }
        let made = consortium::service::create(&operator, input).await?;
        self.done(&format!("consortium {slug}"))?;
        Ok(made.id)
    }

    /// Invites a library and accepts for it, sharing in full. What it has answered itself since then stands.
    pub async fn member(&mut self, id: ConsortiumId, coordinator: TenantId, tenant: TenantId) -> Result<()> {
        let scope = self.of(tenant);
        let mine = membership::service::mine(&scope, Default::default(), many()).await?;
        let row = match mine.items.into_iter().find(|m| m.consortium_id == id) {
            Some(row) => row,
            None => {
                let invitation = membership::Invitation { tenant_id: tenant, role: SeatRole::Member };
                let row = membership::service::invite(&self.of(coordinator), id, invitation).await?;
                self.done("invitation")?;
                row
            }
        };
        if row.status == membership::MembershipStatus::Invited {
            membership::service::accept(&scope, row.id, row.version, Default::default()).await?;
            self.done("membership")?;
        }
        Ok(())
    }

    /// A library pastes its list.
    pub async fn list(&mut self, tenant: TenantId, part: &str, list: paste::Paste) -> Result<()> {
        match paste::service::paste(&self.once(tenant, part), list).await {
            Ok(_) => self.done(part),
            // The list was another one when it was pasted: an older version of the data, which stands.
            Err(error) if error.code == Code::KeyReused => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A library enters a competence.
    pub async fn entry(&mut self, tenant: TenantId, part: &str, entry: NewCompetence) -> Result<()> {
        let filter = CompetenceFilter {
            tenant_id: Some(tenant),
            stance: Some(entry.stance),
            concept_id: entry.concept_id,
            ..Default::default()
        };
        let there = competence::service::list(&self.of(tenant), filter, many()).await?;
        if !there.items.is_empty() {
            return Ok(());
        }
        match competence::service::create(&self.once(tenant, part), entry).await {
            Ok(_) => self.done(part),
            Err(error) if error.code == Code::KeyReused => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A library says what it is, unless it has said something.
    pub async fn statement(&mut self, tenant: TenantId, statement: NewStatement) -> Result<()> {
        match competence::profile::state(&self.of(tenant), 0, statement).await {
            Ok(_) => self.done("statement"),
            Err(error) if error.code == Code::StaleVersion => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A library begins a project, the others take part, and it goes its way as far as it went.
    pub async fn project(&mut self, lead: TenantId, partners: &[TenantId], plan: Plan) -> Result<()> {
        let scope = self.of(lead);
        let project = self.begin(lead, &plan).await?;
        for partner in partners {
            let there = project.participants.iter().find(|p| p.tenant_id == *partner).cloned();
            let seat = match there {
                Some(seat) => seat,
                None => {
                    let invitation =
                        ProjectInvitation { tenant_id: *partner, role: ParticipantRole::Partner };
                    let seat = project::service::invite(&scope, project.id, invitation).await?;
                    self.done("participant invited")?;
                    seat
                }
            };
            if seat.status == ParticipantStatus::Invited {
                project::service::accept(&self.of(*partner), project.id, seat.version).await?;
                self.done("participant")?;
            }
        }
        let mut version = project.version;
        let passed = plan.way.iter().position(|(state, _)| *state == project.state).map(|n| n + 1);
        let from = match (project.state, passed) {
            (ProjectState::Idea, _) => 0,
            (_, Some(passed)) => passed,
            // Somewhere that the data does not lead to: it stays there.
            (_, None) => return Ok(()),
        };
        for (to, reason) in plan.way.into_iter().skip(from) {
            let step = ProjectMove { to, reason };
            version = project::service::advance(&scope, project.id, version, step).await?.version;
            self.done("step of a project")?;
        }
        Ok(())
    }

    async fn begin(&mut self, lead: TenantId, plan: &Plan) -> Result<Project> {
        let scope = self.of(lead);
        let mut page = Some(many());
        while let Some(args) = page {
            let filter = ProjectFilter { lead_id: Some(lead), ..Default::default() };
            let told = project::service::list(&scope, filter, args).await?;
            let same =
                |p: &&Project| plan.start.title.iter().any(|title| p.title.translations.contains(title));
            if let Some(there) = told.items.iter().find(same) {
                return Ok(there.clone());
            }
            page = next(&told);
        }
        let made = project::service::create(&self.once(lead, plan.part), plan.start.clone()).await?;
        self.done(plan.part)?;
        // A repetition answers as the first time did: how things stand now is asked for.
        project::service::view(&scope, made.id).await
    }
}

/// A project, and the steps that it has taken.
pub struct Plan {
    /// Its name among the parts.
    pub part: &'static str,
    pub start: NewProject,
    /// States, each with its reason.
    pub way: Vec<(ProjectState, Option<String>)>,
}

/// A library of this kind.
pub fn library(
    slug: &str,
    kind: tenant::TenantKind,
    country: &str,
    name: Vec<crate::text::Translation>,
    regions: &[&str],
) -> tenant::NewTenant {
    tenant::NewTenant {
        slug: slug.to_owned(),
        kind,
        name,
        country: country.to_owned(),
        isil: None,
        parent_id: None,
        municipality_count: None,
        region_ids: regions.iter().map(|&id| id.to_owned()).collect(),
        municipality_ids: Vec::new(),
    }
}

/// The member that coordinates a group.
pub fn first(members: &[(String, TenantId)]) -> Result<TenantId> {
    members.first().map(|(_, id)| *id).ok_or_else(|| Error::internal("a group without members"))
}

/// An entry on a concept, in the library's own words, shown to its consortia.
pub fn on(concept: ConceptId, stance: competence::Stance, said: &super::data::Said) -> NewCompetence {
    NewCompetence {
        stance,
        concept_id: Some(concept),
        source_phrase: Some(said.text.clone()),
        language: Some(said.lang),
        level: None,
        holders: None,
        note: None,
        evidence: Vec::new(),
        target_level: None,
        target_date: None,
        spreading: None,
        occasion_id: None,
        group_id: None,
        visibility: Some(crate::tenancy::Visibility::Consortium),
    }
}
