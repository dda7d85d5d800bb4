//! What is asked of a table, from the parameters of an address or from a body: read strictly, every fault named with its
//! place, and none of it looked up yet.

use chrono::NaiveDate;

use super::{
    expression::listed,
    list::{List, TableOf},
    model::{StatPlacement, StatSelection, StatVariableSelection},
    source::StatCube,
    variable::Variable,
};
use crate::{
    error::{Code, Error, Result, Violations},
    text::Lang,
};

/// The parameters of an address, as they came.
pub type Pairs = Vec<(String, String)>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    JsonStat,
    Csv,
    Px,
    Xlsx,
}

pub const FORMATS: [(&str, Format); 4] =
    [("json-stat2", Format::JsonStat), ("csv", Format::Csv), ("px", Format::Px), ("xlsx", Format::Xlsx)];

/// What stands for a value in a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    Codes,
    #[default]
    Texts,
    CodesAndTexts,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    pub format: Format,
    pub show: Show,
    pub title: bool,
    pub separator: u8,
}

/// What is wished of one variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Where it stands in what was sent.
    at: At,
    pub variable: Variable,
    pub list: Option<List>,
    /// As it was named.
    pub codelist: Option<String>,
    /// The values that the list gathers, and not the list's own.
    pub single: bool,
    pub values: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum At {
    Address(String),
    Body(usize),
}

impl At {
    fn part(&self, part: &str) -> String {
        match self {
            // An address names a variable by selecting of it.
            Self::Address(variable) if part == "variableCode" => format!("valueCodes/{variable}"),
            Self::Address(variable) => format!("{part}/{variable}"),
            Self::Body(n) => format!("selection/{n}/{part}"),
        }
    }
}

impl Wish {
    /// The place of one of its expressions.
    pub fn pointer(&self, n: usize) -> String {
        format!("{}/{n}", self.at.part("valueCodes"))
    }

    fn of(variable: Variable, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Self {
            at: At::Address(variable.code().to_owned()),
            variable,
            list: None,
            codelist: None,
            single: false,
            values,
        }
    }
}

/// A question: the selected variables in the order of the answer, of which so many stand at the side.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub wishes: Vec<Wish>,
    pub stub: usize,
}

/// Faults in a selection have a code of their own, and the status that the shape has for them.
pub fn refused(violations: Violations) -> Result<()> {
    violations.done().map_err(|error| Error { code: Code::InvalidSelection, ..error })
}

/// A language that is asked for must be one.
pub fn language(lang: Option<&str>) -> Result<()> {
    let mut violations = Violations::default();
    check_language(lang, &mut violations);
    refused(violations)
}

fn check_language(lang: Option<&str>, violations: &mut Violations) {
    if lang.is_some_and(|lang| Lang::parse(lang).is_none()) {
        violations.add("lang", "language");
    }
}

/// Nobody reads more of a name that is none.
fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

/// What is selected when nothing is.
pub fn by_default(cube: StatCube) -> Question {
    let wishes = vec![
        Wish::of(Variable::Divided(cube.main()), &["*"]),
        Wish::of(Variable::Contents, &["*"]),
        Wish::of(Variable::Day, &["*"]),
    ];
    Question { wishes, stub: 1 }
}

/// The question of an address, and how its answer is to be written.
pub fn of_address(pairs: &Pairs, of: &TableOf) -> Result<(Question, Output)> {
    let mut violations = Violations::default();
    let mut raw: Vec<(At, StatVariableSelection)> = Vec::new();
    let mut placement = StatPlacement::default();
    let mut rest = Pairs::new();
    for (name, value) in pairs {
        let (word, variable) = match name.split_once('[') {
            Some((word, variable)) => (word.to_ascii_lowercase(), variable.strip_suffix(']')),
            None => (name.to_ascii_lowercase(), None),
        };
        if let (Some(variable), "valuecodes" | "codelist" | "outputvalues") = (variable, word.as_str()) {
            let at = raw.iter().position(|(_, one)| one.variable_code.eq_ignore_ascii_case(variable));
            let at = at.unwrap_or_else(|| {
                let variable_code = short(variable);
                raw.push((
                    At::Address(variable_code.clone()),
                    StatVariableSelection { variable_code, ..StatVariableSelection::default() },
                ));
                raw.len() - 1
            });
            let Some((_, one)) = raw.get_mut(at) else { continue };
            match word.as_str() {
                "valuecodes" => one.value_codes.extend(listed(value)),
                "codelist" => one.codelist = Some(value.clone()).filter(|id| !id.is_empty()),
                _ => one.output_values = Some(value.clone()),
            }
            continue;
        }
        match (variable, word.as_str()) {
            (None, "heading") => placement.heading.extend(listed(value)),
            (None, "stub") => placement.stub.extend(listed(value)),
            _ => rest.push((name.clone(), value.clone())),
        }
    }
    let output = output(&rest, &mut violations);
    let question = question(raw, &placement, of, &mut violations);
    refused(violations).map(|()| (question, output))
}

