//! Seven libraries and two consortia, the same to the byte in every database, written past the product: what a test of
//! the walls knows must not come through them.
//!
//! Every text that not everybody may read is a [`Canary`]: it says by itself who may see it.

use std::{collections::BTreeSet, time::Duration};

use samvirke::{
    auth::{
        Role, Scopes,
        token::{Holder, Tokens},
    },
    id::{ServiceAccountId, TenantId},
    tenancy::Options,
    when,
};
use uuid::Uuid;

use super::{
    oracle::{self, Actor, Consortium, Kind as Sort, Lib, Rank, Record, Visibility},
    pristine::Pristine,
};
use crate::harness::{Client, Database, Kind, Postgres, Sqlite, TestNode};

pub const LIBS: [Lib; 7] =
    [Lib::A, Lib::B, Lib::D, Lib::Former, Lib::Coordinator, Lib::Observer, Lib::Newcomer];
const VISIBILITIES: [Visibility; 4] =
    [Visibility::Private, Visibility::Sealed, Visibility::Consortium, Visibility::Public];
const CONCEPTS: [&str; 4] = ["c:music", "c:weeding", "c:web", "c:games"];
/// Of the text of every agreement, as those who sign say it.
pub const DIGEST: &str = "d1635700d1635700d1635700d1635700d1635700d1635700d1635700d1635700";
/// When everything in the world happened.
pub const THEN: &str = "2026-01-02T03:04:05+00:00";

/// A text or number that only these may see.
pub struct Canary {
    pub to: Vec<Lib>,
    pub place: String,
}

pub struct World {
    pub node: TestNode,
    pub canaries: Vec<Canary>,
    pub records: Vec<(Record, Uuid)>,
    pristine: Pristine,
}

/// What each canary begins with; its number follows in six hexadecimal digits.
pub const MARK: &str = "kanariø";
/// Numbers: this plus the canary's number.
pub const NUMBER: i64 = 731_400_000;

enum V {
    Id(Uuid),
    Text(String),
    Json(String),
    Int(i64),
    Bool(bool),
    Null,
    Then,
}

struct Seed {
    kind: Kind,
    /// Rows by where they go: parents come before children.
    rows: Vec<(String, Vec<String>)>,
    canaries: Vec<Canary>,
    records: Vec<(Record, Uuid)>,
}

pub fn id(sort: u128, lib: Lib, n: u128) -> Uuid {
    let lib = LIBS.iter().position(|l| *l == lib).unwrap() as u128;
    Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0000 | (sort << 32) | (lib << 16) | n)
}

pub fn tenant(lib: Lib) -> Uuid {
    id(1, lib, 0)
}

pub fn consortium(which: Consortium) -> Uuid {
    id(2, Lib::A, which as u128)
}

/// The n-th proposal of a consortium; which round it is in, see `Seed::priorities`.
pub fn proposal(which: Consortium, proposer: Lib, n: usize) -> Uuid {
    id(7, proposer, 10 * (which as u128) + n as u128)
}

fn of(lib: Lib) -> Consortium {
    if lib == Lib::D { Consortium::Two } else { Consortium::One }
}

fn seated(which: Consortium) -> Vec<Lib> {
    LIBS.into_iter().filter(|l| oracle::seat(*l, which).is_some()).collect()
}

fn word(visibility: Visibility) -> String {
    format!("{visibility:?}").to_lowercase()
}

impl Seed {
    fn row(&mut self, table: &str, values: Vec<(&str, V)>) {
        let literal = |v: &V| match v {
            V::Id(id) if self.kind == Postgres => format!("'{id}'"),
            V::Id(id) => format!("x'{}'", id.simple()),
            V::Text(text) | V::Json(text) => format!("'{}'", text.replace('\'', "''")),
            V::Int(n) => n.to_string(),
            V::Bool(b) => b.to_string(),
            V::Null => "NULL".into(),
            V::Then => format!("'{THEN}'"),
        };
        let names: Vec<&str> = values.iter().map(|(n, _)| *n).collect();
        let literals: Vec<String> = values.iter().map(|(_, v)| literal(v)).collect();
        let head = format!("INSERT INTO {table} ({})", names.join(", "));
        let row = format!("({})", literals.join(", "));
        match self.rows.iter_mut().find(|(h, _)| *h == head) {
            Some((_, rows)) => rows.push(row),
            None => self.rows.push((head, vec![row])),
        }
    }

    fn canary(&mut self, to: &[Lib], place: &str) -> usize {
        self.canaries.push(Canary { to: to.to_vec(), place: place.to_owned() });
        self.canaries.len() - 1
    }

    fn text(&mut self, to: &[Lib], place: &str) -> V {
        V::Text(format!("{MARK}{:06x}", self.canary(to, place)))
    }

    fn localised(&mut self, to: &[Lib], place: &str) -> V {
        V::Json(format!("{{\"nb\": \"{MARK}{:06x}\"}}", self.canary(to, place)))
    }

    fn number(&mut self, to: &[Lib], place: &str) -> V {
        V::Int(NUMBER + i64::try_from(self.canary(to, place)).unwrap())
    }

    fn record(&mut self, kind: Sort, owner: Lib, consortium: Consortium, visibility: Visibility, id: Uuid) {
        self.records.push((Record { kind, owner, consortium, visibility, named: None }, id));
    }

    fn stamps() -> Vec<(&'static str, V)> {
        vec![("version", V::Int(1)), ("created_at", V::Then), ("updated_at", V::Then)]
    }

    fn tenants(&mut self) {
        for lib in LIBS {
            let slug = format!("{lib:?}").to_lowercase();
            let mut row = vec![
                ("id", V::Id(tenant(lib))),
                ("slug", V::Text(format!("lib-{slug}"))),
                ("kind", V::Text("county_library".into())),
                ("names", V::Json(format!("{{\"nb\": \"Bibliotek {slug}\"}}"))),
                ("country", V::Text("NO".into())),
                ("status", V::Text("active".into())),
            ];
            row.extend(Self::stamps());
            self.row("tenant", row);
            self.record(Sort::Tenant, lib, of(lib), Visibility::Public, tenant(lib));
            self.record(Sort::Profile, lib, of(lib), Visibility::Public, tenant(lib));
        }
    }

