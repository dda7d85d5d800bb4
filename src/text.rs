//! Localised text: what is stored is a map language -> text, what is served is one text that says which
//! language it is in, and whether that is the one that was asked for. No text is ever filled in from a
//! random language: the order of fallback is declared.

use std::collections::BTreeMap;

use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Violations};

pub mod national;
mod words;

pub use words::Words;

/// Languages of the service, BCP 47. `no` is taken as `nb`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Enum,
)]
#[serde(rename_all = "lowercase")]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub enum Lang {
    #[serde(alias = "no")]
    Nb,
    Nn,
    Sv,
    Da,
    Fi,
    Se,
    En,
}

impl Lang {
    pub const ALL: [Lang; 7] = [Lang::Nb, Lang::Nn, Lang::Sv, Lang::Da, Lang::Fi, Lang::Se, Lang::En];

    pub fn tag(self) -> &'static str {
        match self {
            Lang::Nb => "nb",
            Lang::Nn => "nn",
            Lang::Sv => "sv",
            Lang::Da => "da",
            Lang::Fi => "fi",
            Lang::Se => "se",
            Lang::En => "en",
        }
    }

    /// From a BCP 47 tag; region and script subtags are ignored.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            "no" => Some(Lang::Nb),
            other => Self::ALL.into_iter().find(|l| l.tag() == other),
        }
    }

    /// Who understands whom: the declared order in which a text in another language is served.
    fn neighbours(self) -> [Lang; 6] {
        use Lang::*;
        match self {
            Nb => [Nn, Da, Sv, En, Fi, Se],
            Nn => [Nb, Da, Sv, En, Fi, Se],
            Sv => [Nb, Nn, Da, En, Fi, Se],
            Da => [Nb, Nn, Sv, En, Fi, Se],
            Fi => [Sv, En, Nb, Nn, Da, Se],
            Se => [Nb, Nn, Sv, Fi, En, Da],
            En => [Nb, Sv, Da, Nn, Fi, Se],
        }
    }
}

/// What a caller wants to read, first wish first: from Accept-Language, then the declared fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Languages(Vec<Lang>);

impl Languages {
    /// Reads an Accept-Language header; unknown languages are passed over, English is the default.
    pub fn accept(header: Option<&str>) -> Self {
        let mut wishes: Vec<(f32, Lang)> = header
            .unwrap_or_default()
            .split(',')
            .take(20)
            .filter_map(|part| {
                let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
                let q = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.parse().unwrap_or(0.0));
                Some((q, Lang::parse(tag.trim())?)).filter(|(q, _)| *q > 0.0)
            })
            .collect();
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut order: Vec<Lang> = Vec::new();
        let first = wishes.first().map_or(Lang::En, |w| w.1);
        for lang in wishes.into_iter().map(|w| w.1).chain([first]).chain(first.neighbours()) {
            if !order.contains(&lang) {
                order.push(lang);
            }
        }
        Self(order)
    }

    pub fn first(&self) -> Lang {
        self.0.first().copied().unwrap_or(Lang::En)
    }

    pub fn order(&self) -> &[Lang] {
        &self.0
    }
}

/// A stored text in one or more languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<Lang, String>);

impl Text {
    pub fn of(lang: Lang, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(lang, text.into())]))
    }

    /// The text for these wishes; None when there is none in any language.
    pub fn serve(&self, wishes: &Languages) -> Option<LocalText> {
        let language = wishes.order().iter().copied().find(|l| self.0.contains_key(l))?;
        Some(LocalText {
            text: self.0.get(&language)?.clone(),
            language,
            requested: wishes.first(),
            fallback: language != wishes.first(),
            translations: self.0.iter().map(|(l, t)| Translation { language: *l, text: t.clone() }).collect(),
        })
    }

    /// As [`Text::serve`], for texts that are never empty.
    pub fn serve_or_empty(&self, wishes: &Languages) -> LocalText {
        self.serve(wishes).unwrap_or_else(|| LocalText::empty(wishes))
    }

    /// As [`Text::serve_or_empty`], and nothing but the text that is read first is copied.
    pub fn into_served(self, wishes: &Languages) -> LocalText {
        let served = wishes.order().iter().find_map(|l| self.0.get(l).map(|text| (*l, text.clone())));
        let Some((language, text)) = served else { return LocalText::empty(wishes) };
        LocalText {
            text,
            language,
            requested: wishes.first(),
            fallback: language != wishes.first(),
            translations: self.0.into_iter().map(|(language, text)| Translation { language, text }).collect(),
        }
    }
}

