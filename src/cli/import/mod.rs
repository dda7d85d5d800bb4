//! A list of competences from a file into a library's profile.
//!
//! Rules: the phrases go through the paste service, so that a file does what the same list pasted does. The entries' place is
//! the row's number. Nothing is written unless every row is good, or the good rows are, as asked. Rows of one stance,
//! level and visibility are one write; a file that mixes them is several, each whole, and the same command again goes
//! on. What the profile has is not changed, except that empty holders and notes are filled in.

mod read;
mod report;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::Args;

use self::{
    read::{Defaults, Row, Rows},
    report::{Outcome, Report},
};
use super::{language, node::open};
use crate::{
    app::App,
    auth::{Caller, Role},
    competence::{self, Competence, CompetenceChange, CompetenceFilter, Stance, paste},
    concept::words,
    config::Config,
    error::{Error, Result},
    id::TenantId,
    page::{MAX_FIRST, PageArgs},
    registry::tenant,
    tenancy::{TenantScope, Visibility},
    text::Lang,
};

#[derive(Args)]
pub struct Import {
    /// CSV with a header (phrase, and as wished stance, level, holders, note, visibility; comma, semicolon or tabulator between),
    /// or a plain list, a line an entry. UTF-8.
    file: PathBuf,
    /// Slug of the library whose profile it goes into.
    #[arg(long)]
    tenant: String,
    /// The language of the phrases; that of the library's country when left out.
    #[arg(long, value_parser = language)]
    language: Option<Lang>,
    /// Of rows that say nothing else: have or want.
    #[arg(long, default_value = "have", value_parser = read::stance)]
    stance: Stance,
    /// Of rows that say nothing else: private, sealed, consortium or public.
    #[arg(long, default_value = "private", value_parser = read::visibility)]
    visibility: Visibility,
    /// Tells what would happen and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Writes the good rows when others are refused.
    #[arg(long)]
    partial: bool,
}

impl Import {
    /// Fails when a row was refused.
    pub async fn run(self, config: &Config) -> Result<ExitCode> {
        let bytes = std::fs::read(&self.file)
            .map_err(|error| Error::internal(format!("{}: {error}", self.file.display())))?;
        let named_csv = self.file.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        let defaults = Defaults { stance: self.stance, visibility: self.visibility };
        let rows = read::rows(&bytes, named_csv, &defaults)
            .map_err(|why| Error::internal(format!("{}: {why}", self.file.display())))?;
        let app = open(config).await?;
        let scope = self.scope(&app).await?;
        let report = self.bring_in(&scope, rows).await?;
        print!("{report}");
        Ok(if report.refused() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// Somebody of the library.
    async fn scope(&self, app: &App) -> Result<Target> {
        let found = tenant::service::by_slug(&app.scope(super::operator()), &self.tenant).await?;
        let language = self.language.unwrap_or(match found.country.as_str() {
            "SE" => Lang::Sv,
            "DK" => Lang::Da,
            "FI" => Lang::Fi,
            _ => Lang::Nb,
        });
        let caller = Caller::new(found.id, "command-line", Role::Editor);
        Ok(Target { scope: app.scope(caller), tenant: found.id, language })
    }

    async fn bring_in(&self, to: &Target, rows: Rows) -> Result<Report> {
        let words = words::of_node(&to.scope).await?;
        // First without writing: the refusals of all rows, of every paste.
        let mut report = Report::new(&rows);
        for group in groups(&rows) {
            let pasted = to.paste(&group, paste::PasteMode::GoodLines, true).await?;
            report.add(pasted, group.stance, &words);
        }
        if self.dry_run {
            return Ok(report);
        }
        if report.refused() > 0 && !self.partial {
            report.outcome = Outcome::Refused;
            return Ok(report);
        }
        let mode = match self.partial {
            true => paste::PasteMode::GoodLines,
            false => paste::PasteMode::AllOrNothing,
        };
        let mut report = Report::new(&rows);
        report.outcome = Outcome::Written;
        for group in groups(&rows) {
            let pasted = to.paste(&group, mode, false).await?;
            report.filled += to.fill_in(&group, &pasted).await?;
            report.add(pasted, group.stance, &words);
        }
        Ok(report)
    }
}

/// Rows that one paste can take.
struct Group<'a> {
    stance: Stance,
    level: Option<i64>,
    visibility: Visibility,
    rows: Vec<&'a Row>,
}

/// The good rows, by what a paste says for all of its lines, in the order in which the file begins them.
fn groups(rows: &Rows) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for row in rows.good() {
        let same =
            |g: &&mut Group<'_>| (g.stance, g.level, g.visibility) == (row.stance, row.level, row.visibility);
        match groups.iter_mut().find(same) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group {
                stance: row.stance,
                level: row.level,
                visibility: row.visibility,
                rows: vec![row],
            }),
        }
    }
    groups
}

