//! A release of one measure of one concept.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    attacker::{Index, View},
    intake::{self, Part},
    model::{
        Audience, Cell, Contribution, Fault, Group, History, Outcome, Row, Rules, Snapshot, Status, Tenant,
        Told, Variable,
    },
    narrowing::{Fresh, Narrowing},
    set::Set,
    structure::Structure,
    value::{Verdict, least_contributors, verdict},
};

/// Decides which sealed sums an audience gets now.
///
/// Totals go first, then what the consortium has declared to be next: an earlier cell may cost a later one, never the
/// other way round. The steps are those of the module's page. The same question has the same answer, always.
///
/// # Errors
/// [`Fault`] when what comes in contradicts itself or the history; nothing is released then.
pub fn release(rules: &Rules, snapshot: &Snapshot, history: &History) -> Result<Outcome, Fault> {
    let given = intake::check(snapshot)?;
    let mut history = intake::remember(history, snapshot)?;
    let parts = intake::parts(rules, snapshot, &given);
    let index = Index::of(&history);
    let views = View::of(&index, &history, snapshot.audience, rules.level);
    let sealed: Vec<Set> = parts.iter().map(|(_, part)| index.set(part.sealed.iter().copied())).collect();
    let mut readers: Vec<Reader> =
        views.iter().map(|view| Reader::new(rules, snapshot, &history, &index, view, &sealed)).collect();
    let exposed = readers.iter().flat_map(|reader| reader.structure.exposed()).collect::<BTreeSet<usize>>();

    let mut fresh = Vec::new();
    let mut low = Vec::new();
    for (group, (name, part)) in parts.iter().enumerate() {
        let kept = intake::standing(&history, snapshot, &given, name);
        // An unchanged sum keeps its date, as one that cannot be renewed does: the two look the same.
        if part.sealed.is_empty() || kept.is_some_and(|row| row.variables == part.sealed) {
            continue;
        }
        match judge(&mut readers, group) {
            Judged::Fine => {
                fresh.push(Fresh { group, variables: sealed[group].clone(), sum: part.sealed_sum });
            }
            Judged::Low => low.push(group),
            Judged::Withheld => {}
        }
    }
    let low_sets: Vec<Set> = low.iter().map(|group| sealed[*group].clone()).collect();
    for view in &views {
        let measure = snapshot.measure;
        Narrowing { index: &index, history: &history, view, measure, rules, low: &low_sets }
            .settle(&mut fresh);
    }

    let tenant = |number: usize| index.variables.iter().zip(&index.tenant).find(|(_, t)| **t == number);
    let exposed = exposed.into_iter().filter_map(|n| tenant(n).map(|(v, _)| v.tenant)).collect();
    let published: BTreeMap<usize, u64> = fresh.iter().map(|cell| (cell.group, cell.sum)).collect();
    let cells = settle(snapshot, &mut history, &given, &parts, &published, &low, rules);
    intake::forget(&mut history, snapshot);
    Ok(Outcome { cells, history, exposed })
}

/// One readership, its sums so far, and the cells as it sees them.
struct Reader<'r> {
    structure: Structure<'r>,
    /// The hidden variables of each group.
    rows: Vec<Set>,
    verdicts: Vec<Verdict>,
    least: usize,
    /// The groups that must not be told, and do not follow from what is out already.
    failing: Vec<usize>,
}

impl<'r> Reader<'r> {
    fn new(
        rules: &Rules,
        snapshot: &Snapshot,
        history: &History,
        index: &'r Index,
        view: &'r View,
        sealed: &[Set],
    ) -> Self {
        let out: Vec<Set> = history
            .rows
            .iter()
            .enumerate()
            .filter(|(at, row)| view.reads(*at, row) && matches!(row.told, Told::Sum { .. }))
            .map(|(_, row)| index.set(row.variables.iter().copied()).and(&view.hidden))
            .collect();
        let rows: Vec<Set> = sealed.iter().map(|set| set.and(&view.hidden)).collect();
        let mut structure = Structure::new(index, view, out.iter().chain(&rows));
        structure.start(out.iter());
        let values: BTreeMap<usize, u64> = snapshot
            .contributions
            .iter()
            .filter_map(|c| index.number(c.variable).map(|number| (number, c.value)))
            .collect();
        let least = least_contributors(snapshot.measure, rules);
        let verdicts: Vec<Verdict> = rows
            .iter()
            .map(|row| {
                verdict(snapshot.measure, rules, row.iter().filter_map(|n| values.get(&n).copied()).collect())
            })
            .collect();
        let failing = (0..rows.len())
            .filter(|group| rows[*group].count() >= least && verdicts[*group] != Verdict::Fine)
            .filter(|group| !structure.told(&rows[*group]))
            .collect();
        Self { structure, rows, verdicts, least, failing }
    }
}

enum Judged {
    Fine,
    /// Only its smallness speaks against it.
    Low,
    Withheld,
}

