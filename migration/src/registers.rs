//! Reads the seed files of `data/` into rows. Provenance and licences: `data/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm_migration::sea_orm::{DbBackend, Value};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const REGIONS: &str = include_str!("../data/regions.csv");
const MUNICIPALITIES: &str = include_str!("../data/municipalities.csv");
pub const CONCEPTS: &str = include_str!("../data/concepts.json");

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// One row to insert.
pub struct Row {
    table: &'static str,
    cells: Vec<(&'static str, Value)>,
}

impl Row {
    pub fn insert(self, backend: DbBackend) -> (String, Vec<Value>) {
        let names: Vec<_> = self.cells.iter().map(|c| c.0).collect();
        let marks: Vec<_> = (1..=names.len())
            .map(|n| if backend == DbBackend::Postgres { format!("${n}") } else { "?".into() })
            .collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", self.table, names.join(", "), marks.join(", "));
        (sql, self.cells.into_iter().map(|c| c.1).collect())
    }
}

/// A concept has the same id on every node: it is derived from its notation.
pub fn concept_id(notation: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("urn:samvirke:concept:{notation}").as_bytes())
}

pub fn all() -> Outcome<Vec<Row>> {
    let mut rows = regions()?;
    rows.extend(municipalities()?);
    rows.extend(concepts()?);
    Ok(rows)
}

/// The concepts and themes that every node starts with.
pub fn concept_ids() -> Outcome<BTreeSet<Uuid>> {
    let file: Scheme = serde_json::from_str(CONCEPTS)?;
    Ok(file.themes.iter().chain(&file.concepts).map(|concept| concept_id(&concept.id)).collect())
}

/// A label of a concept: concept, language, kind (pref, alt, seed), text.
pub type LabelLine = (Uuid, String, &'static str, String);

/// The labels of all concepts, themes left out, as the rows of `concept_label` hold them.
pub fn labels() -> Outcome<Vec<LabelLine>> {
    let file: Scheme = serde_json::from_str(CONCEPTS)?;
    Ok(file.concepts.iter().flat_map(|concept| label_lines(concept_id(&concept.id), concept)).collect())
}

fn text(value: &str) -> Value {
    if value.is_empty() { Value::String(None) } else { value.into() }
}

fn ids(list: &str) -> Value {
    json!(list.split_whitespace().collect::<Vec<_>>()).into()
}

type Line = BTreeMap<String, String>;

fn field<'a>(line: &'a Line, name: &str) -> &'a str {
    line.get(name).map_or("", String::as_str)
}

fn lines(csv: &str) -> Outcome<Vec<Line>> {
    Ok(csv::Reader::from_reader(csv.as_bytes()).deserialize().collect::<Result<_, _>>()?)
}

fn regions() -> Outcome<Vec<Row>> {
    let row = |l: Line| {
        let mut names = json!({});
        // The register's own name stands under the language of its country where no other does.
        let own = match field(&l, "country") {
            "SE" => "sv",
            "DK" => "da",
            "FI" => "fi",
            _ => "nb",
        };
        names[own] = json!(field(&l, "name"));
        for lang in ["nb", "sv", "da", "fi", "en"] {
            let name = field(&l, &format!("name_{lang}"));
            if !name.is_empty() {
                names[lang] = json!(name);
            }
        }
        Row {
            table: "region",
            cells: vec![
                ("id", field(&l, "region_id").into()),
                ("country", field(&l, "country").into()),
                ("level", field(&l, "level").into()),
                ("names", names.into()),
                ("national_code", text(field(&l, "national_code"))),
                ("iso_3166_2", text(field(&l, "iso_3166_2"))),
                ("nuts", text(field(&l, "nuts"))),
                ("valid_from", text(field(&l, "valid_from"))),
                ("valid_to", text(field(&l, "valid_to"))),
                ("predecessors", ids(field(&l, "predecessor_ids"))),
                ("successors", ids(field(&l, "successor_ids"))),
            ],
        }
    };
    Ok(lines(REGIONS)?.into_iter().map(row).collect())
}

fn municipalities() -> Outcome<Vec<Row>> {
    let row = |l: Line| {
        let own = match field(&l, "country") {
            "SE" => "sv",
            "DK" => "da",
            _ => "nb",
        };
        let mut names = json!({});
        names[own] = json!(field(&l, "name"));
        Row {
            table: "municipality",
            cells: vec![
                ("id", field(&l, "municipality_id").into()),
                ("country", field(&l, "country").into()),
                ("code", field(&l, "code").into()),
                ("names", names.into()),
                ("region_id", field(&l, "region_id").into()),
                ("valid_from", text(field(&l, "valid_from"))),
                ("valid_to", text(field(&l, "valid_to"))),
                ("predecessors", ids(field(&l, "predecessor_ids"))),
                ("successors", ids(field(&l, "successor_ids"))),
            ],
        }
    };
    Ok(lines(MUNICIPALITIES)?.into_iter().map(row).collect())
}

