//! People sign in where they always do, at a provider of OpenID Connect that the node trusts, and bring its token
//! here for one of ours (token exchange, RFC 8693). Which library and role they get is said by rules in the
//! configuration, over the provider's claims; an e-mail address alone is no ground for either.
//!
//! [`rules`]: who gets what. [`provider`]: a provider's keys. [`verify`]: its tokens. [`principal`]: whom a library
//! has seen, as a pseudonym. [`exchange`] goes through all four.

pub mod principal;
mod provider;
pub mod rules;
mod verify;

use std::sync::Arc;

use super::{
    Scopes,
    token::{Holder, Tokens},
};
use crate::{
    error::{Code, Error, Result},
    tenancy::{Db, sign_in::SignInScope},
    when,
};
use provider::Provider;
use rules::Issuer;

/// The providers that a node trusts. Cheap to clone.
#[derive(Clone, Default)]
pub struct Issuers(Arc<Vec<Provider>>);

impl Issuers {
    /// Refuses rules that would give a library away.
    pub fn new(issuers: &[Issuer]) -> Result<Self> {
        let providers = issuers.iter().map(|issuer| {
            issuer.check().map_err(|why| Error::internal(format!("issuer {}: {why}", issuer.issuer)))?;
            Provider::new(issuer.clone())
        });
        Ok(Self(Arc::new(providers.collect::<Result<_>>()?)))
    }

    fn of(&self, issuer: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.issuer().issuer == issuer)
    }
}

/// A token of ours for a provider's. `library` is the short name of the one that is meant, for who belongs to several.
pub async fn exchange(
    db: &Db,
    tokens: &Tokens,
    issuers: &Issuers,
    token: &str,
    library: Option<&str>,
    wished: Option<&str>,
) -> Result<(String, Scopes)> {
    let refuse = || Error::new(Code::InvalidGrant);
    let now = when::now();
    let provider = verify::issuer(token).and_then(|issuer| issuers.of(&issuer)).ok_or_else(refuse)?;
    let header = verify::header(token, provider.issuer()).ok_or_else(refuse)?;
    let key = provider.key(&header.kid).await?.ok_or_else(refuse)?;
    let claims = verify::claims(token, &header, &key, provider.issuer(), now).ok_or_else(refuse)?;
    let grant = rules::grant(provider.issuer(), &claims, library)?;
    let scopes = Scopes::ALL.narrowed(wished)?;
    let subject = claims.get("sub").and_then(|sub| sub.as_str()).unwrap_or_default();
    let scope = SignInScope::new(db.clone());
    // A rule may name a library that is not there yet, or not any more.
    let tenant = scope.tenant(&grant.tenant).await?.ok_or_else(|| Error::new(Code::NoLibrary))?;
    if !scope.is_active(tenant).await? {
        return Err(Error::new(Code::NoLibrary));
    }
    let id = principal::id(&provider.issuer().issuer, subject, tenant);
    if scope.seen(tenant, id, &provider.issuer().issuer, grant.role, now).await?.blocked_at.is_some() {
        return Err(Error::new(Code::NoLibrary));
    }
    let holder = Holder { subject: id.0, client_id: "oidc", tenant, role: grant.role, scopes };
    Ok((tokens.sign(&holder, now, super::token::LIFE)?, scopes))
}
