//! Role x action x resource: what a role may do at all. *Which rows* is said by each noun's `entity.rs`.
//!
//! One match without `_`: a new resource does not compile until every role has an answer. Printed to
//! `schema/policy.txt`.

use super::caller::Role;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Read,
    Create,
    Modify,
    Delete,
}

impl Action {
    pub const ALL: [Action; 4] = [Action::Read, Action::Create, Action::Modify, Action::Delete];
}

/// Declares the kinds of rows, each with its name in events and in the audit.
macro_rules! resources {
    ($($name:ident = $text:literal),* $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Resource { $($name),* }
        impl Resource {
            pub const ALL: &[Resource] = &[$(Resource::$name),*];
            pub fn name(self) -> &'static str {
                match self { $(Resource::$name => $text),* }
            }
        }
    };
}

resources! {
    Register = "register",
    Concept = "concept",
    Definition = "conceptDefinition",
    Tenant = "tenant",
    Area = "tenantArea",
    ServiceAccount = "serviceAccount",
    Invitation = "invitation",
    Principal = "principal",
    Erasure = "erasure",
    Export = "export",
    Consortium = "consortium",
    Membership = "membership",
    Seat = "seat",
    Group = "group",
    Organisation = "organisation",
    Contact = "contact",
    Profile = "profile",
    Competence = "competenceEntry",
    Sighting = "competenceSighting",
    Occasion = "occasion",
    Claim = "strengthClaim",
    Statement = "statement",
    Endorsement = "endorsement",
    Commitment = "commitment",
    Activity = "activity",
    Registration = "registration",
    Series = "meetingSeries",
    Meeting = "meeting",
    Attendance = "attendance",
    Exercise = "exercise",
    Note = "note",
    Project = "project",
    Participant = "participant",
    Product = "product",
    Credit = "productCredit",
    Funding = "fundingApplication",
    Agreement = "agreement",
    Signature = "agreementSignature",
    Round = "priorityRound",
    Proposal = "proposal",
    Ballot = "ballot",
    ReleaseRules = "releaseRules",
    Release = "release",
    Calendar = "calendar",
    Event = "event",
    Audit = "auditRecord",
}