    fn consortia(&mut self) {
        for which in [Consortium::One, Consortium::Two] {
            let mut members = seated(which);
            let seats = members.clone();
            if which == Consortium::One {
                members.push(Lib::Newcomer);
            }
            let names = self.localised(&members, "consortium.names");
            let mut row = vec![
                ("id", V::Id(consortium(which))),
                ("slug", V::Text(format!("consortium-{which:?}").to_lowercase())),
                ("names", names),
                ("reasons", V::Json("[]".into())),
                ("open_questions", V::Json("[]".into())),
                ("k", V::Int(3)),
                ("status", V::Text("active".into())),
            ];
            row.extend(Self::stamps());
            self.row("consortium", row);
            self.record(Sort::Consortium, members[0], which, Visibility::Consortium, consortium(which));
            for lib in LIBS {
                let seat = oracle::seat(lib, which);
                let status = match (which, lib, seat) {
                    (_, _, Some(_)) => "active",
                    (Consortium::One, Lib::Former, _) => "left",
                    (Consortium::One, Lib::Newcomer, _) => "invited",
                    _ => continue,
                };
                let role = ["observer", "member", "coordinator"][usize::from(seat.unwrap_or(1))];
                let me = id(3, lib, which as u128);
                let mut row = vec![
                    ("consortium_id", V::Id(consortium(which))),
                    ("id", V::Id(me)),
                    ("tenant_id", V::Id(tenant(lib))),
                    ("role", V::Text(role.into())),
                    ("status", V::Text(status.into())),
                    ("invited_by", V::Id(tenant(members[0]))),
                ];
                for cap in ["competences", "statements", "projects", "priorities", "activities"] {
                    let name = [
                        "cap_competences",
                        "cap_statements",
                        "cap_projects",
                        "cap_priorities",
                        "cap_activities",
                    ];
                    let name = name.into_iter().find(|n| n.ends_with(cap)).unwrap();
                    row.push((name, V::Text(oracle::cap(lib, cap).into())));
                }
                row.extend(Self::stamps());
                self.row("membership", row);
                self.record(Sort::Membership, lib, which, Visibility::Consortium, me);
                if seat.is_some() {
                    self.row(
                        "seat",
                        vec![
                            ("tenant_id", V::Id(tenant(lib))),
                            ("consortium_id", V::Id(consortium(which))),
                            ("role", V::Text(role.into())),
                        ],
                    );
                }
            }
            self.inside(which, &seats);
        }
    }

    /// What a consortium keeps: for its seats alone.
    fn inside(&mut self, which: Consortium, seats: &[Lib]) {
        let lead = if which == Consortium::One { Lib::Coordinator } else { Lib::D };
        let group = id(4, lead, 1);
        let c = || ("consortium_id", V::Id(consortium(which)));
        let [names, mandate] =
            ["work_group.names", "work_group.mandate"].map(|place| self.localised(seats, place));
        let matter = self.canary(seats, "work_group.matters");
        let mut row = vec![
            c(),
            ("id", V::Id(group)),
            ("names", names),
            ("kind", V::Text("working".into())),
            ("mandate", mandate),
            ("matters", V::Json(format!("[{{\"nb\": \"{MARK}{matter:06x}\"}}]"))),
        ];
        row.extend(Self::stamps());
        self.row("work_group", row);
        self.record(Sort::Group, lead, which, Visibility::Consortium, group);
        self.row(
            "work_group_member",
            vec![
                c(),
                ("id", V::Id(id(4, lead, 2))),
                ("group_id", V::Id(group)),
                ("tenant_id", V::Id(tenant(lead))),
            ],
        );
        for (n, merged) in [(1, None), (2, None), (3, Some(1))] {
            let [name, folded, word, url] =
                ["organisation.name", "organisation.folded", "organisation.sector_word", "organisation.url"]
                    .map(|place| self.text(seats, place));
            let me = id(5, lead, n);
            let mut row = vec![
                c(),
                ("id", V::Id(me)),
                ("name", name),
                ("folded", folded),
                ("sector", V::Text("university".into())),
                ("sector_word", word),
                ("url", url),
            ];
            if let Some(into) = merged {
                row.extend(["merged_into", "current_id"].map(|name| (name, V::Id(id(5, lead, into)))));
            }
            row.extend(Self::stamps());
            self.row("organisation", row);
            self.record(Sort::Organisation, lead, which, Visibility::Consortium, me);
        }
        let label = self.localised(seats, "concept.labels");
        let decision = self.text(seats, "concept.decision");
        let word = id(29, lead, 1);
        self.row(
            "concept",
            vec![
                ("id", V::Id(word)),
                ("scheme_id", V::Id(migration::registers::concept_id("samvirke-concepts"))),
                ("notation", V::Text(format!("x:{}", word.simple()))),
                ("top", V::Bool(false)),
                ("broader", V::Json("[]".into())),
                ("related", V::Json("[]".into())),
                ("kinds", V::Json("[]".into())),
                ("labels", label),
                ("exact_match", V::Json("[]".into())),
                ("status", V::Text("proposed".into())),
                c(),
                ("proposed_by", V::Id(tenant(lead))),
                ("decision", decision),
                ("version", V::Int(1)),
            ],
        );
        self.record(Sort::Word, lead, which, Visibility::Consortium, word);
        let occasion = id(31, lead, 1);
        let (names, url) = (self.localised(seats, "occasion.names"), self.text(seats, "occasion.url"));
        let mut row = vec![c(), ("id", V::Id(occasion)), ("names", names), ("url", url)];
        row.extend(Self::stamps());
        self.row("occasion", row);
        self.record(Sort::Occasion, lead, which, Visibility::Consortium, occasion);
        // Of a member, where there is one: what its coordinator may do it may not.
        let claimant = if which == Consortium::One { Lib::A } else { lead };
        let text = self.text(seats, "strength_claim.text");
        let claim = id(52, claimant, 1);
        self.row(
            "strength_claim",
            vec![
                c(),
                ("id", V::Id(claim)),
                ("concept_id", V::Id(migration::registers::concept_id("c:music"))),
                ("text", text),
                ("lang", V::Text("nb".into())),
                ("claimed_by", V::Id(tenant(claimant))),
                ("version", V::Int(1)),
                ("created_at", V::Then),
            ],
        );
        self.record(Sort::Claim, claimant, which, Visibility::Consortium, claim);
        self.meetings(which, seats, lead);
        self.priorities(which, seats, lead);
        self.releases(which, seats, lead);
    }

