//! What a consultant can do with the service, number by number, and which story shows it. A story says so above itself:
//! `/// Shows 43, 45 by createMeeting, meetings.`; the operations are called by their names of GraphQL, which REST has too.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::{Path, PathBuf},
};

use samvirke::{app, graphql};

/// The numbers that the product is measured by; not all are reached yet, and the file says which.
const NUMBERS: std::ops::RangeInclusive<u16> = 1..=170;

/// One story that shows one capability.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shown {
    test: String,
    operations: Vec<String>,
}

#[derive(Debug, PartialEq)]
struct Line {
    numbers: Vec<u16>,
    operations: Vec<String>,
}

/// Reads `/// Shows 43, 45 by createMeeting, meetings.`; what begins so and is nothing of the kind is an error.
fn line(text: &str) -> Option<Result<Line, String>> {
    let said = text.trim_start().strip_prefix("/// Shows ")?;
    // A sentence that happens to begin with the word is none.
    if !said.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parse = || {
        let (numbers, operations) = said.trim_end().strip_suffix('.')?.split_once(" by ")?;
        let numbers = numbers.split(", ").map(|n| n.parse().ok()).collect::<Option<Vec<u16>>>()?;
        let named = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
        let operations: Vec<String> = operations.split(", ").map(str::to_owned).collect();
        (numbers.iter().all(|n| NUMBERS.contains(n)) && operations.iter().all(|name| named(name)))
            .then_some(Line { numbers, operations })
    };
    Some(parse().ok_or_else(|| text.trim().to_owned()))
}

/// The name of the function that a line declares.
fn function(text: &str) -> Option<&str> {
    let (before, after) = text.split_once("fn ")?;
    let prefix = before.trim();
    (["", "async", "pub", "pub async"].contains(&prefix)).then(|| after.split(['(', '<']).next())?
}

/// The stories of one file, and what in it cannot be read.
fn stories(module: &str, source: &str, into: &mut BTreeMap<u16, BTreeSet<Shown>>, bad: &mut Vec<String>) {
    let mut waiting: Vec<Line> = Vec::new();
    let mut is_test = false;
    for text in source.lines() {
        match line(text) {
            Some(Ok(line)) => waiting.push(line),
            Some(Err(text)) => bad.push(format!("{module}: cannot be read: {text}")),
            None => {}
        }
        is_test |= text.trim_start().starts_with("#[") && text.contains("test]");
        if let Some(name) = function(text) {
            for line in waiting.drain(..) {
                let test = format!("{module}::{name}");
                if !is_test {
                    bad.push(format!("{test} is no test"));
                }
                for number in line.numbers {
                    let operations = line.operations.clone();
                    into.entry(number).or_default().insert(Shown { test: test.clone(), operations });
                }
            }
            is_test = false;
        }
    }
    bad.extend(waiting.into_iter().map(|line| format!("{module}: no test follows {line:?}")));
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, out),
            false if path.extension().is_some_and(|end| end == "rs") => out.push(path),
            false => {}
        }
    }
}

/// All names that the two faces know.
fn operations() -> BTreeSet<String> {
    let document = serde_json::to_value(app::openapi()).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let names = items.flat_map(|item| item.as_object().unwrap().values());
    let mut all: BTreeSet<String> =
        names.map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect();
    // What lives on one face alone: subscriptions and Relay's `node`.
    let sdl = graphql::sdl();
    let subscriptions = sdl.split_once("type Subscription {").map_or("", |(_, body)| body);
    let fields = subscriptions.split("\n}").next().unwrap_or_default().lines();
    all.extend(fields.filter_map(|field| {
        let name = field.strip_prefix('\t')?.split(['(', ':']).next()?;
        name.starts_with(|c: char| c.is_ascii_lowercase()).then(|| name.to_owned())
    }));
    all.insert("node".into());
    all
}

fn table(shown: &BTreeMap<u16, BTreeSet<Shown>>) -> String {
    let mut out = String::from(
        "# What a consultant can do with the service: number, story that shows it, operations that it uses.\n\
         # The numbers are those of the product's list of capabilities; `-` is not shown by any story yet.\n",
    );
    for number in NUMBERS {
        match shown.get(&number) {
            None => writeln!(out, "{number} -").unwrap(),
            Some(stories) => {
                for story in stories {
                    writeln!(out, "{number} {} {}", story.test, story.operations.join(" ")).unwrap();
                }
            }
        }
    }
    let reached = shown.len();
    writeln!(out, "# {reached} of {} are shown.", NUMBERS.count()).unwrap();
    out
}

#[test]
fn every_capability_that_is_told_of_is_shown_by_a_story() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.sort();
    let (mut shown, mut bad) = (BTreeMap::new(), Vec::new());
    for file in files {
        let module =
            file.strip_prefix(&root).unwrap().with_extension("").to_string_lossy().replace('/', "::");
        // This file's own examples are none.
        if module != "capability_list" {
            let module = module.trim_end_matches("::mod").to_owned();
            stories(&module, &std::fs::read_to_string(&file).unwrap(), &mut shown, &mut bad);
        }
    }
    let known = operations();
    for (number, stories) in &shown {
        for story in stories {
            let unknown = story.operations.iter().filter(|name| !known.contains(*name));
            bad.extend(
                unknown.map(|name| format!("{} shows {number} by {name}, which is no operation", story.test)),
            );
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    crate::contracts::check("capabilities.txt", &table(&shown));
}

#[test]
fn a_story_says_what_it_shows_in_one_way() {
    let read = |text| line(text).map(|line| line.ok());
    let numbers = vec![43, 45];
    let operations = vec!["createMeeting".to_owned(), "meetings".to_owned()];
    assert_eq!(
        read("    /// Shows 43, 45 by createMeeting, meetings."),
        Some(Some(Line { numbers, operations }))
    );
    for bad in [
        "/// Shows 43",
        "/// Shows 43 by",
        "/// Shows 43 by x",
        "/// Shows 0 by x.",
        "/// Shows 43, by x.",
        "/// Shows 4 by x y.",
    ] {
        assert_eq!(read(bad), Some(None), "{bad}");
    }
    assert_eq!(read("/// Shows what there is."), None);
    let mut shown = BTreeMap::new();
    let mut bad = Vec::new();
    let source = "/// Shows 1 by tenants.\n#[rstest]\n#[actix_web::test]\nasync fn a(#[values(Sqlite)] kind: Kind) {\n}\n\
                  /// Shows 2 by tenants.\nfn no_test() {}\n/// Shows 3 by tenants.\n";
    stories("m", source, &mut shown, &mut bad);
    assert_eq!(shown[&1].iter().map(|story| story.test.as_str()).collect::<Vec<_>>(), ["m::a"]);
    assert_eq!(bad.len(), 2, "{bad:?}");
}