/// May a caller in this role do this to any row of this kind?
pub fn may(role: Role, action: Action, resource: Resource) -> bool {
    use Action::*;
    use Resource as R;
    use Role::*;
    match resource {
        // Everybody who signed in reads the registers; the operator keeps them.
        R::Register => action == Read || (role == Operator && matches!(action, Create | Modify)),
        // Libraries propose; who decides is said by the rows.
        R::Concept => match action {
            Read => true,
            Create => role != Viewer,
            Modify => matches!(role, Editor | Admin | Operator),
            Delete => false,
        },
        R::Definition => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Contributor | Editor | Admin),
        },
        R::Tenant => match action {
            Read => true,
            Create => role == Operator,
            Modify => matches!(role, Admin | Operator),
            Delete => false,
        },
        // Where a tenant works is part of what its admin keeps.
        R::Area => match action {
            Read => true,
            Create | Delete => matches!(role, Admin | Operator),
            Modify => false,
        },
        // An operator makes a tenant's first account and reads none.
        R::ServiceAccount => match action {
            Create => matches!(role, Admin | Operator),
            Read | Modify => role == Admin,
            Delete => false,
        },
        // Who has a library invites into it; the operator invites whoever is to have a new one, and sees those it made.
        R::Invitation => match action {
            Create | Read | Modify => matches!(role, Admin | Operator),
            Delete => false,
        },
        // Made by signing in.
        R::Principal => match action {
            Read | Modify => role == Admin,
            Create | Delete => false,
        },
        R::Export => action == Read && role == Admin,
        // A library's own admin; and the operator, of whole libraries. Two of them for one of those.
        R::Erasure => match action {
            Create | Read | Modify => matches!(role, Admin | Operator),
            Delete => false,
        },
        R::Consortium => match action {
            Read => true,
            Create => role == Operator,
            Modify => matches!(role, Admin | Operator),
            Delete => false,
        },
        R::Membership => match action {
            Read => true,
            Create | Modify => matches!(role, Admin | Operator),
            Delete => false,
        },
        R::Seat => match action {
            Read => true,
            Create | Delete => role == Admin,
            Modify => false,
        },
        R::Group => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Editor | Admin),
        },
        R::Organisation => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            Delete => false,
        },
        // From here on rows are the tenants' own: an operator has no answer but no.
        // A name is entered by whoever answers for the library's pages.
        R::Contact => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Editor | Admin),
        },
        R::Profile => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Editor | Admin),
        },
        R::Competence => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Contributor | Editor | Admin),
        },
        // Seen by two libraries, and by nobody else.
        R::Sighting => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Contributor | Editor | Admin),
        },
        R::Occasion => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            Delete => false,
        },
        // Taken back, and not changed: by whoever claimed it, or the coordinator.
        R::Claim => match action {
            Read => role != Operator,
            Create | Delete => matches!(role, Contributor | Editor | Admin),
            Modify => false,
        },
        R::Statement => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            // The names of others go with it.
            Delete => matches!(role, Editor | Admin),
        },
        // A library's name beside what another says.
        R::Endorsement => match action {
            Read => role != Operator,
            Create | Delete => matches!(role, Editor | Admin),
            Modify => false,
        },
        // Removed are the seats of those that one is not made with any more; a commitment itself is dropped.
        R::Commitment => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Contributor | Editor | Admin),
        },
        // Cancelled, and not removed: others have registered.
        R::Activity => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            Delete => false,
        },
        // It binds the library, and may cost it something.
        R::Registration => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Editor | Admin),
        },
        // The coordinator's: who keeps a consortium's rounds keeps its meetings.
        R::Series | R::Meeting | R::Exercise => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Editor | Admin),
            Delete => false,
        },
        R::Attendance => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            Delete => false,
        },
        R::Note => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Contributor | Editor | Admin),
        },
        R::Project => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            Delete => false,
        },
        // Who makes a project makes its lead's row; binding one's library is the editor's.
        R::Participant => match action {
            Read => role != Operator,
            Create => matches!(role, Contributor | Editor | Admin),
            Modify | Delete => matches!(role, Editor | Admin),
        },
        R::Product => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            // The names of others go with it.
            Delete => matches!(role, Editor | Admin),
        },
        // A library's name with what it had a part in: given by the one, withdrawn by the other.
        R::Credit => match action {
            Read => role != Operator,
            Create | Modify | Delete => matches!(role, Editor | Admin),
        },
        R::Funding => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            Delete => matches!(role, Editor | Admin),
        },
        R::Agreement => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            Delete => matches!(role, Editor | Admin),
        },
        // It binds the library.
        R::Signature => match action {
            Read => role != Operator,
            Create => matches!(role, Editor | Admin),
            Modify | Delete => false,
        },
        R::Round => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Editor | Admin),
            Delete => false,
        },
        R::Proposal => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Contributor | Editor | Admin),
            Delete => false,
        },
        R::Ballot => match action {
            Read => matches!(role, Editor | Admin),
            Create | Modify => matches!(role, Editor | Admin),
            Delete => false,
        },
        // What a library says yes to binds it; what is released cannot be called back.
        R::ReleaseRules | R::Release => match action {
            Read => role != Operator,
            Create | Modify => matches!(role, Editor | Admin),
            Delete => false,
        },
        R::Calendar => action == Read && role != Operator,
        R::Event | R::Audit => match action {
            Read => matches!(role, Admin | Operator),
            // Written by the door itself, never asked for.
            Create | Modify | Delete => false,
        },
    }
}

/// The table as text, for `schema/policy.txt`.
pub fn table() -> String {
    let mut out = String::from("resource         action   viewer contributor editor admin operator\n");
    for resource in Resource::ALL {
        for action in Action::ALL {
            let marks: Vec<_> =
                Role::ALL.map(|role| if may(role, action, *resource) { "yes" } else { "-" }).into();
            let [viewer, contributor, editor, admin, operator] = marks.as_slice() else { continue };
            let action = format!("{action:?}").to_lowercase();
            out.push_str(&format!(
                "{:<16} {action:<8} {viewer:<6} {contributor:<11} {editor:<6} {admin:<5} {operator}\n",
                resource.name()
            ));
        }
    }
    out
}