    /// A release to the members and one to the public, what went into them, and rules that one has said yes to.
    fn releases(&mut self, which: Consortium, seats: &[Lib], lead: Lib) {
        let c = || ("consortium_id", V::Id(consortium(which)));
        let music = || ("concept_id", V::Id(migration::registers::concept_id("c:music")));
        let rules = r#"{"leastContributors": 3, "leastSum": 5, "sharePercent": 10, "level": "single", "toPublic": false,
            "cadence": "quarterly", "groupings": ["all"]}"#;
        let proposed = id(48, lead, 1);
        let mut row = vec![
            c(),
            ("id", V::Id(proposed)),
            ("rules", V::Json(rules.into())),
            ("state", V::Text("proposed".into())),
            ("proposed_by", V::Id(tenant(lead))),
        ];
        row.extend(Self::stamps());
        self.row("figure_rules", row);
        self.record(Sort::ReleaseRules, lead, which, Visibility::Consortium, proposed);
        let mut row = vec![("tenant_id", V::Id(tenant(lead))), ("id", V::Id(id(49, lead, 1)))];
        row.extend([("rules_id", V::Id(proposed)), c()]);
        self.row("figure_rules_vote", row);
        for (n, visibility) in [(1, Visibility::Consortium), (2, Visibility::Public)] {
            let release = id(44, lead, n);
            let public = visibility == Visibility::Public;
            let [name, jws] = ["figure_release.name", "figure_document.jws"].map(|place| match public {
                true => V::Text(format!("ute/headcount/{n}")),
                false => self.text(seats, place),
            });
            let [open, sealed, value] = ["open", "sealed", "value"].map(|place| match public {
                true => V::Int(7),
                false => self.number(seats, &format!("figure_cell.{place}")),
            });
            let audience = || ("audience", V::Text(word(visibility)));
            let mut row = vec![
                c(),
                ("id", V::Id(release)),
                ("measure", V::Text("headcount".into())),
                ("number", V::Int(i64::try_from(n).unwrap())),
                ("name", name),
                audience(),
                ("as_of", V::Text("2026-Q1".into())),
                ("rules", V::Json(rules.into())),
                ("cells", V::Int(1)),
                ("digest", V::Text("0".repeat(64))),
            ];
            row.extend(Self::stamps());
            self.row("figure_release", row);
            self.record(Sort::Release, lead, which, visibility, release);
            let row = vec![
                c(),
                ("id", V::Id(id(45, lead, n))),
                ("release_id", V::Id(release)),
                audience(),
                ("place", V::Int(0)),
                music(),
                ("open", open),
                ("sealed", sealed),
                ("value", value),
                ("status", V::Text("full".into())),
                ("open_contributors", V::Int(1)),
                ("sealed_contributors", V::Int(3)),
                ("as_of", V::Text("2026-Q1".into())),
            ];
            self.row("figure_cell", row);
            self.row("figure_document", vec![c(), ("release_id", V::Id(release)), audience(), ("jws", jws)]);
        }
        let mut of = Vec::new();
        for lib in seats.iter().copied().filter(|lib| oracle::seat(*lib, which) >= Some(1)) {
            let amount = self.number(&[lib], "figure_value.amount");
            let row = vec![
                ("tenant_id", V::Id(tenant(lib))),
                ("id", V::Id(id(46, lib, which as u128))),
                c(),
                ("measure", V::Text("headcount".into())),
                music(),
                ("place", V::Int(1)),
                ("amount", amount),
                ("named", V::Json("[]".into())),
                ("counted", V::Bool(true)),
                ("exposed", V::Bool(false)),
                ("at", V::Then),
            ];
            self.row("figure_value", row);
            of.push(format!("[\"{}\", 1]", tenant(lib)));
        }
        let sum = NUMBER + i64::try_from(self.canary(&[], "figure_past.told")).unwrap();
        let told = format!(
            "{{\"rows\": [{{\"audience\": \"consortium\", \"region\": null, \"kind\": null, \"as_of\": \"2026-Q1\", \
             \"of\": [{}], \"sum\": {sum}, \"stands\": true, \"at_most\": null}}], \"former\": []}}",
            of.join(", ")
        );
        let row =
            vec![c(), ("id", V::Id(id(47, lead, 1))), ("measure", V::Text("headcount".into())), music()];
        self.row("figure_past", row.into_iter().chain([("told", V::Json(told))]).collect());
    }

    /// A series with a meeting in it and an open event; in the meeting an exercise that is open and one that is not yet, and in
    /// the former the notes of all who take part.
    fn meetings(&mut self, which: Consortium, seats: &[Lib], lead: Lib) {
        let c = || ("consortium_id", V::Id(consortium(which)));
        let [title, step] =
            ["meeting_series.title", "meeting_series.steps"].map(|place| self.canary(seats, place));
        let json = |n: usize| format!("{{\"nb\": \"{MARK}{n:06x}\"}}");
        let series = id(39, lead, 1);
        let mut row = vec![
            c(),
            ("id", V::Id(series)),
            ("kind", V::Text("course".into())),
            ("title", V::Json(json(title))),
            ("steps", V::Json(format!("[{}]", json(step)))),
        ];
        row.extend(Self::stamps());
        self.row("meeting_series", row);
        self.record(Sort::Series, lead, which, Visibility::Consortium, series);
        for (n, visibility) in [(1, Visibility::Consortium), (2, Visibility::Public)] {
            let mut row = vec![
                c(),
                ("id", V::Id(id(40, lead, n))),
                ("held", V::Text("2010-09-01".into())),
                ("first_day", V::Text("2010-09-01".into())),
                ("last_day", V::Text("2010-09-01".into())),
                ("visibility", V::Text(word(visibility))),
                ("documents", V::Json("[]".into())),
                ("agenda", V::Json("[]".into())),
            ];
            if visibility == Visibility::Public {
                row.push(("title", V::Json("{\"nb\": \"Kom og hør\"}".into())));
                row.push(("goals", V::Json("[]".into())));
            } else {
                let goal = self.canary(seats, "meeting.goals");
                let goals = format!("[{{\"text\": {}, \"reached\": null, \"remark\": null}}]", json(goal));
                row.push(("title", self.localised(seats, "meeting.title")));
                row.push(("place", self.text(seats, "meeting.place")));
                row.push(("goals", V::Json(goals)));
                row.push(("series_id", V::Id(series)));
            }
            // It is not published.
            row.push(("summary", self.localised(&[lead], "meeting.summary")));
            row.extend(Self::stamps());
            self.row("meeting", row);
            self.record(Sort::Meeting, lead, which, visibility, id(40, lead, n));
        }
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lead))),
            ("id", V::Id(id(42, lead, 1))),
            ("meeting_id", V::Id(id(40, lead, 1))),
            c(),
            ("people", V::Int(2)),
        ];
        row.extend(Self::stamps());
        self.row("attendance", row);
        for (n, state) in [(1, "open"), (2, "planned")] {
            let [title, prompt] =
                ["exercise.title", "exercise.prompts"].map(|place| self.canary(seats, place));
            let mut row = vec![
                c(),
                ("id", V::Id(id(41, lead, n))),
                ("meeting_id", V::Id(id(40, lead, 1))),
                ("kind", V::Text("free".into())),
                ("title", V::Json(json(title))),
                ("prompts", V::Json(format!("[{}]", json(prompt)))),
                ("answers_per", V::Text("note".into())),
                ("state", V::Text(state.into())),
            ];
            row.extend(Self::stamps());
            self.row("exercise", row);
            let turn = vec![c(), ("exercise_id", V::Id(id(41, lead, n))), ("last", V::Int(100))];
            self.row("exercise_turn", turn);
        }
        self.record(Sort::Exercise, lead, which, Visibility::Consortium, id(41, lead, 1));
        let writers = seats.iter().copied().filter(|l| oracle::seat(*l, which) >= Some(1));
        for (place, lib) in (1..).zip(writers.collect::<Vec<_>>()) {
            for (n, visibility) in [(0, Visibility::Private), (1, Visibility::Consortium)] {
                let (to, _) = Self::readers(lib, visibility).unwrap_or_default();
                let text = self.text(&to, "note.text");
                let place = V::Int(2 * place + n as i64);
                let shown = if n == 1 { V::Int(50 + 2 * (lib as i64)) } else { V::Null };
                let mut row = vec![
                    ("tenant_id", V::Id(tenant(lib))),
                    ("id", V::Id(id(43, lib, n))),
                    ("exercise_id", V::Id(id(41, lead, 1))),
                    c(),
                    ("text", text),
                    ("lang", V::Text("nb".into())),
                    ("place", place),
                    ("shown_place", shown),
                    ("visibility", V::Text(word(visibility))),
                ];
                row.extend(Self::stamps());
                self.row("note", row);
                self.record(Sort::Note, lib, which, visibility, id(43, lib, n));
            }
        }
    }

    /// Rounds in every phase; in the voting and the closed one there are ballots of all who vote.
    fn priorities(&mut self, which: Consortium, seats: &[Lib], lead: Lib) {
        let c = || ("consortium_id", V::Id(consortium(which)));
        let round = |n| id(6, lead, n);
        for (n, method, phase) in [
            (1, "dots", "voting"),
            (2, "dots", "proposing"),
            (3, "recorded", "draft"),
            (4, "dots", "closed"),
            (5, "dots", "published"),
            (6, "recorded", "closed"),
        ] {
            let question = self.localised(seats, "priority_round.question");
            let dots = method == "dots";
            let mut row = vec![
                c(),
                ("id", V::Id(round(n))),
                ("question", question),
                ("method", V::Text(method.into())),
                ("backbone", V::Int(1)),
                ("points", if dots { V::Int(5) } else { V::Null }),
                ("max_per_proposal", if dots { V::Int(3) } else { V::Null }),
                ("phase", V::Text(phase.into())),
                ("tie_break", V::Text("report".into())),
            ];
            row.extend(Self::stamps());
            self.row("priority_round", row);
            self.record(Sort::Round, lead, which, Visibility::Consortium, round(n));
        }
        // Of each proposer first those that can be changed: the matrix takes the first one.
        let last = *seats.last().unwrap_or(&lead);
        let proposers =
            [(last, 2), (seats[0], 2), (lead, 2), (lead, 1), (lead, 3), (lead, 4), (lead, 5), (lead, 6)];
        for (n, (proposer, in_round)) in proposers.into_iter().enumerate() {
            let title = self.localised(seats, "proposal.title");
            let me = proposal(which, proposer, n);
            let mut row = vec![
                c(),
                ("id", V::Id(me)),
                ("round_id", V::Id(round(in_round))),
                ("proposer_id", V::Id(tenant(proposer))),
                ("title", title),
                ("lineage", V::Id(me)),
                ("tentative", V::Bool(false)),
                ("withdrawn", V::Bool(false)),
            ];
            row.extend(Self::stamps());
            self.row("proposal", row);
            self.record(Sort::Proposal, proposer, which, Visibility::Consortium, me);
        }
        for lib in seats.iter().copied().filter(|l| oracle::seat(*l, which) >= Some(1)) {
            for (in_round, of) in [(1, 3), (4, 5)] {
                let nonce = self.text(&[lib], "ballot.nonce");
                // A case publishes the closed round, and with it the receipts.
                let own = [lib];
                let receipt = self.text(if in_round == 4 { seats } else { &own }, "ballot.receipt");
                let points = NUMBER + i64::try_from(self.canary(&[lib], "ballot.choices")).unwrap();
                let of = proposal(which, lead, of);
                let me = id(8, lib, 10 * (which as u128) + in_round);
                let mut row = vec![
                    ("tenant_id", V::Id(tenant(lib))),
                    ("id", V::Id(me)),
                    ("round_id", V::Id(round(in_round))),
                    c(),
                    ("choices", V::Json(format!("[{{\"points\": {points}, \"proposalId\": \"{of}\"}}]"))),
                    ("nonce", nonce),
                    ("receipt", receipt),
                ];
                row.extend(Self::stamps());
                self.row("ballot", row);
                self.record(Sort::Ballot, lib, which, Visibility::Private, me);
                self.row(
                    "turnout",
                    vec![
                        c(),
                        ("id", V::Id(id(16, lib, 10 * (which as u128) + in_round))),
                        ("round_id", V::Id(round(in_round))),
                    ],
                );
            }
        }
        // The receipts stand for whatever a result may tell.
        for (in_round, of, to) in [(5, 6, seats), (6, 7, &[lead][..])] {
            let receipt = self.canary(to, "priority_result.receipts");
            let of = proposal(which, lead, of);
            let outcome = format!(
                "{{\"standings\": [{{\"chosen\": true, \"points\": 3, \"proposalId\": \"{of}\", \"rank\": 1, \"tied\": false}}], \
                 \"ballots\": 1, \"receipts\": [\"{MARK}{receipt:06x}\"]}}"
            );
            let digest = self.text(to, "priority_result.digest");
            self.row(
                "priority_result",
                vec![
                    c(),
                    ("round_id", V::Id(round(in_round))),
                    ("outcome", V::Json(outcome)),
                    ("digest", digest),
                ],
            );
        }
    }

    /// Whom a row of this visibility is open to, and whether it is secret; None for everybody.
    fn readers(lib: Lib, visibility: Visibility) -> Option<(Vec<Lib>, bool)> {
        match visibility {
            Visibility::Public => None,
            Visibility::Consortium if oracle::shares(lib, of(lib)) => Some((seated(of(lib)), false)),
            Visibility::Consortium => Some((vec![lib], true)),
            Visibility::Private | Visibility::Sealed => Some((vec![lib], true)),
        }
    }

    fn own(&mut self, lib: Lib) {
        for (n, visibility) in VISIBILITIES.into_iter().enumerate() {
            self.competence(lib, n, visibility);
            self.project(lib, n as u128, visibility, None, of(lib));
            self.product(lib, n as u128, visibility, None, of(lib));
            self.funding(lib, n as u128, visibility, of(lib));
            // Of a draft not even its party knows.
            let draft = visibility == Visibility::Private;
            let party = (draft && lib == Lib::A).then_some(Lib::B);
            let state = if draft { "draft" } else { "in_force" };
            self.agreement(lib, n as u128, (visibility, state), party, of(lib));
            self.statement(lib, n as u128, visibility);
            self.definition(lib, n as u128, visibility);
            self.commitment(lib, n as u128, visibility, None);
            self.activity(lib, n as u128, visibility);
            if visibility != Visibility::Sealed {
                self.contact(lib, n as u128, visibility);
            }
        }
        if lib == Lib::A {
            // B is invited, and Coordinator has accepted.
            self.project(lib, 9, Visibility::Private, Some(Lib::B), of(lib));
            self.project(lib, 10, Visibility::Private, Some(Lib::Coordinator), of(lib));
            self.commitment(lib, 9, Visibility::Private, Some(Lib::B));
            self.sighting(lib, 1, Lib::B);
            // In a consortium that it has no seat in: to share in one is not to share in another.
            self.project(lib, 11, Visibility::Consortium, None, Consortium::Two);
            self.product(lib, 9, Visibility::Private, Some(Lib::B), of(lib));
            self.product(lib, 11, Visibility::Consortium, None, Consortium::Two);
            self.funding(lib, 11, Visibility::Consortium, Consortium::Two);
            // However widely it is meant to be shown, nobody else sees it before it is in force.
            self.agreement(lib, 9, (Visibility::Public, "proposed"), Some(Lib::B), of(lib));
            self.agreement(lib, 11, (Visibility::Consortium, "in_force"), None, Consortium::Two);
        }
        // A keeps its statement for releases: the others in its consortium must not read it.
        let sealed = if lib == Lib::A { Some(Visibility::Sealed) } else { None };
        let visibility = sealed.unwrap_or(VISIBILITIES[LIBS.iter().position(|l| *l == lib).unwrap() % 3]);
        let (to, _) = Self::readers(lib, visibility).unwrap();
        let statement = self.localised(&to, "tenant_profile.statement");
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("statement", statement),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("tenant_profile", row);
        self.log(lib);
    }

    fn competence(&mut self, lib: Lib, n: usize, visibility: Visibility) {
        let me = id(9, lib, n as u128);
        let mut states = vec![("competence_entry", visibility, 1), ("competence_history", visibility, 1)];
        if visibility == Visibility::Public {
            // What everybody sees today was once its library's own.
            states.push(("competence_history", Visibility::Sealed, 0));
        }
        for (table, visibility, version) in states {
            let mut row = vec![
                ("tenant_id", V::Id(tenant(lib))),
                ("concept_id", V::Id(migration::registers::concept_id(CONCEPTS[n]))),
                ("stance", V::Text("have".into())),
                ("level", V::Int(2)),
                ("source_lang", V::Text("nb".into())),
                ("evidence", V::Json("[]".into())),
                ("visibility", V::Text(word(visibility))),
            ];
            if let Some((to, secret)) = Self::readers(lib, visibility) {
                row.push(("note", self.text(&to, &format!("{table}.note"))));
                row.push(("source_phrase", self.text(&to, &format!("{table}.source_phrase"))));
                if secret {
                    row.push(("holders", self.number(&to, &format!("{table}.holders"))));
                }
            }
            if table == "competence_entry" {
                row.push(("id", V::Id(me)));
                row.extend(Self::stamps());
            } else {
                let principal = self.text(&[lib], "competence_history.principal");
                row.push(("id", V::Id(id(10, lib, if version == 0 { 100 } else { n as u128 }))));
                row.push(("entry_id", V::Id(me)));
                row.push(("version", V::Int(version)));
                row.push(("valid_from", V::Then));
                if version == 0 {
                    row.push(("valid_to", V::Then));
                }
                row.push(("principal", principal));
            }
            self.row(table, row);
        }
        self.record(Sort::Competence, lib, of(lib), visibility, me);
    }

    fn commitment(&mut self, lib: Lib, n: u128, visibility: Visibility, named: Option<Lib>) {
        let me = id(27, lib, n);
        let readers = match named {
            Some(named) => Some((vec![lib, named], true)),
            None => Self::readers(lib, visibility),
        };
        let mut text = |place: &str| match &readers {
            Some((to, _)) => self.text(to, place),
            None => V::Text("Vi vil møtes".into()),
        };
        let (said, note) = (text("commitment.text"), text("commitment_step.note"));
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("text", said),
            ("lang", V::Text("nb".into())),
            ("partners", V::Json(named.map_or("[]".into(), |named| format!("[\"{}\"]", tenant(named))))),
            ("others", V::Json("[]".into())),
            ("remind_days", V::Int(7)),
            ("status", V::Text("open".into())),
            ("consortium_id", V::Id(consortium(of(lib)))),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("commitment", row);
        self.row(
            "commitment_step",
            vec![
                ("tenant_id", V::Id(tenant(lib))),
                ("id", V::Id(id(28, lib, n))),
                ("commitment_id", V::Id(me)),
                ("status", V::Text("open".into())),
                ("note", note),
                ("lang", V::Text("nb".into())),
                ("at", V::Then),
            ],
        );
        if let Some(named) = named {
            let seat = vec![
                ("tenant_id", V::Id(tenant(lib))),
                ("commitment_id", V::Id(me)),
                ("partner_id", V::Id(tenant(named))),
            ];
            self.row("commitment_seat", seat);
        }
        let kind = Sort::Commitment;
        self.records.push((Record { kind, owner: lib, consortium: of(lib), visibility, named }, me));
    }

    fn activity(&mut self, lib: Lib, n: u128, visibility: Visibility) {
        let me = id(33, lib, n);
        let readers = Self::readers(lib, visibility);
        let mut text = |place: &str, open: &str| match &readers {
            Some((to, _)) => self.text(to, place),
            None => V::Text(open.into()),
        };
        let (title, description) =
            (text("activity.title", "Kurs"), text("activity.description", "Om musikk"));
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("kind", V::Text("course".into())),
            ("side", V::Text("offered".into())),
            ("title", title),
            ("description", description),
            ("lang", V::Text("nb".into())),
            ("concepts", V::Json("[]".into())),
            ("state", V::Text("open".into())),
            ("consortium_id", V::Id(consortium(of(lib)))),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("activity", row);
        self.record(Sort::Activity, lib, of(lib), visibility, me);
    }

    fn statement(&mut self, lib: Lib, n: u128, visibility: Visibility) {
        let me = id(26, lib, n);
        let text = match Self::readers(lib, visibility) {
            Some((to, _)) => self.text(&to, "statement.text"),
            None => V::Text("Økt tidspress".into()),
        };
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("kind", V::Text("challenge".into())),
            ("text", text),
            ("lang", V::Text("nb".into())),
            ("concepts", V::Json("[]".into())),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("statement", row);
        self.record(Sort::Statement, lib, of(lib), visibility, me);
    }

    fn sighting(&mut self, lib: Lib, n: u128, named: Lib) {
        let me = id(32, lib, n);
        let to = [lib, named];
        let [phrase, note] =
            ["competence_sighting.phrase", "competence_sighting.note"].map(|place| self.text(&to, place));
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("subject_id", V::Id(tenant(named))),
            ("phrase", phrase),
            ("lang", V::Text("nb".into())),
            ("note", note),
            ("status", V::Text("proposed".into())),
        ];
        row.extend(Self::stamps());
        self.row("competence_sighting", row);
        let kind = Sort::Sighting;
        let (consortium, visibility) = (of(lib), Visibility::Private);
        self.records.push((Record { kind, owner: lib, consortium, visibility, named: Some(named) }, me));
    }

    fn definition(&mut self, lib: Lib, n: u128, visibility: Visibility) {
        let me = id(30, lib, n);
        let readers = Self::readers(lib, visibility);
        let mut text = |place: &str| match &readers {
            Some((to, _)) => self.text(to, place),
            None => V::Text("Det å dele".into()),
        };
        let [said, source, perspective] =
            ["concept_definition.text", "concept_definition.source", "concept_definition.perspective"]
                .map(&mut text);
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("concept_id", V::Id(migration::registers::concept_id(CONCEPTS[0]))),
            ("text", said),
            ("lang", V::Text("nb".into())),
            ("source", source),
            ("perspective", perspective),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("concept_definition", row);
        self.record(Sort::Definition, lib, of(lib), visibility, me);
    }

    fn contact(&mut self, lib: Lib, n: u128, visibility: Visibility) {
        let me = id(25, lib, n);
        let readers = Self::readers(lib, visibility);
        let mut text = |place: &str, open: &str| match &readers {
            Some((to, _)) => self.text(to, place),
            None => V::Text(open.into()),
        };
        let (name, role) = (text("contact.name", "Turid"), text("contact.role", "Musikk"));
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("kind", V::Text("person".into())),
            ("name", name),
            ("role", role),
            ("phone", V::Text("55 00 00 00".into())),
            ("consent_on", V::Text("2026-01-02".into())),
            ("consent_until", V::Text("2036-01-02T00:00:00+00:00".into())),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("contact", row);
        self.record(Sort::Contact, lib, of(lib), visibility, me);
    }

    fn project(
        &mut self,
        lib: Lib,
        n: u128,
        visibility: Visibility,
        named: Option<Lib>,
        consortium_of: Consortium,
    ) {
        let me = id(11, lib, n);
        let readers = match named {
            Some(named) => Some((vec![lib, named], true)),
            None if visibility == Visibility::Consortium && consortium_of != of(lib) => {
                Some((vec![lib], true))
            }
            None => Self::readers(lib, visibility),
        };
        let fallback = || V::Json("{\"nb\": \"Åpent prosjekt\"}".into());
        let mut localised = |place: &str| match &readers {
            Some((to, _)) => self.localised(to, place),
            None => fallback(),
        };
        let (title, purpose) = (localised("project.title"), localised("project.purpose"));
        let head = |v: Visibility| {
            vec![
                ("tenant_id", V::Id(tenant(lib))),
                ("project_id", V::Id(me)),
                ("consortium_id", V::Id(consortium(consortium_of))),
                ("visibility", V::Text(word(v))),
            ]
        };
        let mut row = head(visibility);
        row.extend([
            ("title", title),
            ("purpose", purpose),
            ("state", V::Text("idea".into())),
            ("concepts", V::Json("[]".into())),
        ]);
        row.extend(Self::stamps());
        self.row("project", row);
        for (k, who) in [Some(lib), named].into_iter().flatten().enumerate() {
            let lead = who == lib;
            let mut row = head(visibility);
            row.extend([
                ("id", V::Id(id(12, lib, 16 * n + k as u128))),
                ("participant_id", V::Id(tenant(who))),
                ("role", V::Text(if lead { "lead" } else { "partner" }.into())),
                ("status", V::Text(if who == Lib::B && !lead { "invited" } else { "accepted" }.into())),
            ]);
            row.extend(Self::stamps());
            self.row("project_participant", row);
            self.row(
                "project_seat",
                vec![
                    ("tenant_id", V::Id(tenant(who))),
                    ("project_id", V::Id(me)),
                    ("owner_id", V::Id(tenant(lib))),
                ],
            );
        }
        self.records.push((
            Record { kind: Sort::Project, owner: lib, consortium: consortium_of, visibility, named },
            me,
        ));
    }

    fn product(
        &mut self,
        lib: Lib,
        n: u128,
        visibility: Visibility,
        named: Option<Lib>,
        consortium_of: Consortium,
    ) {
        let me = id(50, lib, n);
        let readers = match named {
            Some(named) => Some((vec![lib, named], true)),
            // In a consortium that it has no seat in.
            None if visibility == Visibility::Consortium && consortium_of != of(lib) => {
                Some((vec![lib], true))
            }
            None => Self::readers(lib, visibility),
        };
        let mut text = |place: &str| match &readers {
            Some((to, _)) => format!("{MARK}{:06x}", self.canary(to, place)),
            None => "Å formidle musikk".into(),
        };
        let [title, summary, licence, channel] =
            ["product.title", "product.summary", "product.links", "product.marketing"].map(&mut text);
        let links = format!(
            "[{{\"kind\": \"product\", \"url\": \"https://example.org/guide\", \"licence\": \"{licence}\"}}]"
        );
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("kind", V::Text("guide".into())),
            ("title", V::Text(title)),
            ("lang", V::Text("nb".into())),
            ("summary", V::Text(summary)),
            ("links", V::Json(links)),
            ("marketing", V::Json(format!("[{{\"channel\": \"{channel}\"}}]"))),
            ("consortium_id", V::Id(consortium(consortium_of))),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("product", row);
        if let Some(named) = named {
            let with = || {
                vec![
                    ("tenant_id", V::Id(tenant(lib))),
                    ("product_id", V::Id(me)),
                    ("contributor_id", V::Id(tenant(named))),
                ]
            };
            self.row("product_seat", with());
            let mut row = with();
            row.extend([("id", V::Id(id(51, lib, n))), ("role", V::Text("author".into()))]);
            row.extend(Self::stamps());
            self.row("product_credit", row);
        }
        let kind = Sort::Product;
        self.records.push((Record { kind, owner: lib, consortium: consortium_of, visibility, named }, me));
    }

    /// An application for money for the project with the same number.
    fn funding(&mut self, lib: Lib, n: u128, visibility: Visibility, consortium_of: Consortium) {
        let me = id(60, lib, n);
        let readers = match visibility {
            // In a consortium that it has no seat in.
            Visibility::Consortium if consortium_of != of(lib) => Some((vec![lib], true)),
            _ => Self::readers(lib, visibility),
        };
        let mut text = |place: &str| match &readers {
            Some((to, _)) => self.text(to, place),
            None => V::Text("Kulturrådet".into()),
        };
        let [funder, programme, link] =
            ["funding_application.funder", "funding_application.programme", "funding_application.link"]
                .map(&mut text);
        let applied = match &readers {
            Some((to, _)) => self.number(to, "funding_application.applied_minor"),
            None => V::Int(10_000_000),
        };
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("project_id", V::Id(id(11, lib, n))),
            ("consortium_id", V::Id(consortium(consortium_of))),
            ("funder", funder),
            ("funder_kind", V::Text("national_agency".into())),
            ("programme", programme),
            ("link", link),
            ("currency", V::Text("NOK".into())),
            ("applied_minor", applied),
            ("state", V::Text("planned".into())),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("funding_application", row);
        self.record(Sort::Funding, lib, consortium_of, visibility, me);
    }

    /// Where nobody is named, its other party is from outside.
    fn agreement(
        &mut self,
        lib: Lib,
        n: u128,
        (visibility, state): (Visibility, &str),
        named: Option<Lib>,
        consortium_of: Consortium,
    ) {
        let me = id(53, lib, n);
        let readers = match (state, named) {
            ("draft", _) => Some((vec![lib], true)),
            (_, Some(named)) => Some((vec![lib, named], true)),
            // In a consortium that it has no seat in.
            _ if visibility == Visibility::Consortium && consortium_of != of(lib) => Some((vec![lib], true)),
            _ => Self::readers(lib, visibility),
        };
        let mut text = |place: &str| match &readers {
            Some((to, _)) => format!("{MARK}{:06x}", self.canary(to, place)),
            None => "Vi lærer sammen".into(),
        };
        let [title, purpose, rules, brings, reason] =
            ["title", "purpose", "ground_rules", "parties", "reason"]
                .map(|column| text(&format!("agreement.{column}")));
        let digest = || V::Text(DIGEST.into());
        let other = named.map_or("{\"name\": \"Kommunen\"".into(), |named| {
            format!("{{\"tenantId\": \"{}\"", tenant(named))
        });
        // What is proposed stays so, whoever of these signs it: one more is a party that never will.
        let never = if state == "proposed" {
            ", {\"tenantId\": \"018f0000-0000-7000-8000-0000ffffffff\"}"
        } else {
            ""
        };
        let parties =
            format!("[{{\"tenantId\": \"{}\"}}, {other}, \"needs\": \"{brings}\"}}{never}]", tenant(lib));
        let mut row = vec![
            ("tenant_id", V::Id(tenant(lib))),
            ("id", V::Id(me)),
            ("state", V::Text(state.into())),
            ("decided_by", V::Id(tenant(lib))),
            ("decided_at", V::Then),
            ("reason", V::Text(reason)),
            ("reason_lang", V::Text("nb".into())),
            ("consortium_id", V::Id(consortium(consortium_of))),
            ("visibility", V::Text(word(visibility))),
        ];
        row.extend(Self::stamps());
        self.row("agreement", row);
        let of_it = || ("agreement_id", V::Id(me));
        self.row(
            "agreement_text",
            vec![
                ("tenant_id", V::Id(tenant(lib))),
                of_it(),
                ("title", V::Text(title)),
                ("lang", V::Text("nb".into())),
                ("purpose", V::Text(purpose)),
                ("ground_rules", V::Text(rules)),
                ("first_day", V::Text("2026-01-01".into())),
                ("parties", V::Json(parties)),
                ("digest", digest()),
                ("text_version", V::Int(1)),
            ],
        );
        if let Some(named) = named {
            let seat = vec![("tenant_id", V::Id(tenant(lib))), of_it(), ("party_id", V::Id(tenant(named)))];
            self.row("agreement_seat", seat);
        }
        if state == "in_force" {
            let principal = self.text(&[lib], "agreement_signature.principal");
            self.row(
                "agreement_signature",
                vec![
                    ("tenant_id", V::Id(tenant(lib))),
                    ("id", V::Id(id(54, lib, n))),
                    of_it(),
                    ("owner_id", V::Id(tenant(lib))),
                    ("text_version", V::Int(1)),
                    ("digest", digest()),
                    ("principal", principal),
                    ("at", V::Then),
                ],
            );
        }
        // What is not in force yet is seen as what is private.
        let visibility = if state == "in_force" { visibility } else { Visibility::Private };
        let named = named.filter(|_| state != "draft");
        let kind = Sort::Agreement;
        self.records.push((Record { kind, owner: lib, consortium: consortium_of, visibility, named }, me));
    }

    fn log(&mut self, lib: Lib) {
        let me = || ("tenant_id", V::Id(tenant(lib)));
        let to = [lib];
        let account = id(13, lib, 0);
        let [hash, label] =
            ["service_account.secret_hash", "service_account.label"].map(|p| self.text(&to, p));
        let mut row = vec![
            me(),
            ("id", V::Id(account)),
            ("client_id", V::Text(account.to_string())),
            ("secret_hash", hash),
            ("label", label),
            ("role", V::Text("editor".into())),
            ("expires_at", V::Text("2036-01-02T03:04:05+00:00".into())),
        ];
        row.extend(Self::stamps());
        self.row("service_account", row);
        self.record(Sort::Account, lib, of(lib), Visibility::Private, account);
        let invitation = id(23, lib, 0);
        let hash = self.text(&to, "invitation.secret_hash");
        let mut row = vec![
            me(),
            ("id", V::Id(invitation)),
            ("client_id", V::Text(invitation.to_string())),
            ("secret_hash", hash),
            ("role", V::Text("editor".into())),
            ("invited_by", V::Id(tenant(lib))),
            ("expires_at", V::Text("2036-01-02T03:04:05+00:00".into())),
        ];
        row.extend(Self::stamps());
        self.row("invitation", row);
        self.record(Sort::Invitation, lib, of(lib), Visibility::Private, invitation);
        if lib != Lib::A {
            let erasure = id(24, lib, 0);
            let by = self.text(&to, "erasure.requested_by");
            let mut row = vec![
                me(),
                ("id", V::Id(erasure)),
                ("kind", V::Text("tenant".into())),
                ("subject", V::Id(tenant(lib))),
                ("named", V::Text(tenant(lib).to_string())),
                ("requested_by", by),
                ("by_operator", V::Bool(false)),
            ];
            row.extend(Self::stamps());
            self.row("erasure", row);
            self.record(Sort::Erasure, lib, of(lib), Visibility::Private, erasure);
        }
        let principal = id(22, lib, 0);
        let issuer = self.text(&to, "principal.issuer");
        let mut row = vec![
            me(),
            ("id", V::Id(principal)),
            ("issuer", issuer),
            ("role", V::Text("editor".into())),
            ("last_seen_at", V::Then),
        ];
        row.extend(Self::stamps());
        self.row("principal", row);
        self.record(Sort::Principal, lib, of(lib), Visibility::Private, principal);
        let subject = id(9, lib, 0);
        self.row(
            "event",
            vec![
                me(),
                ("id", V::Id(id(14, lib, 0))),
                ("seq", V::Int(1)),
                ("kind", V::Text("competenceEntry.created".into())),
                ("subject_kind", V::Text("competenceEntry".into())),
                ("subject_id", V::Id(subject)),
                ("visibility", V::Text("private".into())),
                ("version", V::Int(1)),
                ("at", V::Then),
            ],
        );
        self.record(Sort::Log, lib, of(lib), Visibility::Private, id(14, lib, 0));
        let [principal, request, purpose] =
            ["audit_record.principal", "audit_record.request_id", "audit_record.purpose"]
                .map(|p| self.text(&to, p));
        self.row(
            "audit_record",
            vec![
                me(),
                ("id", V::Id(id(15, lib, 0))),
                ("seq", V::Int(1)),
                ("previous", V::Text("0".repeat(64))),
                ("hash", V::Text("1".repeat(64))),
                ("action", V::Text("competenceEntry.created".into())),
                ("subject_kind", V::Text("competenceEntry".into())),
                ("subject_id", V::Id(subject)),
                ("owner_id", V::Id(tenant(lib))),
                ("version", V::Int(1)),
                ("ground", V::Text("own".into())),
                ("at", V::Then),
                ("payload_hash", V::Text("2".repeat(64))),
                ("salt", V::Text("3".repeat(32))),
                ("principal", principal),
                ("request_id", request),
                ("purpose", purpose),
            ],
        );
        let purpose = self.text(&to, "audit_sight.purpose");
        let times = self.number(&to, "audit_sight.times");
        self.row(
            "audit_sight",
            vec![
                me(),
                ("id", V::Id(id(19, lib, 0))),
                ("day", V::Text("2026-01-02".into())),
                ("reader_id", V::Id(tenant(Lib::B))),
                ("outcome", V::Text("read".into())),
                ("subject_kind", V::Text("competenceEntry".into())),
                ("ground", V::Text("public".into())),
                ("consortium_id", V::Id(Uuid::nil())),
                ("purpose", purpose),
                ("times", times),
                ("first_at", V::Then),
                ("last_at", V::Then),
            ],
        );
        let [principal, hash] =
            ["idempotency.principal", "idempotency.request_hash"].map(|p| self.text(&to, p));
        let response = self.localised(&to, "idempotency.response");
        self.row(
            "idempotency",
            vec![
                me(),
                ("principal", principal),
                ("operation", V::Text("createCompetence".into())),
                ("key", V::Text("k".into())),
                ("request_hash", hash),
                ("response", response),
                ("created_at", V::Then),
            ],
        );
    }
}

