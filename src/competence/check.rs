//! What an entry may hold.

use super::{CompetenceChange, Model, NewCompetence, Spreading, Stance};
use crate::{
    error::{Result, Violations},
    text::Lang,
};

pub const LONGEST_PHRASE: usize = 300;
const LONGEST_NOTE: usize = 2_000;
const LONGEST_LINK: usize = 500;
const MOST_LINKS: usize = 10;
const MOST_STEPS: usize = 20;
const LONGEST_STEP: usize = 300;
const MOST_HOLDERS: i64 = 100_000;

pub fn new(input: &NewCompetence) -> Result<()> {
    let mut violations = Violations::default();
    violations.text_if("sourcePhrase", input.source_phrase.as_deref(), LONGEST_PHRASE);
    match (&input.concept_id, &input.source_phrase, input.language) {
        (None, None, _) => violations.add("conceptId", "required"),
        (_, Some(_), None) => violations.add("language", "required"),
        _ => {}
    }
    fields(
        &mut violations,
        input.level,
        input.holders,
        input.note.as_deref(),
        input.target_level,
        input.target_date.as_deref(),
    );
    spreading(&mut violations, input.spreading.as_ref());
    links(&mut violations, &input.evidence);
    targets(&mut violations, input.stance, input.target_level.is_some(), input.target_date.is_some());
    violations.done()
}

pub fn change(input: &CompetenceChange) -> Result<()> {
    let mut violations = Violations::default();
    fields(
        &mut violations,
        input.level,
        input.holders,
        input.note.as_deref(),
        input.target_level,
        input.target_date.as_deref(),
    );
    spreading(&mut violations, input.spreading.as_ref());
    links(&mut violations, input.evidence.as_deref().unwrap_or_default());
    violations.done()
}

/// An entry as it would become.
pub fn changed(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    targets(&mut violations, row.stance, row.target_level.is_some(), row.target_date.is_some());
    if row.concept_id.is_none() && row.source_phrase.is_none() {
        violations.add("conceptId", "required");
    }
    violations.done()
}

fn fields(
    violations: &mut Violations,
    level: Option<i64>,
    holders: Option<i64>,
    note: Option<&str>,
    target_level: Option<i64>,
    target_date: Option<&str>,
) {
    violations.between("level", level, 1, 4);
    violations.between("holders", holders, 0, MOST_HOLDERS);
    violations.text_if("note", note, LONGEST_NOTE);
    violations.between("targetLevel", target_level, 1, 4);
    violations.edtf("targetDate", target_date);
}

fn targets(violations: &mut Violations, stance: Stance, level: bool, date: bool) {
    if stance == Stance::Want {
        return;
    }
    for (given, path) in [(level, "targetLevel"), (date, "targetDate")] {
        if given {
            violations.add(path, "only_for_want");
        }
    }
}

fn spreading(violations: &mut Violations, plan: Option<&Spreading>) {
    let Some(plan) = plan else { return };
    violations.between("spreading/keyHolders", plan.key_holders, 0, MOST_HOLDERS);
    violations.between("spreading/targetPercent", plan.target_percent, 1, 100);
    if plan.steps.len() > MOST_STEPS {
        violations.add_with("spreading/steps", "too_many", &[("max", &MOST_STEPS.to_string())]);
    }
    for (n, step) in plan.steps.iter().take(MOST_STEPS).enumerate() {
        violations.text(&format!("spreading/steps/{n}/text"), &step.text, LONGEST_STEP);
        violations.edtf(&format!("spreading/steps/{n}/due"), step.due.as_deref());
    }
}

fn links(violations: &mut Violations, links: &[String]) {
    if links.len() > MOST_LINKS {
        violations.add_with("evidence", "too_many", &[("max", &MOST_LINKS.to_string())]);
        return;
    }
    for (n, link) in links.iter().enumerate() {
        let path = format!("evidence/{n}");
        if violations.text(&path, link, LONGEST_LINK) && !is_https(link) {
            violations.add(&path, "url");
        }
        if links.iter().take(n).any(|before| before == link) {
            violations.add(&path, "duplicate");
        }
    }
}

/// A full https address: a host with a dot, no spaces, no credentials.
pub fn is_https(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':');
    !text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\\'))
        && host.chars().all(letters)
        && name.contains('.')
        && name.split('.').all(|label| !label.is_empty())
}

/// The tag of a language as it is kept.
pub fn tag(language: Option<Lang>) -> Option<String> {
    language.map(|language| language.tag().to_owned())
}

#[cfg(test)]
mod tests {
    use super::is_https;

    #[test]
    fn only_full_https_addresses_are_evidence() {
        for good in
            ["https://example.org", "https://bibliotek.example.no:8443/a?b=c#d", "https://øst.example/å"]
        {
            assert!(is_https(good), "{good}");
        }
        for bad in [
            "http://example.org",
            "https://",
            "https://localhost/x",
            "https://user:secret@example.org/",
            "https://example.org/a b",
            "https://example..org",
            "javascript:alert(1)",
            "https://exa<mple.org",
        ] {
            assert!(!is_https(bad), "{bad}");
        }
    }
}