/// Whose profile, and in which language.
struct Target {
    scope: TenantScope,
    tenant: TenantId,
    language: Lang,
}

impl Target {
    async fn paste(&self, group: &Group<'_>, mode: paste::PasteMode, dry_run: bool) -> Result<paste::Pasted> {
        // Each phrase on the line of its row's number, the others empty.
        let mut lines = vec![""; group.rows.last().map_or(0, |row| row.number)];
        for row in &group.rows {
            if let Some(line) = lines.get_mut(row.number - 1) {
                *line = &row.phrase;
            }
        }
        let list = paste::Paste {
            text: lines.join("\n"),
            language: self.language,
            stance: group.stance,
            visibility: Some(group.visibility),
            level: group.level,
            mode,
            unmapped: paste::UnmappedWords::Keep,
            dry_run,
        };
        paste::service::paste(&self.scope, list).await
    }

    /// Puts holders and notes on the entries of the rows that have them, where the entries have none. How many.
    async fn fill_in(&self, group: &Group<'_>, pasted: &paste::Pasted) -> Result<usize> {
        let more: BTreeMap<i64, &Row> = group
            .rows
            .iter()
            .filter(|row| row.holders.is_some() || row.note.is_some())
            .map(|row| (row.number as i64, *row))
            .collect();
        if more.is_empty() {
            return Ok(0);
        }
        let entries = self.entries(group.stance).await?;
        let mut filled = 0;
        for line in &pasted.lines {
            let Some(row) = more.get(&line.number) else { continue };
            for part in line.parts.iter().filter(|part| part.outcome != paste::PasteOutcome::Doubled) {
                let meant = |entry: &&Competence| match part.concept_id {
                    Some(id) => entry.concept.as_ref().is_some_and(|concept| concept.id == id),
                    None => entry.concept.is_none() && entry.source_phrase.as_ref() == Some(&part.part),
                };
                let Some(entry) = entries.iter().find(meant) else { continue };
                let change = CompetenceChange {
                    holders: row.holders.filter(|_| entry.holders.is_none()),
                    note: row.note.clone().filter(|_| entry.note.is_none()),
                    ..CompetenceChange::default()
                };
                if change.holders.is_some() || change.note.is_some() {
                    competence::service::change(&self.scope, entry.id, entry.version, change).await?;
                    filled += 1;
                }
            }
        }
        Ok(filled)
    }

    /// The library's own entries of a stance.
    async fn entries(&self, stance: Stance) -> Result<Vec<Competence>> {
        let filter = || CompetenceFilter {
            tenant_id: Some(self.tenant),
            stance: Some(stance),
            ..CompetenceFilter::default()
        };
        let (mut entries, mut after) = (Vec::new(), None);
        loop {
            let page = PageArgs { first: Some(MAX_FIRST), after };
            let page = competence::service::list(&self.scope, filter(), page).await?;
            entries.extend(page.items);
            after = page.next_cursor;
            if after.is_none() {
                return Ok(entries);
            }
        }
    }
}
