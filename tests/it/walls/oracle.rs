//! What should be answered, written from the text of the domain («who sees what») and importing nothing from the product.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lib {
    A,
    /// In A's consortium.
    B,
    /// In another consortium.
    D,
    /// Was a member of A's consortium.
    Former,
    Coordinator,
    Observer,
    /// Invited into A's consortium, and has not answered.
    Newcomer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Viewer,
    Contributor,
    Editor,
    Admin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Anonymous,
    Expired,
    OtherAudience,
    Operator,
    /// A page that a vendor made for A's administrator: a token that shows what A's consortium is good at, and no more.
    Frontend,
    Of(Lib, Rank),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consortium {
    /// Coordinator, A, B and Observer; Former has left, Newcomer is invited.
    One,
    /// D alone.
    Two,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    Private,
    Sealed,
    Consortium,
    Public,
}

/// Kinds of records by the rule that they go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Registers and concepts: of everybody who signed in.
    Register,
    /// A concept of a consortium's own: its members use it, and its coordinator decides on it.
    Word,
    /// What a library means by a concept: seen as a competence is.
    Definition,
    Tenant,
    Consortium,
    Membership,
    Group,
    Organisation,
    /// What competences are for: as an organisation.
    Occasion,
    /// What a consortium claims as common to several: its members', and whoever claimed it takes it back.
    Claim,
    /// What one library saw another be good at: between the two.
    Sighting,
    Competence,
    /// Shared as a competence is; others put their names beside it.
    Statement,
    /// Shared as a competence is, and open to those that it is made with.
    Commitment,
    /// Shared as a commitment is; others register.
    Activity,
    Series,
    /// A consortium's, and an open event everybody's; kept by its coordinator.
    Meeting,
    Exercise,
    /// Shown in the consortium that it was written in, and nowhere else.
    Note,
    /// A function or a person who has agreed to be named: as a competence is seen, kept by editors.
    Contact,
    /// A tenant's profile: addressed by the tenant, who is no secret.
    Profile,
    Project,
    /// What came of work: shared as a project is, and open to those that are named with it.
    Product,
    /// For money: shared as a project is, and open to nobody else.
    Funding,
    /// Seen by its parties once it is proposed, and as a project once it is in force. The world's are drafts where they are private
    /// and nobody is named, proposed where somebody is, and in force otherwise.
    Agreement,
    Round,
    Proposal,
    Ballot,
    /// Rules of releases: a consortium's members propose them and say yes.
    ReleaseRules,
    /// A release of sealed figures: a consortium's, and one to the public everybody's; made by its coordinator.
    Release,
    /// How a tenant's integrations sign in: its admin's, and the operator makes one and reads none.
    Account,
    /// A way into a tenant: its admin's, and the operator makes one and sees its own.
    Invitation,
    /// A tenant's removal: its admin's, and the operator's too.
    Erasure,
    /// All that a tenant owns: its admin's alone.
    Archive,
    /// Who has signed in for a tenant: its admin's.
    Principal,
    /// A tenant's own events and audit.
    Log,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A list of what the caller may see.
    List,
    See,
    Make,
    Change,
    Remove,
    /// The one who was invited answers, or leaves.
    Answer,
    /// Something that the lead or coordinator does to what it owns.
    Lead,
    /// What only the owner asks of its own record.
    Ask,
    /// Casting one's ballot, or looking at it.
    Vote,
    /// Something with what the caller itself has there, where it has any.
    Take,
}

#[derive(Clone, Copy, Debug)]
pub struct Record {
    pub kind: Kind,
    pub owner: Lib,
    pub consortium: Consortium,
    pub visibility: Visibility,
    /// Somebody else whom this one record is open to.
    pub named: Option<Lib>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Some 2xx.
    Yes,
    Unauthenticated,
    Forbidden,
    /// It is the caller's own, and not in a state for this.
    OutOfPlace,
    /// As if it were not there.
    Hidden,
}

/// A part in a consortium: it may lead, it may take part, it may look.
pub fn seat(lib: Lib, consortium: Consortium) -> Option<u8> {
    match (consortium, lib) {
        (Consortium::One, Lib::Coordinator) | (Consortium::Two, Lib::D) => Some(2),
        (Consortium::One, Lib::A | Lib::B) => Some(1),
        (Consortium::One, Lib::Observer) => Some(0),
        _ => None,
    }
}

/// How much of one kind of rows a library lets into its consortia: B keeps everything back, one way or the other.
pub fn cap(lib: Lib, of: &str) -> &'static str {
    match (lib, of) {
        (Lib::B, "competences" | "statements") => "sealed",
        (Lib::B, _) => "none",
        _ => "full",
    }
}

/// Whether others in a consortium see what it shares there.
pub fn shares(lib: Lib, consortium: Consortium) -> bool {
    seat(lib, consortium).is_some() && cap(lib, "competences") == "full"
}