/// The question of a body.
pub fn of_body(body: StatSelection, pairs: &Pairs, of: &TableOf) -> Result<(Question, Output)> {
    let mut violations = Violations::default();
    let output = output(pairs, &mut violations);
    let raw = body.selection.into_iter().enumerate().map(|(n, one)| (At::Body(n), one)).collect();
    let question = question(raw, &body.placement.unwrap_or_default(), of, &mut violations);
    refused(violations).map(|()| (question, output))
}

fn output(pairs: &Pairs, violations: &mut Violations) -> Output {
    let mut output =
        Output { format: Format::default(), show: Show::default(), title: false, separator: b',' };
    let formats = FORMATS.map(|(name, _)| name).join(", ");
    let (mut shown, mut parted) = (false, false);
    let mut met: Vec<String> = Vec::new();
    for (name, value) in pairs {
        let lower = name.to_ascii_lowercase();
        // Several may add up; of the others each is said once.
        if lower != "outputformatparams" && met.contains(&lower) {
            violations.add(&short(name), "duplicate");
        }
        met.push(lower.clone());
        match lower.as_str() {
            "lang" => check_language(Some(value), violations),
            "outputformat" => match FORMATS.iter().find(|(name, _)| name.eq_ignore_ascii_case(value)) {
                Some((_, format)) => output.format = *format,
                None => violations.add_with("outputFormat", "unknown_format", &[("allowed", &formats)]),
            },
            "outputformatparams" => {
                for word in listed(value) {
                    let word = word.to_ascii_lowercase();
                    let show = [
                        ("usecodes", Show::Codes),
                        ("usetexts", Show::Texts),
                        ("usecodesandtexts", Show::CodesAndTexts),
                    ];
                    let separators =
                        [("separatortab", b'\t'), ("separatorspace", b' '), ("separatorsemicolon", b';')];
                    let at = "outputFormatParams";
                    // Two that contradict each other are one too many.
                    if let Some((_, show)) = show.iter().find(|(name, _)| *name == word) {
                        if std::mem::replace(&mut shown, true) && output.show != *show {
                            violations.add(at, "duplicate");
                        }
                        output.show = *show;
                    } else if let Some((_, separator)) = separators.iter().find(|(name, _)| *name == word) {
                        if std::mem::replace(&mut parted, true) && output.separator != *separator {
                            violations.add(at, "duplicate");
                        }
                        output.separator = *separator;
                    } else if word == "includetitle" {
                        output.title = true;
                    } else {
                        let allowed = "UseCodes, UseTexts, UseCodesAndTexts, IncludeTitle, SeparatorTab, \
                             SeparatorSpace, SeparatorSemicolon";
                        violations.add_with(at, "unknown_value", &[("allowed", allowed)]);
                    }
                }
            }
            _ => violations.add_with(&short(name), "unknown_field", &[("field", &short(name))]),
        }
    }
    output
}

fn question(
    raw: Vec<(At, StatVariableSelection)>,
    placement: &StatPlacement,
    of: &TableOf,
    violations: &mut Violations,
) -> Question {
    if raw.is_empty() && *placement == StatPlacement::default() {
        return by_default(of.0);
    }
    let by_address = raw.iter().all(|(at, _)| matches!(at, At::Address(_)));
    let mut wishes: Vec<Wish> = Vec::new();
    for (at, one) in raw {
        let Some(variable) = Variable::parse(of.0, &one.variable_code) else {
            let allowed = [("allowed", &*variables(of.0))];
            violations.add_with(&at.part("variableCode"), "unknown_variable", &allowed);
            continue;
        };
        if wishes.iter().any(|before| before.variable == variable) {
            violations.add(&at.part("variableCode"), "duplicate");
            continue;
        }
        let list = listed_by(&at, variable, &one, of, violations);
        let single = match one.output_values.as_deref() {
            None => false,
            Some(_) if list.is_none() => {
                unknown_list(&at.part("outputValues"), variable, of, violations);
                false
            }
            Some(word) if word.eq_ignore_ascii_case("single") => true,
            Some(word) if word.eq_ignore_ascii_case("aggregated") => false,
            Some(_) => {
                let allowed = [("allowed", "aggregated, single")];
                violations.add_with(&at.part("outputValues"), "unknown_value", &allowed);
                false
            }
        };
        wishes.push(Wish { at, variable, list, codelist: one.codelist, single, values: one.value_codes });
    }
    // Of what nothing is selected, nothing is divided by.
    wishes.retain(|wish| !wish.values.is_empty());
    for variable in Variable::all(of.0).filter(|variable| variable.mandatory()) {
        if wishes.iter().all(|wish| wish.variable != variable) {
            let at =
                if by_address { format!("valueCodes/{}", variable.code()) } else { "selection".to_owned() };
            violations.add_with(&at, "must_be_selected", &[("variable", variable.code())]);
        }
    }
    placed(of.0, wishes, placement, violations)
}