impl World {
    pub async fn new(kind: Kind, options: Options, superuser: bool) -> Self {
        Self::paced(kind, options, superuser, Duration::ZERO).await
    }

    pub async fn paced(kind: Kind, options: Options, superuser: bool, beat: Duration) -> Self {
        let database = Database::new(kind).await;
        let mut seed = Seed { kind, rows: Vec::new(), canaries: Vec::new(), records: Vec::new() };
        seed.tenants();
        seed.consortia();
        for lib in LIBS {
            seed.own(lib);
        }
        let register = Record {
            kind: Sort::Register,
            owner: Lib::A,
            consortium: Consortium::One,
            visibility: Visibility::Public,
            named: None,
        };
        seed.records.push((register, migration::registers::concept_id(CONCEPTS[0])));
        let pristine = Pristine::new(&seed.rows);
        let url = if superuser { database.superuser_url() } else { database.url() };
        let node = TestNode::paced(database, &url, options, beat).await;
        pristine.lay(&node.database).await;
        Self { node, canaries: seed.canaries, records: seed.records, pristine }
    }

    /// Everything as it was in the beginning.
    pub async fn reset(&self) {
        self.pristine.restore(&self.node.database).await;
    }

    pub fn kind(&self) -> Kind {
        if matches!(self.node.database, Database::Sqlite(_)) { Sqlite } else { Postgres }
    }

