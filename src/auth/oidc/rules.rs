//! Which claims of a provider give which library and role.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    auth::Role,
    error::{Code, Error, Result},
};

/// A provider that the node trusts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// As the provider writes it in `iss`; under it is `/.well-known/openid-configuration`.
    pub issuer: String,
    /// What `aud` must name: this node's id at the provider.
    pub audience: String,
    /// Who may have got the token (`azp`). A token that is for others too is taken from these alone.
    #[serde(default)]
    pub clients: Vec<String>,
    #[serde(default = "algorithms")]
    pub algorithms: Vec<String>,
    /// How long keys are kept before they are asked for again, in seconds.
    #[serde(default = "hour")]
    pub keep_keys: u64,
    /// An unknown key makes the node ask again, at most once in so many seconds.
    #[serde(default = "minute")]
    pub ask_again: u64,
    pub rules: Vec<Rule>,
}

/// Whose claims are all as said belongs to a library, in a role.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// A claim's name (or, beginning with `/`, its JSON pointer), and what it must be. A claim that is a list
    /// must contain it.
    pub claims: BTreeMap<String, String>,
    /// Short name of the library.
    pub tenant: String,
    pub role: Role,
}

fn algorithms() -> Vec<String> {
    ["RS256", "PS256", "ES256", "EdDSA"].map(str::to_owned).into()
}

fn hour() -> u64 {
    3_600
}

fn minute() -> u64 {
    60
}

/// Whoever can have an address changed at the provider would choose its library.
const NO_GROUND: [&str; 6] = ["email", "preferred_username", "upn", "hd", "name", "nickname"];

impl Issuer {
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let known = algorithms();
        if self.algorithms.is_empty() || self.algorithms.iter().any(|name| !known.contains(name)) {
            return Err(format!("algorithms are of {}", known.join(", ")));
        }
        if self.audience.is_empty() {
            return Err("audience is empty".into());
        }
        for rule in &self.rules {
            if rule.role == Role::Operator {
                return Err(format!("a rule for {} gives the operator's role", rule.tenant));
            }
            if rule.claims.keys().all(|name| NO_GROUND.contains(&name.trim_start_matches('/'))) {
                return Err(format!(
                    "a rule for {} stands on nothing, or on an address or name alone; say which organisation",
                    rule.tenant
                ));
            }
        }
        Ok(())
    }
}

impl Rule {
    fn fits(&self, claims: &Value) -> bool {
        self.claims.iter().all(|(name, wanted)| {
            let claim = if name.starts_with('/') { claims.pointer(name) } else { claims.get(name) };
            match claim {
                Some(Value::Array(list)) => list.iter().any(|value| is(value, wanted)),
                Some(value) => is(value, wanted),
                None => false,
            }
        })
    }
}

fn is(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Number(number) => number.to_string() == wanted,
        Value::Bool(yes) => yes.to_string() == wanted,
        _ => false,
    }
}

/// What somebody gets.
#[derive(Debug, PartialEq, Eq)]
pub struct Grant {
    pub tenant: String,
    pub role: Role,
}

/// The highest role that the rules give in the library that is meant; who belongs to one alone need not say which.
pub fn grant(issuer: &Issuer, claims: &Map<String, Value>, library: Option<&str>) -> Result<Grant> {
    let claims = Value::Object(claims.clone());
    let mut fit: BTreeMap<&str, Role> = BTreeMap::new();
    for rule in issuer.rules.iter().filter(|rule| rule.fits(&claims)) {
        let role = fit.entry(&rule.tenant).or_insert(rule.role);
        *role = rule.role.max(*role);
    }
    let chosen = match library {
        Some(library) => fit.get_key_value(library),
        None if fit.len() > 1 => {
            let libraries = fit.keys().copied().collect::<Vec<_>>().join(", ");
            return Err(Error::new(Code::SeveralLibraries).with("libraries", libraries));
        }
        None => fit.first_key_value(),
    };
    let (tenant, role) = chosen.ok_or_else(|| Error::new(Code::NoLibrary))?;
    Ok(Grant { tenant: (*tenant).to_owned(), role: *role })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(claims: Value, tenant: &str, role: Role) -> Rule {
        Rule { claims: serde_json::from_value(claims).unwrap(), tenant: tenant.into(), role }
    }

    fn issuer(rules: Vec<Rule>) -> Issuer {
        Issuer {
            issuer: "https://login.example".into(),
            audience: "samvirke".into(),
            clients: Vec::new(),
            algorithms: algorithms(),
            keep_keys: 1,
            ask_again: 1,
            rules,
        }
    }

    fn given(rules: Vec<Rule>, claims: Value, library: Option<&str>) -> Result<Grant, Code> {
        grant(&issuer(rules), claims.as_object().unwrap(), library).map_err(|e| e.code)
    }

    #[test]
    fn claims_give_a_library_and_the_highest_role() {
        let rules = || {
            vec![
                rule(json!({"org": "oslo-kommune"}), "oslo", Role::Viewer),
                rule(json!({"org": "oslo-kommune", "/groups/0": "bibliotek"}), "oslo", Role::Editor),
                rule(json!({"eduperson": "staff", "level": "4"}), "bergen", Role::Contributor),
            ]
        };
        let oslo = |role| Ok(Grant { tenant: "oslo".into(), role });
        assert_eq!(given(rules(), json!({"org": "oslo-kommune"}), None), oslo(Role::Viewer));
        let member = json!({"org": ["x", "oslo-kommune"], "groups": ["bibliotek"]});
        assert_eq!(given(rules(), member, None), oslo(Role::Editor));
        let both = json!({"org": "oslo-kommune", "eduperson": "staff", "level": 4});
        assert_eq!(given(rules(), both.clone(), None), Err(Code::SeveralLibraries));
        assert_eq!(given(rules(), both.clone(), Some("oslo")), oslo(Role::Viewer));
        assert_eq!(given(rules(), both, Some("tromso")), Err(Code::NoLibrary));
        for nobody in [json!({}), json!({"org": "Oslo-kommune"}), json!({"org": {"oslo-kommune": true}})] {
            assert_eq!(given(rules(), nobody, None), Err(Code::NoLibrary));
        }
    }

    #[test]
    fn an_address_alone_is_no_ground() {
        let fault = |claims| issuer(vec![rule(claims, "oslo", Role::Editor)]).check().is_err();
        assert!(
            fault(json!({}))
                && fault(json!({"email": "a@oslo.example"}))
                && fault(json!({"hd": "oslo.example"}))
        );
        assert!(fault(json!({"email": "a@oslo.example", "/name": "A"})));
        assert!(!fault(json!({"email": "a@oslo.example", "org": "oslo"})));
        assert!(issuer(vec![rule(json!({"org": "x"}), "oslo", Role::Operator)]).check().is_err());
        let odd = Issuer { algorithms: vec!["HS256".into()], ..issuer(Vec::new()) };
        assert!(odd.check().is_err());
    }
}