fn variables(cube: StatCube) -> String {
    Variable::all(cube).map(Variable::code).collect::<Vec<_>>().join(", ")
}

fn listed_by(
    at: &At,
    variable: Variable,
    one: &StatVariableSelection,
    of: &TableOf,
    violations: &mut Violations,
) -> Option<List> {
    let id = one.codelist.as_deref()?;
    let known = List::find(id).filter(|(list, whose)| {
        list.cube == of.0 && *whose == of.1 && variable == Variable::Divided(list.of)
    });
    if known.is_none() {
        unknown_list(&at.part("codelist"), variable, of, violations);
    }
    known.map(|(list, _)| list)
}

fn unknown_list(at: &str, variable: Variable, of: &TableOf, violations: &mut Violations) {
    let known = List::all(of.0).filter(|list| variable == Variable::Divided(list.of));
    let known: Vec<String> = known.map(|list| list.id(&of.1)).collect();
    let known = if known.is_empty() { "–".to_owned() } else { known.join(", ") };
    violations.add_with(at, "unknown_codelist", &[("allowed", &known)]);
}

/// The order of the answer. Without a wish the measures and the day stand on top; where only the side or only the top is
/// said, the rest is the other.
fn placed(
    cube: StatCube,
    wishes: Vec<Wish>,
    placement: &StatPlacement,
    violations: &mut Violations,
) -> Question {
    let mut named: Vec<Variable> = Vec::new();
    let mut read = |names: &[String], part: &str| -> Vec<Variable> {
        let mut out = Vec::new();
        for (n, name) in names.iter().enumerate() {
            let at = format!("{part}/{n}");
            match Variable::parse(cube, name) {
                None => violations.add_with(&at, "unknown_variable", &[("allowed", &variables(cube))]),
                Some(variable) if named.contains(&variable) => violations.add(&at, "duplicate"),
                Some(variable) if wishes.iter().all(|wish| wish.variable != variable) => {
                    violations.add_with(&at, "must_be_selected", &[("variable", variable.code())]);
                }
                Some(variable) => {
                    named.push(variable);
                    out.push(variable);
                }
            }
        }
        out
    };
    let mut stub = read(&placement.stub, "stub");
    let mut heading = read(&placement.heading, "heading");
    let selected = |variable: &Variable| wishes.iter().any(|wish| wish.variable == *variable);
    let rest: Vec<Variable> =
        Variable::all(cube).filter(selected).filter(|variable| !named.contains(variable)).collect();
    match (stub.is_empty(), heading.is_empty()) {
        (true, true) => {
            let (top, side): (Vec<_>, Vec<_>) = rest.into_iter().partition(|variable| variable.mandatory());
            stub = side;
            heading = top;
        }
        (false, true) => heading = rest,
        _ => stub.extend(rest),
    }
    let side = stub.len();
    let order: Vec<Variable> = stub.into_iter().chain(heading).collect();
    let place = |wish: &Wish| order.iter().position(|variable| *variable == wish.variable);
    let mut wishes = wishes;
    wishes.sort_by_key(place);
    Question { wishes, stub: side }
}

impl Question {
    pub fn divides_by(&self, dimension: &str) -> bool {
        self.wishes.iter().any(|wish| matches!(wish.variable, Variable::Divided(of) if of == dimension))
    }

    /// The day that is asked for: today, or any other that is named, one at a time; none after the latest.
    pub fn day(&self, today: NaiveDate, latest: Option<NaiveDate>) -> Result<NaiveDate> {
        let mut violations = Violations::default();
        let code = today.to_string();
        let codes = super::expression::Codes::new([code.as_str()], true);
        let mut day = None;
        for wish in self.wishes.iter().filter(|wish| wish.variable == Variable::Day) {
            for (n, text) in wish.values.iter().enumerate() {
                let found = match text.parse::<NaiveDate>() {
                    // Written as we write it, so that the answer has the code that was asked for.
                    Ok(named) if named.to_string() == *text => {
                        violations.day(&wish.pointer(n), Some(named));
                        if violations.is_empty() && latest.is_some_and(|latest| named > latest) {
                            violations.add(&wish.pointer(n), "in_the_future");
                        }
                        Some(named)
                    }
                    _ => match codes.select(std::slice::from_ref(text)) {
                        Ok(places) => (!places.is_empty()).then_some(today),
                        Err((_, fault)) => {
                            violations.add(&wish.pointer(n), fault);
                            None
                        }
                    },
                };
                if let (Some(day), Some(found)) = (day, found)
                    && day != found
                {
                    violations.add_with(&wish.pointer(n), "too_many", &[("max", "1")]);
                }
                day = day.or(found);
            }
            if day.is_none() && violations.is_empty() {
                violations.add(&wish.pointer(0), "unknown_code");
            }
        }
        refused(violations).map(|()| day.unwrap_or(today))
    }
}
