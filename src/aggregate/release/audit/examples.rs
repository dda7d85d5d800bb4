//! The worked examples of the design, with its letters. Values are holders of one competence.

use std::collections::BTreeSet;

use super::*;

/// A consortium whose members are named by letters.
struct Story {
    rules: Rules,
    members: Vec<Member>,
    given: Vec<Contribution>,
    history: History,
    quarter: u32,
    measure: Measure,
}

fn tenant(letter: char) -> Tenant {
    Tenant(letter as u128)
}

impl Story {
    fn new(rules: Rules, members: &[(char, &str, &str)]) -> Self {
        let members = members
            .iter()
            .map(|(letter, region, kind)| Member {
                tenant: tenant(*letter),
                regions: BTreeSet::from([(*region).to_owned()]),
                kind: (*kind).to_owned(),
            })
            .collect();
        Self {
            rules,
            members,
            given: vec![],
            history: History::default(),
            quarter: 0,
            measure: Measure::Amount,
        }
    }

    fn of(letters: &str) -> Self {
        let members: Vec<(char, &str, &str)> = letters.chars().map(|letter| (letter, "r", "k")).collect();
        let mut story = Self::new(Rules::default(), &members);
        story.rules.groupings = vec![Grouping::All];
        story
    }

    fn gives(mut self, letter: char, value: u64, mode: Mode) -> Self {
        let mut version = 1;
        self.given.retain(|given| {
            let same = given.variable.tenant == tenant(letter);
            version += u32::from(same) * given.variable.version;
            !same
        });
        let variable = Variable { tenant: tenant(letter), version };
        self.given.push(Contribution { variable, value, mode, band: None });
        self
    }

    fn opens(self, letter: char, value: u64) -> Self {
        self.gives(letter, value, Mode::Consortium)
    }

    fn seals(self, letter: char, value: u64) -> Self {
        self.gives(letter, value, Mode::Sealed)
    }

    fn leaves(mut self, letter: char) -> Self {
        self.given.retain(|given| given.variable.tenant != tenant(letter));
        self
    }

    fn cells(&mut self) -> Vec<Cell> {
        self.to(Audience::Consortium)
    }

    fn to(&mut self, audience: Audience) -> Vec<Cell> {
        self.quarter += 1;
        let as_of = format!("Q{}", self.quarter);
        let snapshot = Snapshot {
            audience,
            as_of: &as_of,
            measure: self.measure,
            members: &self.members,
            contributions: &self.given,
        };
        let outcome = release(&self.rules, &snapshot, &self.history).unwrap();
        self.history = outcome.history;
        outcome.cells
    }

    fn total(&mut self) -> Cell {
        self.cells().swap_remove(0)
    }
}

fn cell<'c>(cells: &'c [Cell], group: &Group) -> &'c Cell {
    cells.iter().find(|cell| cell.group == *group).unwrap()
}

fn region(name: &str) -> Group {
    Group::Region(name.to_owned())
}

fn kind(name: &str) -> Group {
    Group::Kind(name.to_owned())
}

#[test]
fn a_four_members_all_open() {
    let north_and_south = [('A', "n", "x"), ('B', "n", "x"), ('C', "s", "x"), ('D', "s", "y")];
    let mut story = Story::new(Rules::default(), &north_and_south);
    story = story.opens('A', 6).opens('B', 3).opens('C', 2).opens('D', 5);
    let cells = story.cells();
    assert_eq!(cells[0].value, Some(16));
    assert_eq!(cell(&cells, &region("n")).value, Some(9));
    assert_eq!(cell(&cells, &kind("y")).value, Some(5));
    assert!(cells.iter().all(|cell| cell.status == Status::Full && cell.sealed_contributors == 0));
}

#[test]
fn b_four_members_two_sealed() {
    let mut story = Story::of("ABCD").opens('A', 6).opens('B', 3).seals('C', 2).seals('D', 5);
    let total = story.total();
    assert_eq!((total.open, total.sealed, total.value), (9, None, Some(9)));
    assert_eq!(total.status, Status::OpenOnly);
    assert_eq!((total.open_contributors, total.sealed_contributors), (2, 2));
}

fn five() -> Story {
    let members = [('A', "n", "k"), ('B', "n", "k"), ('C', "n", "k"), ('D', "s", "k"), ('E', "s", "k")];
    let mut story = Story::new(Rules::default(), &members);
    story.rules.groupings = vec![Grouping::All, Grouping::Region];
    story
}