    pub fn client(&self, actor: Actor) -> Client {
        let node = &self.node;
        let token = |tokens: &Tokens, at| {
            tokens.issue(
                ServiceAccountId(id(13, Lib::A, 0)),
                "c",
                TenantId(tenant(Lib::A)),
                Role::Admin,
                at,
                600,
            )
        };
        match actor {
            Actor::Anonymous => node.anonymous(),
            Actor::Expired => {
                let past = when::now() - chrono::Duration::hours(1);
                let token = token(&node.app.tokens, past).unwrap();
                Client::new(&node.address, Some(token), TenantId(tenant(Lib::A)))
            }
            Actor::OtherAudience => {
                let elsewhere = Tokens::new(node.app.tokens.keys().clone(), "https://elsewhere.test");
                let token = token(&elsewhere, when::now()).unwrap();
                Client::new(&node.address, Some(token), TenantId(tenant(Lib::A)))
            }
            Actor::Operator => node.operator(),
            Actor::Frontend => {
                let holder = Holder {
                    subject: id(13, Lib::A, 9),
                    client_id: "c",
                    tenant: TenantId(tenant(Lib::A)),
                    role: Role::Admin,
                    scopes: Scopes::parse("consortium:read competence:read statement:read project:read")
                        .unwrap(),
                };
                let token = node.app.tokens.sign(&holder, when::now(), 3600).unwrap();
                Client::new(&node.address, Some(token), TenantId(tenant(Lib::A)))
            }
            Actor::Of(lib, rank) => {
                let role = match rank {
                    Rank::Viewer => Role::Viewer,
                    Rank::Contributor => Role::Contributor,
                    Rank::Editor => Role::Editor,
                    Rank::Admin => Role::Admin,
                };
                // One account a library and role, so that a sequence is the same on every node.
                let account = ServiceAccountId(id(13, lib, 1 + rank as u128));
                let tenant = TenantId(tenant(lib));
                let token = node.app.tokens.issue(account, "c", tenant, role, when::now(), 3600).unwrap();
                Client::new(&node.address, Some(token), tenant)
            }
        }
    }

    /// Every id in the world.
    pub fn ids(&self) -> Vec<Uuid> {
        let ids: BTreeSet<Uuid> = self.records.iter().map(|(_, id)| *id).collect();
        ids.into_iter().collect()
    }

    pub fn of_kind(&self, kind: Sort) -> impl Iterator<Item = &(Record, Uuid)> {
        self.records.iter().filter(move |(r, _)| r.kind == kind)
    }
}
