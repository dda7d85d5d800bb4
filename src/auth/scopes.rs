//! Scopes: how much of what its role may do a token carries. Each is an area and a verb, `project:read`; a token
//! without any carries all. What projects, products, applications for money, activities and commitments name of another area, such as their
//! consortium, is left out where that area is not in scope; figures are put together from several, each of which must be. The directory
//! (tenants, regions, concepts) is in every token.

use super::policy::{Action, Resource};
use crate::error::{Code, Error, Result};

/// Kinds of rows that are granted together. One match without `_`: a new resource does not compile until it is in one.
const fn area(resource: Resource) -> &'static str {
    use Resource as R;
    match resource {
        R::Register | R::Concept | R::Tenant | R::Area | R::Seat => "directory",
        R::ServiceAccount | R::Invitation | R::Principal | R::Erasure | R::Export => "account",
        R::Consortium | R::Membership | R::Group | R::Organisation => "consortium",
        R::Contact | R::Profile | R::Competence | R::Sighting | R::Occasion | R::Definition | R::Claim => {
            "competence"
        }
        R::Statement | R::Endorsement => "statement",
        R::Commitment => "commitment",
        R::Activity | R::Registration => "activity",
        R::Series | R::Meeting | R::Attendance | R::Exercise | R::Note => "meeting",
        // What came of a project goes with it, what it is paid by, and what was agreed on for it.
        R::Project | R::Participant | R::Product | R::Credit => "project",
        R::Funding | R::Agreement | R::Signature => "project",
        R::Round | R::Proposal => "priority",
        R::Ballot => "ballot",
        R::ReleaseRules | R::Release => "release",
        R::Calendar => "calendar",
        R::Event => "event",
        R::Audit => "audit",
    }
}

/// Every scope. `schema:read` opens GraphQL's introspection; `calendar:read` what of other areas stands in the calendar, there alone.
pub const WORDS: [&str; 29] = [
    "directory:read",
    "directory:write",
    "account:read",
    "account:write",
    "consortium:read",
    "consortium:write",
    "competence:read",
    "competence:write",
    "statement:read",
    "statement:write",
    "commitment:read",
    "commitment:write",
    "activity:read",
    "activity:write",
    "meeting:read",
    "meeting:write",
    "project:read",
    "project:write",
    "priority:read",
    "priority:write",
    "ballot:read",
    "ballot:write",
    "release:read",
    "release:write",
    "event:read",
    "audit:read",
    "audit:write",
    "schema:read",
    "calendar:read",
];

/// A set of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scopes(u32);

impl Scopes {
    pub const ALL: Self = Self(u32::MAX);

    /// The scopes in a list with spaces between, as RFC 6749 writes them. The word that is none, if any is.
    pub fn parse(list: &str) -> Result<Self, String> {
        list.split_ascii_whitespace().try_fold(Self(0), |set, word| {
            let at = WORDS.iter().position(|known| *known == word).ok_or_else(|| word.to_owned())?;
            Ok(Self(set.0 | 1 << at))
        })
    }

    /// None when it is all.
    pub fn list(self) -> Option<String> {
        let words: Vec<&str> = self.words().collect();
        (self != Self::ALL).then(|| words.join(" "))
    }

    pub fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS.into_iter().enumerate().filter(move |(at, _)| self.0 & 1 << at != 0).map(|(_, word)| word)
    }

    /// What a token will carry: what was wished for, all of which must be here.
    pub fn narrowed(self, wished: Option<&str>) -> Result<Self> {
        let Some(wished) = wished else { return Ok(self) };
        let refuse = |word: &str| Error::new(Code::InvalidScope).with("scope", word);
        let scopes = Self::parse(wished).map_err(|word| refuse(&word))?;
        match Self(scopes.0 & !self.0).words().next() {
            Some(word) => Err(refuse(word)),
            None => Ok(scopes),
        }
    }

    /// Whether all of another set is here: nobody gives what it does not have.
    pub fn covers(self, other: Self) -> bool {
        self == Self::ALL || other.0 & !self.0 == 0
    }

    fn has(self, word: &str) -> bool {
        self == Self::ALL || self.words().any(|known| known == word)
    }

    pub fn allow(self, action: Action, resource: Resource) -> bool {
        // All that a library has is in an export: who may not read some of it may not have that.
        if resource == Resource::Export {
            let mut reads = WORDS.iter().filter(|word| word.ends_with(":read") && **word != "schema:read");
            return reads.all(|word| self.has(word));
        }
        let area = area(resource);
        match action {
            Action::Read => area == "directory" || self.has(&format!("{area}:read")),
            Action::Create | Action::Modify | Action::Delete => self.has(&format!("{area}:write")),
        }
    }

    pub fn introspect(self) -> bool {
        self.has("schema:read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_is_in_an_area_that_has_words() {
        for resource in Resource::ALL {
            let word = format!("{}:read", area(*resource));
            assert!(WORDS.contains(&word.as_str()), "{word}");
            assert!(Scopes::ALL.allow(Action::Delete, *resource));
        }
    }

    #[test]
    fn a_scope_allows_its_area_and_verb_alone() {
        let scopes = Scopes::parse("project:read  competence:write").unwrap();
        assert!(scopes.allow(Action::Read, Resource::Participant));
        assert!(!scopes.allow(Action::Create, Resource::Project));
        assert!(!scopes.allow(Action::Read, Resource::Competence), "a verb does not bring the other along");
        assert!(
            scopes.allow(Action::Read, Resource::Tenant) && !scopes.allow(Action::Modify, Resource::Tenant)
        );
        let account = Scopes::parse("account:read account:write").unwrap();
        assert!(account.allow(Action::Read, Resource::ServiceAccount));
        assert!(!account.allow(Action::Read, Resource::Export), "an export holds more than accounts");
        assert_eq!(scopes.list().as_deref(), Some("competence:write project:read"));
        assert!(!scopes.introspect() && Scopes::ALL.introspect());
        assert_eq!(Scopes::ALL.list(), None);
        assert_eq!(Scopes::parse("project:all"), Err("project:all".to_owned()));
        assert_eq!(
            Scopes::ALL.narrowed(Some("project:read")).unwrap().list().as_deref(),
            Some("project:read")
        );
        assert_eq!(scopes.narrowed(None).unwrap(), scopes);
        for wide in ["project:write", "project:read audit:read", "nonsense"] {
            assert!(scopes.narrowed(Some(wide)).is_err(), "{wide}");
        }
        assert_eq!(Scopes::parse("").map(|none| none.allow(Action::Read, Resource::Project)), Ok(false));
    }
}