#[test]
fn c_five_members() {
    let mut story = five().opens('A', 6).seals('B', 2).seals('C', 5).seals('D', 1).seals('E', 4);
    let cells = story.cells();
    let total = &cells[0];
    assert_eq!((total.value, total.open, total.sealed), (Some(18), 6, Some(12)));
    let (north, south) = (cell(&cells, &region("n")), cell(&cells, &region("s")));
    assert_eq!((north.status, north.value, north.sealed), (Status::OpenOnly, Some(6), None));
    assert_eq!((south.status, south.value, south.sealed), (Status::Nothing, None, None));

    let mut story = five().opens('A', 6).seals('B', 0).seals('C', 5).seals('D', 0).seals('E', 4);
    assert_eq!(story.cells()[0].sealed, None);
}

#[test]
fn d_two_cells_that_must_not_both_appear() {
    let members = [
        ('B', "north", "county"),
        ('C', "north", "county"),
        ('D', "north", "county"),
        ('E', "north", "municipal"),
        ('F', "south", "municipal"),
        ('G', "south", "municipal"),
    ];
    let mut story = Story::new(Rules::default(), &members);
    story.rules.groupings = vec![Grouping::All, Grouping::Kind, Grouping::Region];
    story = story.seals('B', 2).seals('C', 5).seals('D', 1).seals('E', 4).seals('F', 3).seals('G', 6);
    let cells = story.cells();
    assert_eq!(cells[0].sealed, Some(21));
    assert_eq!(cell(&cells, &kind("county")).sealed, Some(8));
    assert_eq!(cell(&cells, &kind("municipal")).sealed, Some(13));
    assert_eq!(cell(&cells, &region("north")).sealed, None);
    assert_eq!(cell(&cells, &region("south")).sealed, None);
}

#[test]
fn e_time() {
    let mut story = Story::of("BCDEFG").seals('B', 2).seals('C', 5).seals('D', 1);
    assert_eq!(story.total().sealed, Some(8));
    story = story.seals('E', 4);
    let kept = story.total();
    assert_eq!((kept.sealed, kept.as_of.as_str(), kept.sealed_contributors), (Some(8), "Q1", 3));
    story = story.seals('F', 3).seals('G', 6);
    let renewed = story.total();
    assert_eq!((renewed.sealed, renewed.as_of.as_str(), renewed.sealed_contributors), (Some(21), "Q3", 6));
    // Unchanged looks like not renewed.
    assert_eq!(story.total().as_of, "Q3");

    let mut story = Story::of("BCD").seals('B', 2).seals('C', 5).seals('D', 1);
    story.total();
    story = story.seals('C', 7);
    let kept = story.total();
    assert_eq!((kept.sealed, kept.as_of.as_str()), (Some(8), "Q1"));
}

#[test]
fn f_small_and_lopsided() {
    let told = |percent: u64, values: [u64; 3]| {
        let mut story = Story::of("ABC").seals('A', values[0]).seals('B', values[1]).seals('C', values[2]);
        story.rules.share_percent = percent;
        story.total().sealed
    };
    assert_eq!(told(10, [1, 1, 1]), None);
    assert_eq!(told(10, [0, 0, 7]), None);
    assert_eq!(told(10, [9, 1, 1]), Some(11));
    assert_eq!(told(20, [9, 1, 1]), None);
}

#[test]
fn g_counting_libraries_when_presence_is_sealed() {
    let told = |values: &str| {
        let mut story = Story::of(&"ABCDEFG"[..values.len()]);
        story.measure = Measure::Presence;
        for (letter, value) in "ABCDEFG".chars().zip(values.chars()) {
            story = story.seals(letter, u64::from(value == '1'));
        }
        story.total().sealed
    };
    assert_eq!(told("11000"), Some(2));
    assert_eq!(told("11100"), Some(3));
    for all_or_none_or_odd in ["11110", "11111", "00000", "10000", "1100"] {
        assert_eq!(told(all_or_none_or_odd), None, "{all_or_none_or_odd}");
    }
    let mut open = Story::of("ABCDE");
    open.measure = Measure::Presence;
    open = open.opens('A', 1).opens('B', 0).opens('C', 0).opens('D', 0).opens('E', 0);
    assert_eq!(open.total().value, Some(1));
}

