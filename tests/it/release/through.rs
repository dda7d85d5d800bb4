//! What the service answers, read by the attacker: libraries seal, open, change and take back through the API, quarter by
//! quarter, and somebody keeps every release that it got.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Chance,
    attacker::{Attack, Reader},
    audit::{Audience, Cell, Contribution, Group, Measure, Member, Mode, Rules, Status, Variable},
    world::{Issue, World},
};
use crate::{
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
    releases::Consortium,
};

/// A figure as it was answered.
fn cell(answer: &Value) -> Cell {
    let text = |name: &str| answer["group"][name].as_str().map(ToOwned::to_owned);
    let number = |value: &Value| value.as_u64();
    let group = match (text("region"), text("kind")) {
        (None, None) => Group::All,
        (Some(region), None) => Group::Region(region),
        (None, Some(kind)) => Group::Kind(kind),
        (Some(region), Some(kind)) => Group::RegionKind(region, kind),
    };
    let status = match answer["status"].as_str().unwrap() {
        "full" => Status::Full,
        "open_only" => Status::OpenOnly,
        _ => Status::Nothing,
    };
    let count = |name: &str| answer["contributors"][name].as_u64().unwrap_or(0) as usize;
    Cell {
        group,
        open: number(&answer["open"]).unwrap_or(0),
        sealed: number(&answer["sealed"]),
        value: number(&answer["value"]),
        status,
        open_contributors: count("open"),
        sealed_contributors: count("sealed"),
        as_of: answer["asOf"].as_str().unwrap().to_owned(),
    }
}

const CONCEPT: &str = "c:music";
const QUARTERS: [&str; 5] = ["Q1", "Q2", "Q3", "Q4", "Q5"];

/// One quarter's changes, through the API. What is given is told as the attacker takes it: who, and whether it changed.
async fn change(
    chance: &mut Chance,
    libraries: &[Client],
    entries: &mut BTreeMap<usize, (String, Contribution)>,
    last: &mut BTreeMap<usize, (u32, u64)>,
) {
    for (n, library) in libraries.iter().enumerate() {
        let tenant = super::audit::Tenant(library.tenant.0.as_u128());
        let here = entries.contains_key(&n);
        if here && chance.per_cent(10) {
            let (id, _) = entries.remove(&n).unwrap();
            crate::releases::take_back(library, &id).await;
            continue;
        }
        if here && chance.per_cent(70) || !here && chance.per_cent(20) {
            continue;
        }
        let value = chance.below(14);
        let mode = if chance.per_cent(75) { Mode::Sealed } else { Mode::Consortium };
        let word = if mode == Mode::Sealed { "sealed" } else { "consortium" };
        let amount = i64::try_from(value).unwrap();
        let id = match entries.remove(&n) {
            None => crate::releases::give(library, CONCEPT, amount, word).await,
            // What would expose another is refused, and stays as it was.
            Some((id, before)) => match crate::releases::change(library, &id, amount, word).await {
                true => id,
                false => {
                    entries.insert(n, (id, before));
                    continue;
                }
            },
        };
        let version = match last.get(&n) {
            Some((version, same)) if *same == value => *version,
            Some((version, _)) => version + 1,
            None => 1,
        };
        last.insert(n, (version, value));
        let variable = Variable { tenant, version };
        entries.insert(n, (id, Contribution { variable, value, mode, band: None }));
    }
}

#[rstest]
#[actix_web::test]
async fn nobody_who_keeps_every_answer_finds_out_what_a_library_gave(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values(3, 11)] seed: u64,
) {
    let node = TestNode::start(kind).await;
    let mut chance = Chance::new(seed);
    let places: Vec<(usize, &str)> = (0..9)
        .map(|_| {
            (chance.below(3) as usize, if chance.per_cent(60) { "county_library" } else { "public_library" })
        })
        .collect();
    let consortium = Consortium::of(&node, &places).await;
    consortium.adopt(serde_json::json!({"toPublic": true})).await;
    let stranger = node.tenant("fremmed").await;
    let members: Vec<Member> = consortium.members().await;
    let mut world = World {
        rules: Rules::default(),
        measure: Measure::Amount,
        issues: Vec::new(),
        values: BTreeMap::new(),
    };
    let (mut entries, mut last) = (BTreeMap::new(), BTreeMap::new());
    let mut told = 0;
    for quarter in QUARTERS {
        change(&mut chance, &consortium.libraries, &mut entries, &mut last).await;
        let given: Vec<Contribution> = entries.values().map(|(_, given)| given.clone()).collect();
        world.values.extend(given.iter().map(|given| (given.variable, given.value)));
        let made = consortium.release().await;
        for (release, audience, reader) in [
            (&made[0], Audience::Consortium, consortium.libraries.last().unwrap()),
            (&made[1], Audience::Public, &stranger),
        ] {
            let cells: Vec<Cell> =
                consortium.cells(reader, release, CONCEPT).await.iter().map(cell).collect();
            told += cells.iter().filter(|c| c.sealed_contributors > 0 && c.sealed.is_some()).count();
            let as_of = format!("{quarter} {audience:?}");
            // A sum of today is told under this name, one of before under its own.
            let now = release["asOf"].as_str().unwrap();
            let cells = cells
                .into_iter()
                .map(|cell| {
                    let kept = cell.as_of != now;
                    let as_of = if kept { format!("{} {audience:?}", cell.as_of) } else { as_of.clone() };
                    Cell { as_of, ..cell }
                })
                .collect();
            world.issues.push(Issue {
                audience,
                as_of,
                cells,
                given: given.clone(),
                members: members.clone(),
            });
        }
        consortium.pass(quarter).await;
    }
    assert!(told > 0, "nothing was told");
    for reader in [Reader::Member, Reader::Public] {
        let attack = Attack::of(&world, reader);
        let mut found = attack.add_and_subtract();
        attack.limit(&mut found);
        assert!(found.values.is_empty() && found.changes.is_empty(), "{reader:?}: {found:?}");
        assert!(found.narrow.is_empty() && found.secrets > 0, "{reader:?}: {found:?}");
    }
}
