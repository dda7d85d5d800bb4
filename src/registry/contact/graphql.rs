use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Contact, ContactChange, ContactFilter, NewContact, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::ContactId,
};

#[derive(Default)]
pub struct ContactQuery;

#[Object]
impl ContactQuery {
    /// Contacts that the caller may see, its own and others', oldest first. A person whose consent has ended is seen by
    /// its own library alone, until it is gone within a day.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        filter: Option<ContactFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Contact>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One contact.
    async fn contact(&self, ctx: &Context<'_>, id: ContactId) -> Result<Contact> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct ContactMutation;

#[Object]
impl ContactMutation {
    /// Enters a contact of the caller's library: a function, or a person who has agreed to be named.
    async fn create_contact(&self, ctx: &Context<'_>, input: NewContact) -> Result<Contact> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes a contact of the caller's library, or notes that the person agreed anew.
    async fn change_contact(
        &self,
        ctx: &Context<'_>,
        id: ContactId,
        expected_version: i64,
        input: ContactChange,
    ) -> Result<Contact> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Removes a contact of the caller's library; of a person it is how consent is withdrawn, and the name is nowhere any
    /// more. Gives the id back.
    async fn remove_contact(
        &self,
        ctx: &Context<'_>,
        id: ContactId,
        expected_version: i64,
    ) -> Result<ContactId> {
        service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }
}