#[test]
fn h_a_named_share() {
    let story = |rules: Rules| {
        let mut story = Story::of("ABCD").opens('A', 6).seals('B', 2).seals('D', 1);
        story.rules = Rules { groupings: vec![Grouping::All], ..rules };
        story.gives('C', 5, Mode::Named(BTreeSet::from([tenant('A')])))
    };
    assert_eq!(story(Rules::default()).total().sealed, Some(8));
    // A and B together know all but D.
    let pairs = Rules { level: Level::Pairs, ..Rules::default() };
    assert_eq!(story(pairs).total().sealed, None);
}

#[test]
fn i_a_figure_withheld_at_one_node_is_at_least_what_the_others_say() {
    let node = |open: u64, sealed: &[u64]| {
        let mut story = Story::of("ABCDE").opens('A', open);
        for (letter, value) in "BCDE".chars().zip(sealed) {
            story = story.seals(letter, *value);
        }
        story.total()
    };
    let nodes = [node(20, &[4, 4, 4]), node(7, &[3, 3]), node(5, &[3, 3, 3])];
    let value: u64 = nodes.iter().filter_map(|cell| cell.value).sum();
    assert_eq!(value, 53);
    assert_eq!(nodes.map(|cell| cell.status), [Status::Full, Status::OpenOnly, Status::Full]);
}

#[test]
fn what_is_taken_back_is_in_no_later_cell() {
    let mut story = Story::of("BCDEFG").seals('B', 2).seals('C', 5).seals('D', 1).seals('E', 4);
    assert_eq!(story.total().sealed, Some(12));
    story = story.leaves('E');
    // 12 - 8 would be E's 4, and the old sum holds E's value.
    assert_eq!(story.total().sealed, None);
    assert_eq!(story.total().sealed, None);
    story = story.seals('F', 3).seals('G', 6);
    assert_eq!(story.total().sealed, Some(17));
}

#[test]
fn what_is_opened_is_not_counted_twice() {
    let mut story = Story::of("ABCD").seals('A', 4).seals('B', 2).seals('C', 5).seals('D', 3);
    assert_eq!(story.total().sealed, Some(14));
    let variable = story.given[0].variable;
    let open = Some(Audience::Consortium);
    assert!(exposed_by(&story.rules, &story.history, variable, open, &BTreeSet::new()).is_empty());
    story.given[0].mode = Mode::Consortium;
    let total = story.total();
    // B + C + D follows from 14 - 4, so it may as well be said.
    assert_eq!((total.open, total.sealed, total.value), (4, Some(10), Some(14)));
    let variable = story.given[1].variable;
    let others = exposed_by(&story.rules, &story.history, variable, open, &BTreeSet::new());
    assert_eq!(others, BTreeSet::from([tenant('C'), tenant('D')]));
}

#[test]
fn members_read_what_the_public_gets() {
    // To the public five are sealed; the members see three of them.
    let mut story = Story::of("ABCDE").opens('A', 4).opens('B', 2).opens('C', 5).seals('D', 3).seals('E', 6);
    assert_eq!(story.to(Audience::Consortium)[0].sealed, None);
    assert_eq!(story.to(Audience::Public)[0].sealed, None);
    let mut story = Story::of("ABCDE").opens('A', 4).opens('B', 2).seals('C', 5).seals('D', 3).seals('E', 6);
    assert_eq!(story.to(Audience::Consortium)[0].value, Some(20));
    let public = &story.to(Audience::Public)[0];
    assert_eq!((public.open, public.sealed, public.sealed_contributors), (0, Some(20), 5));
}

#[test]
fn what_comes_in_must_not_contradict_itself() {
    let mut story = Story::of("BCD").seals('B', 2).seals('C', 5).seals('D', 1);
    story.total();
    story.given[0].value = 3;
    let mut faults = Vec::new();
    let mut ask = |story: &Story| {
        let Story { members, given, measure, .. } = story;
        let snapshot = Snapshot {
            audience: Audience::Consortium,
            as_of: "Q2",
            measure: *measure,
            members,
            contributions: given,
        };
        faults.extend(release(&story.rules, &snapshot, &story.history).err());
    };
    ask(&story);
    story.given[0] = Contribution { value: MOST_VALUE + 1, ..story.given[0].clone() };
    ask(&story);
    story.given[0].variable.tenant = tenant('X');
    ask(&story);
    let b = Variable { tenant: tenant('B'), version: 1 };
    assert_eq!(faults, [Fault::Version(b), Fault::Value(b), Fault::Contributor(tenant('X'))]);
}
