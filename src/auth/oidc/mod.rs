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

use uuid::Uuid;

use super::{
    Scopes, invitations,
    token::{Holder, Tokens},
};
use crate::{
    error::{Code, Error, Result},
    tenancy::{
        Db,
        sign_in::{SignInScope, Somebody},
    },
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

/// What somebody brings along to get a token of ours.
pub struct Claim<'c> {
    /// The provider's token.
    pub token: &'c str,
    /// The short name of the library that is meant, for who belongs to several.
    pub library: Option<&'c str>,
    /// Client id and secret of an invitation into one.
    pub invitation: Option<(Uuid, &'c str)>,
    /// Narrower than what there is.
    pub scopes: Option<&'c str>,
}

/// A token of ours for a provider's: in the role that the rules give there, or that an invitation gave once.
pub async fn exchange(
    db: &Db,
    tokens: &Tokens,
    issuers: &Issuers,
    claim: Claim<'_>,
) -> Result<(String, Scopes)> {
    let refuse = || Error::new(Code::InvalidGrant);
    let nowhere = || Error::new(Code::NoLibrary);
    let now = when::now();
    let provider = verify::issuer(claim.token).and_then(|issuer| issuers.of(&issuer)).ok_or_else(refuse)?;
    let issuer = &provider.issuer().issuer;
    let header = verify::header(claim.token, provider.issuer()).ok_or_else(refuse)?;
    let key = provider.key(&header.kid).await?.ok_or_else(refuse)?;
    let claims = verify::claims(claim.token, &header, &key, provider.issuer(), now).ok_or_else(refuse)?;
    let scopes = Scopes::ALL.narrowed(claim.scopes)?;
    let subject = claims.get("sub").and_then(|sub| sub.as_str()).unwrap_or_default();
    let scope = SignInScope::new(db.clone());
    let invitation = match claim.invitation {
        None => None,
        Some((client, secret)) => {
            let proven = invitations::proven(&scope, client, secret).await?;
            Some(proven.ok_or_else(|| Error::new(Code::InvalidClient))?)
        }
    };
    let (tenant, ruled) = match (&invitation, rules::grant(provider.issuer(), &claims, claim.library)) {
        (Some(invitation), _) => (invitation.tenant_id, None),
        // A rule may name a library that is not there yet, or not any more.
        (None, Ok(grant)) => (scope.tenant(&grant.tenant).await?.ok_or_else(nowhere)?, Some(grant.role)),
        // No rule: who was invited into the library that it names is let in all the same.
        (None, Err(error)) => match claim.library.filter(|_| error.code == Code::NoLibrary) {
            Some(library) => (scope.tenant(library).await?.ok_or_else(nowhere)?, None),
            None => return Err(error),
        },
    };
    if !scope.is_active(tenant).await? {
        return Err(nowhere());
    }
    let id = principal::id(issuer, subject, tenant);
    let somebody = Somebody { tenant, id, issuer, ruled, invitation: invitation.as_ref() };
    let seen = scope.seen(somebody, now).await?.filter(|seen| seen.blocked_at.is_none());
    let seen = seen.ok_or_else(nowhere)?;
    let holder = Holder { subject: id.0, client_id: "oidc", tenant, role: seen.role, scopes };
    Ok((tokens.sign(&holder, now, super::token::LIFE)?, scopes))
}