#[derive(Deserialize)]
struct Scheme {
    scheme: SchemeHead,
    themes: Vec<Concept>,
    concepts: Vec<Concept>,
}

#[derive(Deserialize)]
struct SchemeHead {
    id: String,
    title: Json,
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Concept {
    id: String,
    theme: Option<String>,
    #[serde(default)]
    kinds: Vec<String>,
    pref_label: BTreeMap<String, String>,
    #[serde(default)]
    alt_labels: Vec<Alt>,
    #[serde(default)]
    broader: Vec<String>,
    #[serde(default)]
    related: Vec<String>,
    #[serde(default)]
    exact_match: Vec<String>,
    #[serde(default)]
    sources: Vec<Source>,
    /// The languages whose preferred label stands in a source; a theme's labels are all its editors' own.
    pref_label_from_source: Option<Vec<String>>,
}

impl Concept {
    /// The languages whose preferred label is a translation.
    fn translated(&self) -> Vec<&str> {
        let Some(found) = &self.pref_label_from_source else { return Vec::new() };
        self.pref_label.keys().map(String::as_str).filter(|lang| !found.iter().any(|f| f == lang)).collect()
    }
}

#[derive(Deserialize)]
struct Alt {
    label: String,
    lang: String,
}

/// Where a seed names the concept: its word there is a label too.
#[derive(Deserialize)]
struct Source {
    lang: Option<String>,
    term: Option<String>,
}

fn concepts() -> Outcome<Vec<Row>> {
    let file: Scheme = serde_json::from_str(CONCEPTS)?;
    let scheme = concept_id(&file.scheme.id);
    let mut rows = vec![Row {
        table: "concept_scheme",
        cells: vec![
            ("id", scheme.into()),
            ("notation", file.scheme.id.into()),
            ("title", file.scheme.title.into()),
            ("version", file.scheme.version.into()),
        ],
    }];
    let mut labels = Vec::new();
    for (top, concept) in
        file.themes.into_iter().map(|t| (true, t)).chain(file.concepts.into_iter().map(|c| (false, c)))
    {
        let id = concept_id(&concept.id);
        labels.extend(label_rows(id, &concept));
        let linked = |list: &[String]| json!(list.iter().map(|n| concept_id(n)).collect::<Vec<_>>());
        rows.push(Row {
            table: "concept",
            cells: vec![
                ("id", id.into()),
                ("scheme_id", scheme.into()),
                ("top", top.into()),
                ("theme_id", concept.theme.as_deref().map(concept_id).into()),
                ("broader", linked(&concept.broader).into()),
                ("related", linked(&concept.related).into()),
                ("kinds", json!(concept.kinds).into()),
                ("labels", json!(concept.pref_label).into()),
                ("translated", json!(concept.translated()).into()),
                ("exact_match", json!(concept.exact_match).into()),
                ("status", "accepted".into()),
                ("replaced_by", Value::Uuid(None)),
                ("version", 1i64.into()),
                ("notation", concept.id.into()),
            ],
        });
    }
    rows.extend(labels);
    Ok(rows)
}

fn label_rows(id: Uuid, concept: &Concept) -> impl Iterator<Item = Row> {
    label_lines(id, concept).into_iter().map(|(id, lang, kind, label)| {
        let label_id = Uuid::new_v5(&id, format!("{kind}:{lang}:{label}").as_bytes());
        Row {
            table: "concept_label",
            cells: vec![
                ("id", label_id.into()),
                ("concept_id", id.into()),
                ("lang", lang.into()),
                ("kind", kind.into()),
                ("label", label.into()),
            ],
        }
    })
}

fn label_lines(id: Uuid, concept: &Concept) -> Vec<LabelLine> {
    let pref = concept.pref_label.iter().map(|(lang, label)| ("pref", lang.clone(), label.clone()));
    let alt = concept.alt_labels.iter().map(|a| ("alt", a.lang.clone(), a.label.clone()));
    let seed = concept.sources.iter().filter_map(|s| Some(("seed", s.lang.clone()?, s.term.clone()?)));
    let mut lines: Vec<LabelLine> = Vec::new();
    for (kind, lang, label) in pref.chain(alt).chain(seed) {
        let known = |line: &LabelLine| line.1 == lang && line.3.to_lowercase() == label.to_lowercase();
        if !lines.iter().any(known) {
            lines.push((id, lang, kind, label));
        }
    }
    lines
}
