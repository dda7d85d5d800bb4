//! Saved queries: a selection under an address of its own, to be asked again and again.
//!
//! The name of a saved query *is* the query, written as letters that may stand in an address. So nothing is kept: there is nothing to
//! fill up, to forget or to find out about, the same query has the same name on every node, and it goes on answering with the figures of
//! the day. A name tells what was asked and nothing of the answer, which is given to whoever may read the table.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    StatDefaultSelection, StatSelection,
    list::cube_of,
    model::StatLink,
    question::{self, Pairs, refused},
    service::{self, Asked, Written, link},
};
use crate::{
    error::{Error, Result, Violations},
    rest::Versioned,
    tenancy::{Extent, TenantScope},
    text::{Lang, Languages},
};

/// A name has so many characters at the most.
const LONGEST: usize = 4_000;

/// A query to save, in the shape of PxWebApi 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatQuery {
    pub table_id: String,
    /// As in a body to `data`.
    pub selection: StatSelection,
    /// nb, nn, sv, da, fi or en; left out: as the reader wishes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output_format_params: Vec<String>,
}

/// A saved query.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatSavedQuery {
    /// Its name: the query itself, so that the same query has the same one.
    pub id: String,
    pub language: String,
    pub saved_query: StatQuery,
    pub links: Vec<StatLink>,
}

impl Versioned for StatSavedQuery {}

impl StatQuery {
    fn name(&self) -> Result<String> {
        serde_json::to_vec(self).map(|bytes| BASE64.encode(bytes)).map_err(Error::internal)
    }

    /// A name that was not given by us is that of a query that there is not.
    pub fn find(id: &str) -> Result<Self> {
        let bytes = BASE64.decode(id).ok().filter(|_| id.len() <= LONGEST);
        let query: Option<Self> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        query.filter(|query| query.name().is_ok_and(|name| name == id)).ok_or_else(Error::not_found)
    }

    /// Over what the table is that it asks.
    pub fn extent(&self) -> Option<Extent> {
        service::of_table(&self.table_id)
    }

    /// Its own parameters, but for those that are said beside it.
    fn pairs(&self, beside: &Pairs) -> Pairs {
        let said = |name: &str| beside.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        let own = [
            ("lang", self.language.clone()),
            ("outputFormat", self.output_format.clone()),
            (
                "outputFormatParams",
                Some(self.output_format_params.join(",")).filter(|words| !words.is_empty()),
            ),
        ];
        let own = own.into_iter().filter(|(name, _)| !said(name));
        let own = own.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        own.chain(beside.iter().cloned()).collect()
    }
}

/// Saves a query that can be answered now.
pub async fn save(scope: &TenantScope, query: StatQuery) -> Result<StatSavedQuery> {
    let id = query.name()?;
    let mut violations = Violations::default();
    if id.len() > LONGEST {
        violations.add_with("selection", "too_long", &[("max", &LONGEST.to_string())]);
    }
    refused(violations)?;
    data(scope, &query, &Pairs::new()).await?;
    shape(scope, id, query)
}

/// What is asked by a saved query, for who may read its table.
pub async fn saved(scope: &TenantScope, id: &str, lang: Option<&str>) -> Result<StatSavedQuery> {
    let query = StatQuery::find(id)?;
    service::table(scope, &query.table_id, lang).await?;
    shape(scope, id.to_owned(), query)
}

/// The selection of a saved query.
pub async fn selection(scope: &TenantScope, id: &str, lang: Option<&str>) -> Result<StatDefaultSelection> {
    let query = StatQuery::find(id)?;
    service::table(scope, &query.table_id, lang).await?;
    let (asked, _) = question::of_body(query.selection, &Pairs::new(), &cube_of(&query.table_id)?)?;
    Ok(service::selected(scope, &asked, &format!("savedqueries/{id}"), "selection"))
}

/// The figures of a saved query. What is said beside it, the language or the format, goes before its own.
pub async fn data(scope: &TenantScope, query: &StatQuery, beside: &Pairs) -> Result<Written> {
    let pairs = query.pairs(beside);
    let lang =
        pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("lang")).map(|(_, lang)| lang.as_str());
    let scope = match lang {
        Some(lang) if Lang::parse(lang).is_some() => scope.speaking(Languages::accept(Some(lang))),
        _ => scope.clone(),
    };
    service::data(&scope, &query.table_id, Asked::Body(query.selection.clone(), pairs)).await
}

fn shape(scope: &TenantScope, id: String, saved_query: StatQuery) -> Result<StatSavedQuery> {
    let languages = scope.languages();
    let to = |rel: &str, end: &str| link(rel, &format!("savedqueries/{id}{end}"), languages);
    Ok(StatSavedQuery {
        language: languages.first().tag().to_owned(),
        links: vec![to("self", ""), to("selection", "/selection"), to("data", "/data")],
        id,
        saved_query,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_given() {
        let query = StatQuery {
            table_id: "projects-x".to_owned(),
            selection: StatSelection::default(),
            language: Some("fi".to_owned()),
            output_format: None,
            output_format_params: vec!["UseCodes".to_owned()],
        };
        let name = query.name().unwrap();
        assert_eq!(StatQuery::find(&name).unwrap(), query);
        // The same thing said otherwise is no name, nor is anything else.
        let spaced = BASE64.encode(serde_json::to_string_pretty(&query).unwrap());
        let more = BASE64.encode(r#"{"tableId":"a","selection":{"selection":[]},"x":1}"#);
        for other in ["", "x", "%", &name[1..], &format!("{name}="), &spaced, &more, &"A".repeat(4_001)] {
            assert!(StatQuery::find(other).is_err(), "{other}");
        }
        let beside = vec![("OUTPUTFORMAT".to_owned(), "csv".to_owned())];
        let pairs = query.pairs(&beside);
        assert_eq!(
            pairs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["lang", "outputFormatParams", "OUTPUTFORMAT"]
        );
    }
}
