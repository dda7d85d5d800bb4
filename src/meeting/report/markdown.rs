//! The report as CommonMark: short, with headings and lists, and no ids.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{MeetingReport, ReportedCommitment, ReportedExercise, ReportedNote, words};
use crate::{
    commitment::CommitmentStatus,
    meeting::{AgendaItem, Meeting, exercise::ExerciseKind},
    text::Languages,
};

pub fn write(report: &MeetingReport, languages: &Languages) -> String {
    let mut paper = Paper { out: String::new(), languages };
    paper.head(report);
    paper.body(report);
    paper.trim();
    paper.line("");
    paper.out
}

/// What somebody wrote, on one line, so that nothing of it is markup.
fn plain(text: &str) -> String {
    escaped(text, true)
}

/// The same behind the mark of a heading, where no list begins.
fn heading(text: &str) -> String {
    escaped(text, false)
}

fn escaped(text: &str, begins: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    for (at, letter) in line.char_indices() {
        let is_markup =
            matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#');
        let begins_a_block = begins && at == 0 && matches!(letter, '+' | '-' | '=');
        let ends_a_number =
            begins && at > 0 && line.len() - numbered.len() == at && matches!(letter, '.' | ')');
        if is_markup || begins_a_block || ends_a_number {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// An address, which was checked to be one of https when it was taken in.
fn link(url: &str) -> String {
    let mut out = String::from("<");
    for letter in url.chars() {
        match letter {
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            c if c.is_whitespace() => out.push_str("%20"),
            c => out.push(c),
        }
    }
    out.push('>');
    out
}

struct Paper<'r> {
    out: String,
    languages: &'r Languages,
}

impl Paper<'_> {
    fn word(&self, key: &str) -> String {
        words::word(key, self.languages)
    }

    fn line(&mut self, line: &str) {
        // Into a string nothing fails.
        let _ = writeln!(self.out, "{line}");
    }

    /// One empty line, and no more, before what comes.
    fn trim(&mut self) {
        self.out.truncate(self.out.trim_end().len());
    }

    fn section(&mut self, key: &str) {
        let title = self.word(key);
        self.trim();
        self.line(&format!("\n\n## {title}\n"));
    }

    fn item(&mut self, text: &str) {
        self.line(&format!("- {text}"));
    }

    fn fact(&mut self, key: &str, text: &str) {
        let name = self.word(key);
        self.item(&format!("{name}: {text}"));
    }

    fn head(&mut self, report: &MeetingReport) {
        let meeting = &report.meeting;
        self.line(&format!("# {}\n", heading(&meeting.title.text)));
        let number = meeting.number.map(|n| self.word("number").replace("{n}", &n.to_string()));
        let series = report.series_title.as_ref().map(|title| plain(&title.text));
        let of: Vec<String> = series.into_iter().chain(number).collect();
        if !of.is_empty() {
            self.line(&format!("*{}*\n", of.join(", ")));
        }
        if let Some(when) = self.when(meeting) {
            self.fact("when", &when);
        }
        if let Some(place) = &meeting.place {
            self.fact("where", &plain(place));
        }
        if let Some(url) = &meeting.link {
            self.fact("online", &link(url));
        }
        let by: Vec<String> = [&report.consortium_name, &report.group_name]
            .into_iter()
            .flatten()
            .map(|name| plain(&name.text))
            .collect();
        if !by.is_empty() {
            self.fact("by", &by.join(", "));
        }
    }

    fn when(&self, meeting: &Meeting) -> Option<String> {
        let Some(starts) = meeting.starts_at else {
            return Some(words::date(meeting.held.as_deref()?, self.languages));
        };
        let zone = zone(meeting);
        let (day, from) = (words::day(starts.with_timezone(&zone).date_naive()), clock(starts, zone));
        let to = meeting.ends_at.map(|ends| {
            let other = words::day(ends.with_timezone(&zone).date_naive());
            if other == day {
                format!("–{}", clock(ends, zone))
            } else {
                format!(" – {other} {}", clock(ends, zone))
            }
        });
        Some(format!("{day} {from}{} ({})", to.unwrap_or_default(), zone.name()))
    }

    fn body(&mut self, report: &MeetingReport) {
        let meeting = &report.meeting;
        if let Some(summary) = &meeting.summary {
            self.section("summary");
            let parts: Vec<String> = summary
                .text
                .replace('\r', "")
                .split("\n\n")
                .map(plain)
                .filter(|part| !part.is_empty())
                .collect();
            self.line(&parts.join("\n\n"));
        }
        if !meeting.goals.is_empty() {
            self.section("goals");
            for goal in &meeting.goals {
                let end =
                    goal.reached.map(|reached| self.word(if reached { "reached" } else { "not_reached" }));
                let remark = goal.remark.as_deref().map(plain);
                let said: Vec<String> = end.into_iter().chain(remark).collect();
                let said = if said.is_empty() { String::new() } else { format!(" — {}", said.join(": ")) };
                self.item(&format!("{}{said}", plain(&goal.text.text)));
            }
        }
        if !meeting.agenda.is_empty() {
            self.section("programme");
            let zone = zone(meeting);
            for part in &meeting.agenda {
                let part = self.part(part, zone);
                self.item(&part);
            }
        }
        if !report.attendances.is_empty() {
            self.section("attending");
            for one in &report.attendances {
                self.item(&format!("{}: {}", plain(&one.name.text), one.people));
            }
            let all: i64 = report.attendances.iter().map(|one| one.people).sum();
            self.fact("together", &all.to_string());
        }
        let (aside, during): (Vec<_>, Vec<_>) = report.exercises.iter().partition(|reported| {
            matches!(reported.exercise.kind, ExerciseKind::Homework | ExerciseKind::Comments)
        });
        if !during.is_empty() {
            self.section("results");
            for exercise in during {
                self.exercise(exercise);
            }
        }
        if !report.commitments.is_empty() {
            self.section("commitments");
            for commitment in &report.commitments {
                let said = self.commitment(commitment);
                self.item(&said);
            }
        }
        for (key, kind) in [("homework", ExerciseKind::Homework), ("comments", ExerciseKind::Comments)] {
            let those: Vec<_> = aside.iter().filter(|reported| reported.exercise.kind == kind).collect();
            if !those.is_empty() {
                self.section(key);
                for exercise in those {
                    self.exercise(exercise);
                }
            }
        }
        if !meeting.documents.is_empty() {
            self.section("documents");
            for document in &meeting.documents {
                self.item(&format!("{}: {}", plain(&document.title), link(&document.url)));
            }
        }
        if !report.whole {
            let more = self.word("more");
            self.line(&format!("\n*{more}*"));
        }
    }

    fn part(&self, part: &AgendaItem, zone: Tz) -> String {
        let mut said = match (part.starts_at, part.ends_at) {
            (Some(from), Some(to)) => format!("{}–{} ", clock(from, zone), clock(to, zone)),
            _ => String::new(),
        };
        said += &plain(&part.title.text);
        if let Some(speaker) = &part.speaker {
            let _ = write!(said, " ({})", plain(speaker));
        }
        if !part.slides.is_empty() {
            let slides: Vec<String> = part.slides.iter().map(|url| link(url)).collect();
            let _ = write!(said, ", {}: {}", self.word("slides"), slides.join(" "));
        }
        said
    }

    fn exercise(&mut self, reported: &ReportedExercise) {
        self.line(&format!("### {}\n", heading(&reported.exercise.title.text)));
        if let Some(due) = &reported.exercise.due {
            let (name, due) = (self.word("due"), words::date(due, self.languages));
            self.line(&format!("*{name}: {due}*\n"));
        }
        if reported.answers.is_empty() {
            let nothing = self.word("nothing");
            self.line(&format!("{nothing}\n"));
            return;
        }
        for answers in &reported.answers {
            if let Some(question) = &answers.question {
                self.line(&format!("**{}**\n", plain(&question.text)));
            }
            if answers.notes.is_empty() {
                let nothing = self.word("nothing");
                self.line(&nothing);
            }
            // What people think at the end is told together, and not whose it was.
            let together = reported.exercise.kind == ExerciseKind::Exit;
            if together && !answers.notes.is_empty() {
                let answered = self.word("answered").replace("{n}", &answers.libraries.to_string());
                self.line(&format!("*{answered}*\n"));
            }
            for note in &answers.notes {
                let line = if together { plain(&note.text) } else { note_line(note) };
                self.item(&line);
            }
            self.line("");
        }
        self.trim();
        self.line("\n");
    }

    fn commitment(&self, commitment: &ReportedCommitment) -> String {
        let mut said = format!("{}: {}", plain(&commitment.tenant_name.text), plain(&commitment.text));
        let with: Vec<String> = commitment
            .with
            .iter()
            .map(|name| plain(&name.text))
            .chain(commitment.others.iter().map(|name| plain(name)))
            .collect();
        if !with.is_empty() {
            let _ = write!(said, ", {} {}", self.word("with"), with.join(", "));
        }
        let due = commitment
            .due
            .as_deref()
            .map(|due| format!("{} {}", self.word("due"), words::date(due, self.languages)));
        let state = match commitment.status {
            CommitmentStatus::Open => "status.open",
            CommitmentStatus::Done => "status.done",
            CommitmentStatus::Dropped => "status.dropped",
            CommitmentStatus::Moved => "status.moved",
        };
        let marks: Vec<String> = due.into_iter().chain([self.word(state)]).collect();
        let _ = write!(said, " ({})", marks.join(", "));
        said
    }
}

fn note_line(note: &ReportedNote) -> String {
    let mut said = plain(&note.text);
    if let Some(concept) = &note.concept {
        let _ = write!(said, " → {}", plain(&concept.label.text));
    }
    let who = note.group_name.as_ref().unwrap_or(&note.tenant_name);
    let _ = write!(said, " — {}", plain(&who.text));
    said
}

fn zone(meeting: &Meeting) -> Tz {
    meeting.time_zone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
}

fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::{heading, link, plain};

    #[test]
    fn what_somebody_wrote_is_no_markup() {
        for (text, told) in [
            ("kat & klass", "kat \\& klass"),
            ("# Overskrift", "\\# Overskrift"),
            ("- punkt\n- to", "\\- punkt - to"),
            ("1. juni", "1\\. juni"),
            ("2010", "2010"),
            ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
            ("[her](https://example.org)", "\\[her\\](https://example.org)"),
            ("a\\*b*", "a\\\\\\*b\\*"),
            ("barn (0–100)", "barn (0–100)"),
            ("   ", ""),
        ] {
            assert_eq!(plain(text), told);
        }
        assert_eq!((heading("2. kursusdag"), heading("Om C #")), ("2. kursusdag".into(), "Om C \\#".into()));
        assert_eq!(link("https://example.org/a b>c"), "<https://example.org/a%20b%3Ec>");
    }
}