pub fn sees(lib: Lib, record: &Record) -> bool {
    let seated = seat(lib, record.consortium).is_some();
    match record.kind {
        Kind::Register | Kind::Tenant | Kind::Profile => true,
        // Whoever is asked in may look at what it is asked into.
        Kind::Consortium => seated || (record.consortium == Consortium::One && lib == Lib::Newcomer),
        Kind::Membership => seated || lib == record.owner,
        Kind::Word | Kind::Group | Kind::Organisation | Kind::Occasion => seated,
        Kind::Claim | Kind::Round | Kind::Proposal => seated,
        Kind::Sighting => lib == record.owner || record.named == Some(lib),
        Kind::ReleaseRules => seated,
        Kind::Meeting | Kind::Release => seated || record.visibility == Visibility::Public,
        Kind::Series | Kind::Exercise => seated,
        Kind::Ballot
        | Kind::Account
        | Kind::Invitation
        | Kind::Erasure
        | Kind::Archive
        | Kind::Principal
        | Kind::Log => lib == record.owner,
        Kind::Competence
        | Kind::Statement
        | Kind::Commitment
        | Kind::Activity
        | Kind::Definition
        | Kind::Note
        | Kind::Project
        | Kind::Product
        | Kind::Funding
        | Kind::Agreement
        | Kind::Contact => {
            let shared = seated && shares(record.owner, record.consortium);
            lib == record.owner
                || record.named == Some(lib)
                || record.visibility == Visibility::Public
                || (record.visibility == Visibility::Consortium && shared)
        }
    }
}

/// A draft is proposed or removed, what is proposed is signed or declined, what is in force terminated. What is signed already may be
/// signed again.
fn in_place(action: Action, record: &Record) -> bool {
    let draft = record.visibility == Visibility::Private && record.named.is_none();
    match action {
        Action::Lead | Action::Remove => draft,
        Action::Answer => !draft,
        Action::Vote => record.named.is_some(),
        Action::Take => !draft && record.named.is_none(),
        _ => true,
    }
}

