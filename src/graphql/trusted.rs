//! Trusted documents: those that a node knows before anybody asks, each by the SHA-256 of its text.
//!
//! A client names one (`documentId: "sha256:…"`, or Apollo's `extensions.persistedQuery.sha256Hash`) instead of sending it.
//! A node may be set up to answer no others: then what its callers can ask is what its own applications ask. Nothing is
//! registered by asking; the documents come from the files that applications' builds make.
//!
//! Each is looked at when the node starts as it would be at a request: by the [`guard`], by the parser and against the
//! schema. One that could never be answered is a fault of the set-up, and the node does not start.

use std::{collections::BTreeMap, path::Path};

use async_graphql::{Name, Request, Value, parser::types::BaseType};
use aws_lc_rs::digest;

use super::{AppSchema, guard};
use crate::error::{Code, Error, Result};

/// A document's SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash(String);

impl Hash {
    pub fn of(document: &str) -> Self {
        let digest = digest::digest(&digest::SHA256, document.as_bytes());
        Self(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Sixty-four hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let good = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        good.then(|| Self(text.to_ascii_lowercase()))
    }

    /// `sha256:` and the digits.
    pub fn parse_id(text: &str) -> Option<Self> {
        Self::parse(text.strip_prefix("sha256:")?)
    }
}

/// The documents of a node.
#[derive(Debug, Default)]
pub struct Trusted {
    documents: BTreeMap<Hash, String>,
    /// No others are answered.
    only: bool,
}

/// Marks a request that is looked at and not run; see [`super::cost`].
pub(super) struct LookOnly;

/// What is said of a document that was looked at and found good.
pub(super) const GOOD: &str = "looked at, not run";

impl Trusted {
    /// Reads a manifest, or a folder of manifests (`*.json`: an object of identifiers and texts) and documents
    /// (`*.graphql`), and looks at each document.
    pub async fn load(place: Option<&Path>, only: bool, schema: &AppSchema) -> Result<Self> {
        let mut trusted = Self { documents: BTreeMap::new(), only };
        let Some(place) = place else {
            return if only {
                Err(fault("trusted_documents_only without trusted_documents"))
            } else {
                Ok(trusted)
            };
        };
        for file in files(place)? {
            let said = |what: String| fault(format!("{}: {what}", file.display()));
            let text = std::fs::read_to_string(&file).map_err(|error| said(error.to_string()))?;
            for (name, document) in documents(&file, text).map_err(said)? {
                look(schema, &document).await.map_err(|why| said(format!("{name}: {why}")))?;
                trusted.documents.insert(Hash::of(&document), document);
            }
        }
        if trusted.documents.is_empty() {
            return Err(fault(format!("{}: no document", place.display())));
        }
        Ok(trusted)
    }

    /// The text of the document that a request means: by its text, by its name, or by both.
    pub fn choose(&self, sent: Option<String>, named: Option<Hash>) -> Result<String> {
        let malformed = |reason| Error::new(Code::MalformedRequest).with("reason", reason);
        match (sent, named) {
            (None, None) => Err(malformed("`query` is missing")),
            (None, Some(_)) if self.documents.is_empty() => Err(Error::new(Code::PersistedQueryNotSupported)),
            (None, Some(hash)) => {
                self.documents.get(&hash).cloned().ok_or_else(|| Error::new(Code::PersistedQueryNotFound))
            }
            (Some(sent), Some(hash)) if Hash::of(&sent) != hash => {
                Err(malformed("`query` is not the document that is named"))
            }
            (Some(sent), _) if self.only && !self.documents.contains_key(&Hash::of(&sent)) => {
                Err(Error::new(Code::UntrustedDocument))
            }
            (Some(sent), _) => Ok(sent),
        }
    }
}

fn fault(what: impl std::fmt::Display) -> Error {
    Error::internal(format!("trusted documents: {what}"))
}

/// The files at a place, in the order of their names.
fn files(place: &Path) -> Result<Vec<std::path::PathBuf>> {
    let said = |error: std::io::Error| fault(format!("{}: {error}", place.display()));
    if !std::fs::metadata(place).map_err(said)?.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let entries = std::fs::read_dir(place).map_err(said)?;
    let mut files =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(said)?;
    files.retain(|file| file.extension().is_some_and(|end| end == "json" || end == "graphql"));
    files.sort();
    Ok(files)
}

/// The documents of a file, each with the name that a fault is told by.
fn documents(file: &Path, text: String) -> std::result::Result<Vec<(String, String)>, String> {
    if file.extension().is_some_and(|end| end == "graphql") {
        return Ok(vec![("the document".to_owned(), text)]);
    }
    let manifest: BTreeMap<String, String> = serde_json::from_str(&text)
        .map_err(|error| format!("no manifest, which is an object of identifiers and texts: {error}"))?;
    for (id, document) in &manifest {
        let named = Hash::parse_id(id).or_else(|| Hash::parse(id));
        if named != Some(Hash::of(document)) {
            // A name that says nothing of the text could be given to another text tomorrow.
            return Err(format!("{id} is not the SHA-256 of its document"));
        }
    }
    Ok(manifest.into_iter().collect())
}

/// Could this document be answered?
async fn look(schema: &AppSchema, document: &str) -> std::result::Result<(), String> {
    guard::check(document, &guard::Limits::default()).map_err(|refusal| refusal.to_string())?;
    let mut request = Request::new(document).data(LookOnly);
    let parsed = request.parsed_query().map_err(|error| error.message)?;
    let operations: Vec<Option<String>> =
        parsed.operations.iter().map(|(name, _)| name.map(ToString::to_string)).collect();
    // A page's size is part of the cost, and a request must say it: the smallest stands in for it here.
    let sizes: Vec<Name> = parsed
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.node.variable_definitions)
        .map(|variable| &variable.node)
        .filter(|v| v.default_value.is_none() && v.var_type.node.base == BaseType::Named(Name::new("Int")))
        .map(|variable| variable.name.node.clone())
        .collect();
    for operation in operations {
        let mut request = Request::new(document).data(LookOnly);
        request.operation_name = operation;
        for name in &sizes {
            request.variables.insert(name.clone(), Value::from(1));
        }
        // Not one answer of a subscription either: looking ends before anything runs.
        let response = schema.execute(request).await;
        if let Some(error) = response.errors.iter().find(|error| error.message != GOOD) {
            return Err(error.message.clone());
        }
    }
    Ok(())
}