impl LocalText {
    fn empty(wishes: &Languages) -> Self {
        Self {
            text: String::new(),
            language: wishes.first(),
            requested: wishes.first(),
            fallback: false,
            translations: Vec::new(),
        }
    }
}

/// Texts kept as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Texts(pub Vec<Text>);

/// A text as it is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LocalText {
    pub text: String,
    /// The language that `text` is in.
    pub language: Lang,
    /// The language that was asked for first.
    pub requested: Lang,
    /// True when `text` is not in the language asked for first.
    pub fallback: bool,
    /// The text in every language that it has.
    pub translations: Vec<Translation>,
}

/// One language's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[graphql(input_name = "TranslationInput")]
#[serde(deny_unknown_fields)]
pub struct Translation {
    pub language: Lang,
    pub text: String,
}

/// Reads a localised text that a caller gave: at least one language, none twice, none empty, each at most
/// `limit` characters.
pub fn given(field: &str, translations: &[Translation], limit: usize) -> Result<Text, Error> {
    let mut violations = Violations::default();
    if translations.is_empty() {
        violations.add(field, "required");
    }
    let mut map = BTreeMap::new();
    for (n, translation) in translations.iter().enumerate() {
        let at = format!("{field}/{n}/text");
        let text = translation.text.trim();
        if violations.text(&at, text, limit) && map.insert(translation.language, text.to_owned()).is_some() {
            violations.add(&format!("{field}/{n}/language"), "duplicate");
        }
    }
    violations.done()?;
    Ok(Text(map))
}

/// Texts in a list, at most this many.
pub const MOST_TEXTS: usize = 50;

/// As [`given`], for a list of texts.
pub fn given_list(field: &str, list: &[Vec<Translation>], limit: usize) -> Result<Texts, Error> {
    if list.len() > MOST_TEXTS {
        let mut violations = Violations::default();
        violations.add_with(field, "too_many", &[("max", &MOST_TEXTS.to_string())]);
        violations.done()?;
    }
    let read = |(n, one): (usize, &Vec<Translation>)| given(&format!("{field}/{n}"), one, limit);
    list.iter().enumerate().map(read).collect::<Result<Vec<Text>, Error>>().map(Texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_which_language_it_fell_back_to() {
        let text = Text(BTreeMap::from([(Lang::Sv, "gallring".into()), (Lang::Fi, "poistot".into())]));
        let served = text.serve(&Languages::accept(Some("da-DK, en;q=0.5"))).unwrap();
        // English was wished for before the neighbours of Danish, but there is none.
        assert_eq!(
            (served.text.as_str(), served.language, served.requested, served.fallback),
            ("gallring", Lang::Sv, Lang::Da, true)
        );
        let exact = text.serve(&Languages::accept(Some("fi"))).unwrap();
        assert!(!exact.fallback);
        for wishes in ["da-DK, en;q=0.5", "fi", "nb"].map(|tag| Languages::accept(Some(tag))) {
            assert_eq!(text.clone().into_served(&wishes), text.serve_or_empty(&wishes));
            assert_eq!(Text::default().into_served(&wishes), Text::default().serve_or_empty(&wishes));
        }
    }

    #[test]
    fn odd_headers_are_survived() {
        for header in ["", ";;;,", "q=0", "*", "nb;q=abc", "no-NO", &"x,".repeat(10_000)] {
            assert_eq!(Languages::accept(Some(header)).order().len(), 7, "{header:.20}");
        }
        assert_eq!(Languages::accept(Some("no-NO")).first(), Lang::Nb);
    }
}