pub fn may(actor: Actor, action: Action, record: &Record) -> Expect {
    use {Action::*, Expect::*, Kind::*};
    let (lib, rank) = match actor {
        Actor::Anonymous | Actor::Expired | Actor::OtherAudience => return Unauthenticated,
        Actor::Operator => {
            let directory = matches!(record.kind, Register | Tenant | Kind::Consortium | Membership);
            return match (action, record.kind) {
                (Answer, _) => Forbidden,
                // Its journal is the node's own.
                (Lead, Register) | (Make, Account | Invitation) | (List, Log | Invitation) | (_, Erasure) => {
                    Yes
                }
                _ if directory => Yes,
                _ => Hidden,
            };
        }
        Actor::Frontend => {
            let shown = match record.kind {
                Register | Tenant | Kind::Consortium | Membership | Group | Organisation => true,
                Word | Definition | Occasion | Sighting | Claim => true,
                Competence | Profile | Contact | Statement | Project | Product | Funding | Agreement => true,
                Commitment | Activity | Round | Proposal | Ballot => false,
                Series | Meeting | Exercise | Note | ReleaseRules | Release => false,
                Account | Invitation | Erasure | Archive | Principal | Log => false,
            };
            // Whoever sees the consortium is told that this is not for it.
            if action == Make
                && matches!(record.kind, Word | Round | Series | Meeting | ReleaseRules | Release)
            {
                return if seat(Lib::A, record.consortium).is_some() { Forbidden } else { Hidden };
            }
            if !shown {
                return Hidden;
            }
            if action == Answer && record.owner == Lib::A {
                return OutOfPlace;
            }
            if !matches!(action, List | See | Ask) {
                return if action == Make || sees(Lib::A, record) { Forbidden } else { Hidden };
            }
            (Lib::A, Rank::Admin)
        }
        Actor::Of(lib, rank) => (lib, rank),
    };
    if action == List || (record.kind == Register && action == See) {
        // A journal is for the admin.
        return if matches!(record.kind, Account | Invitation | Erasure | Archive | Principal | Log)
            && rank < Rank::Admin
        {
            Forbidden
        } else {
            Yes
        };
    }
    let makes = action == Make
        && matches!(
            record.kind,
            Competence
                | Sighting
                | Definition
                | Statement
                | Commitment
                | Activity
                | Project
                | Product
                | Agreement
                | Profile
                | Contact
        );
    if !sees(lib, record) && !makes {
        return Hidden;
    }
    let own = lib == record.owner;
    // Nobody has registered, and nothing was held yet.
    if record.kind == Activity && action == Take {
        return Hidden;
    }
    if record.kind == Activity && action == Vote {
        return OutOfPlace;
    }
    if own && matches!(record.kind, Project | Statement | Activity) && action == Answer {
        return OutOfPlace;
    }
    let party = own || record.named == Some(lib);
    if record.kind == Agreement && party && !in_place(action, record) {
        return OutOfPlace;
    }
    let part = seat(lib, record.consortium);
    let allowed = match (record.kind, action) {
        (Ballot, See) => rank >= Rank::Editor,
        (Account | Invitation | Erasure | Archive | Principal | Log, See) => rank == Rank::Admin,
        (_, List | See) => true,
        (Competence, Ask) => own,
        (Register, Make) => rank >= Rank::Contributor,
        (Register, _) => false,
        (Word, Make) => part >= Some(1) && rank >= Rank::Contributor,
        (Word, _) => part == Some(2) && rank >= Rank::Editor,
        (Definition, Make) => rank >= Rank::Contributor,
        (Definition, _) => own && rank >= Rank::Contributor,
        (Tenant, Change) => own && rank == Rank::Admin,
        (Tenant, _) => false,
        (Kind::Consortium, Change) => part == Some(2) && rank == Rank::Admin,
        (Kind::Consortium, _) => false,
        (Membership, Make) => part == Some(2) && rank == Rank::Admin,
        (Membership, _) => own && rank == Rank::Admin,
        (Round, Vote) => part >= Some(1) && rank >= Rank::Editor,
        (Meeting, Vote) => part >= Some(1) && rank >= Rank::Contributor,
        (ReleaseRules, _) => part >= Some(1) && rank >= Rank::Editor,
        (Release, _) => part == Some(2) && rank >= Rank::Editor,
        (Note, Make) => part >= Some(1) && rank >= Rank::Contributor,
        (Note, _) => own && rank >= Rank::Contributor,
        (Series | Meeting | Exercise, _) => part == Some(2) && rank >= Rank::Editor,
        (Group, _) | (Round, _) => part == Some(2) && rank >= Rank::Editor,
        // Of a library that one works with, and never of oneself.
        (Sighting, Make) => {
            !own && part >= Some(1)
                && seat(record.owner, record.consortium).is_some()
                && rank >= Rank::Contributor
        }
        (Sighting, Answer) => record.named == Some(lib) && rank >= Rank::Contributor,
        (Sighting, _) => own && rank >= Rank::Contributor,
        (Organisation | Occasion, _) => part >= Some(1) && rank >= Rank::Contributor,
        (Competence, Make) => rank >= Rank::Contributor,
        (Competence, _) => own && rank >= Rank::Contributor,
        (Claim, Make) => part >= Some(1) && rank >= Rank::Contributor,
        (Claim, _) => (part == Some(2) || (own && part == Some(1))) && rank >= Rank::Contributor,
        (Statement, Make) => rank >= Rank::Contributor,
        (Statement, Answer | Vote) => rank >= Rank::Editor,
        (Statement, Remove) => own && rank >= Rank::Editor,
        (Statement, _) => own && rank >= Rank::Contributor,
        (Commitment, Make) => rank >= Rank::Contributor,
        (Commitment, _) => own && rank >= Rank::Contributor,
        (Activity, Make) => rank >= Rank::Contributor,
        (Activity, Answer) => rank >= Rank::Editor,
        (Activity, _) => own && rank >= Rank::Contributor,
        (Contact, Make) => rank >= Rank::Editor,
        (Contact, _) => own && rank >= Rank::Editor,
        (Profile, _) => rank >= Rank::Editor,
        (Project, Make) => rank >= Rank::Contributor,
        (Project, Answer) => record.named == Some(lib) && rank >= Rank::Editor,
        (Project, Lead) => own && rank >= Rank::Editor,
        (Project, _) => own && rank >= Rank::Contributor,
        (Product, Make) => rank >= Rank::Contributor,
        (Product, Vote) => rank >= Rank::Editor,
        (Product, Lead | Remove) => own && rank >= Rank::Editor,
        (Product, _) => own && rank >= Rank::Contributor,
        // For a project of one's own.
        (Funding, Make) => own && rank >= Rank::Contributor,
        (Funding, Remove) => own && rank >= Rank::Editor,
        (Funding, _) => own && rank >= Rank::Contributor,
        (Agreement, Make) => rank >= Rank::Contributor,
        (Agreement, Change) => own && rank >= Rank::Contributor,
        (Agreement, Lead | Remove) => own && rank >= Rank::Editor,
        (Agreement, _) => (own || record.named == Some(lib)) && rank >= Rank::Editor,
        (Proposal, Lead) => part == Some(2) && rank >= Rank::Editor,
        (Proposal, Make) => part >= Some(1) && rank >= Rank::Contributor,
        (Proposal, _) => (part == Some(2) || (own && part == Some(1))) && rank >= Rank::Contributor,
        (Ballot, _) => part >= Some(1) && rank >= Rank::Editor,
        (Account | Invitation | Erasure | Archive | Principal | Log, _) => rank == Rank::Admin,
    };
    if allowed { Yes } else { Forbidden }
}
