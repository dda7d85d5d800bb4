//! What a document costs once page sizes are multiplied in: the bound that needs the schema, and so comes after the
//! [`guard`](super::guard) and before anything runs.
//!
//! The engine adds the costs up ([`list_cost`](super::list_cost) on every list) but would refuse in words of its own;
//! here the refusal has the code and the figures of every other bound.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{
    ServerError, ValidationResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation},
};

use super::{guard, http, trusted};
use crate::{app::Bounds, error::Error, rate::Fields, tenancy::TenantScope};

/// The most that one document may cost.
pub const MOST: usize = 5_000;

/// Refuses what costs more than this.
pub struct Limit(pub usize);

impl ExtensionFactory for Limit {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Scales(self.0))
    }
}

/// What the answer says is left, once a document has paid.
pub type Left = Arc<Mutex<Option<Fields>>>;

/// Out of which a document pays for its cost, where the node has limits.
pub struct Purse {
    pub bounds: Arc<Bounds>,
    pub left: Left,
}

impl Purse {
    fn pay(&self, scope: &TenantScope, cost: usize) -> Result<(), Error> {
        let (fields, outcome) = match self.bounds.rates.document(scope.caller(), cost) {
            Ok(fields) => (fields, Ok(())),
            Err(refusal) => (Some(refusal.fields.clone()), Err(refusal.into())),
        };
        if let Some(fields) = fields {
            *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(fields);
        }
        outcome
    }
}

struct Scales(usize);

#[async_trait::async_trait]
impl Extension for Scales {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        guard::within(guard::Bound::Cost, result.complexity, self.0)
            .map_err(|refusal| vec![http::too_complex(refusal)])?;
        if let (Some(purse), Some(scope)) = (ctx.data_opt::<Purse>(), ctx.data_opt::<TenantScope>()) {
            purse.pay(scope, result.complexity).map_err(|error| vec![http::refused(error, &[])])?;
        }
        if ctx.data_opt::<trusted::LookOnly>().is_some() {
            return Err(vec![ServerError::new(trusted::GOOD, None)]);
        }
        Ok(result)
    }
}
