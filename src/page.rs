//! Pages: one way to page for REST and GraphQL.
//!
//! A cursor is opaque: it names the last row of the page, and carries a MAC over that, the caller and the
//! question, so that a cursor of another caller or another question is refused and tells nothing.

use std::borrow::Cow;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type},
};

use crate::error::{Code, Error};

/// Rows on a page when nothing else is asked for.
pub const DEFAULT_FIRST: u32 = 20;
/// Rows on a page at most.
pub const MAX_FIRST: u32 = 100;

/// Which page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageArgs {
    /// Rows on the page: 1 to 100, 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    pub first: Option<u32>,
    /// The `nextCursor` of the page before.
    pub after: Option<String>,
}

/// A checked wish for a page: how many rows, after which key.
#[derive(Clone, Debug)]
pub struct Wish {
    pub first: u32,
    pub after: Option<String>,
    seal: Seal,
}

/// What a cursor is bound to.
#[derive(Clone, Debug)]
pub struct Seal {
    key: hmac::Key,
    bound: String,
}

impl Seal {
    /// `key` is the node's; `bound` names the caller and the question.
    pub fn new(key: &hmac::Key, bound: String) -> Self {
        Self { key: key.clone(), bound }
    }

    fn mac(&self, row: &str) -> hmac::Tag {
        hmac::sign(&self.key, format!("{}\n{row}", self.bound).as_bytes())
    }

    fn write(&self, row: &str) -> String {
        let mut bytes = self.mac(row).as_ref().iter().copied().take(16).collect::<Vec<u8>>();
        bytes.extend(row.as_bytes());
        BASE64.encode(bytes)
    }

    fn read(&self, cursor: &str) -> Result<String, Error> {
        let bad = || Error::new(Code::BadCursor);
        if cursor.len() > 512 {
            return Err(bad());
        }
        let bytes = BASE64.decode(cursor).map_err(|_| bad())?;
        let (mac, row) = bytes.split_at_checked(16).ok_or_else(bad)?;
        let row = std::str::from_utf8(row).map_err(|_| bad())?;
        let expected = self.mac(row);
        let expected = expected.as_ref().get(..16).ok_or_else(bad)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(mac, expected).map_err(|_| bad())?;
        Ok(row.to_owned())
    }
}

impl Wish {
    /// The cursor of a row.
    pub fn cursor(&self, row: &str) -> String {
        self.seal.write(row)
    }
}

impl PageArgs {
    /// Checks the size and opens the cursor.
    pub fn wish(&self, seal: Seal) -> Result<Wish, Error> {
        let first = self.first.unwrap_or(DEFAULT_FIRST);
        if !(1..=MAX_FIRST).contains(&first) {
            return Err(Error::new(Code::InvalidInput).field_with(
                "first",
                "between",
                &[("min", "1"), ("max", "100")],
            ));
        }
        let after = self.after.as_deref().map(|cursor| seal.read(cursor)).transpose()?;
        Ok(Wish { first, after, seal })
    }
}

/// A page of a list, oldest row first unless the list says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass as `after` to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// One a row, for GraphQL's edges.
    #[serde(skip)]
    pub cursors: Vec<String>,
}

// By hand: derived, every list's page would have one name, and the last one's rows.
impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let rows = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        let next = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Pass as `after` to get the next page; absent on the last one."));
        ObjectBuilder::new()
            .description(Some("A page of a list, oldest row first unless the list says otherwise."))
            .property("items", rows)
            .required("items")
            .property("nextCursor", next)
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T> Page<T> {
    /// From up to `first + 1` rows, the last of which only tells that there is a next page.
    pub fn of(mut rows: Vec<T>, wish: &Wish, key: impl Fn(&T) -> String) -> Self {
        let first = wish.first as usize;
        let more = rows.len() > first;
        rows.truncate(first);
        let cursors: Vec<String> = rows.iter().map(|row| wish.seal.write(&key(row))).collect();
        let next_cursor = if more { cursors.last().cloned() } else { None };
        Self { items: rows, next_cursor, cursors }
    }

    pub fn try_map<U, E>(self, f: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page {
            items: self.items.into_iter().map(f).collect::<Result<_, E>>()?,
            next_cursor: self.next_cursor,
            cursors: self.cursors,
        })
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
            cursors: self.cursors,
        }
    }
}
