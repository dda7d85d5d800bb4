//! Two entries of one library that turn out to be about one thing, and become one.
//!
//! Rules: of levels and of holders the highest; of what one alone has, that; of texts both, where there is room; evidence of
//! both, each link once; and of visibilities the narrower one: nothing is shown to anybody who did not see all of it
//! before.

use super::{Model, Phrase, Phrases};

const MOST_LINKS: usize = 10;
const MOST_PHRASES: usize = 20;
const LONGEST_NOTE: usize = 2_000;

/// What the entry that stays becomes.
pub fn together(kept: Model, gone: Model) -> Model {
    let phrases = phrases(&kept, &gone);
    Model {
        level: kept.level.max(gone.level),
        holders: kept.holders.max(gone.holders),
        note: note(kept.note, gone.note),
        source_lang: if kept.source_phrase.is_some() { kept.source_lang } else { gone.source_lang },
        source_phrase: kept.source_phrase.or(gone.source_phrase),
        phrases,
        position: kept.position.or(gone.position),
        evidence: links(&kept.evidence, &gone.evidence),
        target_level: kept.target_level.max(gone.target_level),
        target_date: kept.target_date.or(gone.target_date),
        spreading: kept.spreading.or(gone.spreading),
        occasion_id: kept.occasion_id.or(gone.occasion_id),
        group_id: kept.group_id.or(gone.group_id),
        spotted_by: kept.spotted_by.or(gone.spotted_by),
        visibility: kept.visibility.min(gone.visibility),
        ..kept
    }
}

/// The words that are not the entry's first.
fn phrases(kept: &Model, gone: &Model) -> Option<Phrases> {
    let first = |row: &Model| {
        row.source_phrase.clone().map(|text| Phrase { text, language: row.source_lang.clone() })
    };
    let further = |row: &Model| row.phrases.clone().unwrap_or_default().0;
    let mut all: Vec<Phrase> = Vec::new();
    let said = first(kept).into_iter().chain(further(kept)).chain(first(gone)).chain(further(gone));
    for phrase in said {
        if !all.contains(&phrase) {
            all.push(phrase);
        }
    }
    // The first stands in the entry itself.
    let further: Vec<Phrase> = all.into_iter().skip(1).take(MOST_PHRASES).collect();
    (!further.is_empty()).then_some(Phrases(further))
}

fn note(kept: Option<String>, gone: Option<String>) -> Option<String> {
    match (kept, gone) {
        (Some(kept), Some(gone)) if kept != gone => {
            let both = format!("{kept}\n\n{gone}");
            Some(if both.chars().count() > LONGEST_NOTE { kept } else { both })
        }
        (kept, gone) => kept.or(gone),
    }
}

fn links(kept: &serde_json::Value, gone: &serde_json::Value) -> serde_json::Value {
    let mut all: Vec<&serde_json::Value> = Vec::new();
    for link in [kept, gone].into_iter().filter_map(|links| links.as_array()).flatten() {
        if !all.contains(&link) && all.len() < MOST_LINKS {
            all.push(link);
        }
    }
    serde_json::json!(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        competence::Stance,
        id::{ConceptId, EntryId, TenantId},
        tenancy::Visibility,
        when,
    };
    use serde_json::json;

    fn entry(phrase: Option<&str>, level: Option<i64>, visibility: Visibility) -> Model {
        Model {
            tenant_id: TenantId::new(),
            id: EntryId::new(),
            concept_id: Some(ConceptId::new()),
            stance: Stance::Have,
            level,
            holders: level,
            note: phrase.map(str::to_owned),
            source_phrase: phrase.map(str::to_owned),
            source_lang: phrase.map(|_| "nb".to_owned()),
            phrases: None,
            position: None,
            evidence: json!(["https://a.example"]),
            target_level: None,
            target_date: None,
            spreading: None,
            occasion_id: None,
            group_id: None,
            spotted_by: None,
            visibility,
            version: 1,
            created_at: when::now(),
            updated_at: when::now(),
        }
    }

    #[test]
    fn the_highest_level_all_words_and_the_narrower_visibility_stay() {
        let kept = entry(Some("musikk"), Some(2), Visibility::Public);
        let mut gone = entry(Some("musikkformidling"), Some(4), Visibility::Private);
        gone.evidence = json!(["https://a.example", "https://b.example"]);
        let one = together(kept.clone(), gone);
        assert_eq!((one.id, one.level, one.holders), (kept.id, Some(4), Some(4)));
        assert_eq!(one.visibility, Visibility::Private);
        assert_eq!(one.source_phrase.as_deref(), Some("musikk"));
        let further = one.phrases.unwrap().0;
        assert_eq!(further.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), ["musikkformidling"]);
        assert_eq!(one.evidence, json!(["https://a.example", "https://b.example"]));
        assert_eq!(one.note.as_deref(), Some("musikk\n\nmusikkformidling"));
    }

    #[test]
    fn what_one_alone_has_is_kept() {
        let one = together(
            entry(None, None, Visibility::Consortium),
            entry(Some("musikk"), Some(1), Visibility::Public),
        );
        assert_eq!((one.level, one.source_phrase.as_deref()), (Some(1), Some("musikk")));
        assert_eq!((one.source_lang.as_deref(), one.phrases), (Some("nb"), None));
        assert_eq!(one.visibility, Visibility::Consortium);
    }
}