/// First what looks at no value, so that a refusal tells nothing; then the values.
fn judge(readers: &mut [Reader], group: usize) -> Judged {
    let mut got = Vec::new();
    for reader in readers.iter() {
        let row = &reader.rows[group];
        let few = !row.is_empty() && row.count() < reader.least;
        let Some(next) = (!few).then(|| reader.structure.with(row)).flatten() else {
            return Judged::Withheld;
        };
        got.push(next);
    }
    let verdicts: Vec<Verdict> = readers
        .iter()
        .filter(|reader| !reader.rows[group].is_empty())
        .map(|reader| reader.verdicts[group])
        .collect();
    if verdicts.first() == Some(&Verdict::Low) {
        return Judged::Low;
    }
    // What would follow from published sums counts as published.
    let tells = |reader: &Reader, got| {
        reader.failing.iter().any(|other| reader.structure.follows(got, &reader.rows[*other]))
    };
    if verdicts.iter().any(|verdict| *verdict != Verdict::Fine)
        || readers.iter().zip(&got).any(|(reader, got)| tells(reader, got))
    {
        return Judged::Withheld;
    }
    for (reader, got) in readers.iter_mut().zip(got) {
        reader.structure.take(got);
    }
    Judged::Fine
}

/// Writes down what is told now, and says it.
fn settle(
    snapshot: &Snapshot,
    history: &mut History,
    given: &BTreeMap<Tenant, &Contribution>,
    parts: &[(Group, Part)],
    published: &BTreeMap<usize, u64>,
    low: &[usize],
    rules: &Rules,
) -> Vec<Cell> {
    let mut shown: Vec<Option<Row>> = Vec::new();
    for (n, (group, part)) in parts.iter().enumerate() {
        let row = |told: Told| Row {
            audience: snapshot.audience,
            group: group.clone(),
            as_of: snapshot.as_of.to_owned(),
            variables: part.sealed.clone(),
            told,
        };
        shown.push(match published.get(&n) {
            Some(sum) => Some(row(Told::Sum { sum: *sum, stands: true })),
            None => intake::standing(history, snapshot, given, group).cloned(),
        });
    }
    // What stands is exactly what is shown now.
    for row in history.rows.iter_mut().filter(|row| row.audience == snapshot.audience) {
        let again = shown.iter().flatten().any(|shown| shown == row);
        if let Told::Sum { stands, .. } = &mut row.told {
            *stands &= again;
        }
    }
    for n in 0..parts.len() {
        let (group, part) = &parts[n];
        if published.contains_key(&n) {
            history.rows.extend(shown[n].clone());
        } else if low.contains(&n) {
            let variables: BTreeSet<Variable> = part.sealed.clone();
            let told = Told::AtMost(rules.least_sum.saturating_sub(1));
            let known = history.rows.iter().any(|row| {
                row.audience == snapshot.audience && row.told == told && row.variables == variables
            });
            if !known {
                let as_of = snapshot.as_of.to_owned();
                let group = group.clone();
                history.rows.push(Row { audience: snapshot.audience, group, as_of, variables, told });
            }
        }
    }
    parts.iter().zip(&shown).map(|((group, part), row)| cell(snapshot, group, part, row.as_ref())).collect()
}

fn cell(snapshot: &Snapshot, group: &Group, part: &Part, shown: Option<&Row>) -> Cell {
    let told = |row: &Row| match row.told {
        Told::Sum { sum, .. } => Some(sum),
        Told::AtMost(_) => None,
    };
    let nobody = part.sealed.is_empty();
    let sealed = if nobody { Some(0) } else { shown.and_then(told) };
    let shown = shown.filter(|_| !nobody);
    let status = match (sealed, part.open.is_empty()) {
        (Some(_), _) => Status::Full,
        (None, false) => Status::OpenOnly,
        (None, true) => Status::Nothing,
    };
    Cell {
        group: group.clone(),
        open: part.open_sum,
        sealed,
        value: (status != Status::Nothing).then_some(part.open_sum + sealed.unwrap_or(0)),
        status,
        open_contributors: part.open.len(),
        sealed_contributors: shown.map_or(part.sealed.len(), |row| row.variables.len()),
        as_of: shown.map_or(snapshot.as_of, |row| &row.as_of).to_owned(),
    }
}

/// Whose values would follow from the releases so far if this one became an open fact to an audience, or was named to
/// another library. A release cannot help that; who opens a value should know.
pub fn exposed_by(
    rules: &Rules,
    history: &History,
    variable: Variable,
    open: Option<Audience>,
    named: &BTreeSet<Tenant>,
) -> BTreeSet<Tenant> {
    let mut then = history.clone();
    if let Some(past) = then.variables.get_mut(&variable) {
        past.open = past.open.max(open);
        past.named.extend(named.iter().copied());
    }
    let now = exposed(rules, history);
    exposed(rules, &then).difference(&now).copied().collect()
}

/// Whose values follow from the releases so far.
pub fn exposed(rules: &Rules, history: &History) -> BTreeSet<Tenant> {
    let index = Index::of(history);
    let mut out = BTreeSet::new();
    for view in View::of(&index, history, Audience::Public, rules.level) {
        let rows: Vec<Set> = history
            .rows
            .iter()
            .enumerate()
            .filter(|(at, row)| view.reads(*at, row) && matches!(row.told, Told::Sum { .. }))
            .map(|(_, row)| index.set(row.variables.iter().copied()).and(&view.hidden))
            .collect();
        let mut structure = Structure::new(&index, &view, rows.iter());
        structure.start(rows.iter());
        let numbers = structure.exposed();
        out.extend(
            index
                .variables
                .iter()
                .zip(&index.tenant)
                .filter(|(_, t)| numbers.contains(t))
                .map(|(v, _)| v.tenant),
        );
    }
    out
}
