//! Each wall holds alone. The same sequence of requests, to the byte, meets the node with both walls, with the rules of
//! the product alone, and with the wall of the database alone.

use std::collections::{BTreeMap, HashMap};

use migration::tables::TABLES;
use samvirke::tenancy::{Options, Walls};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{
    canaries::{Dice, Reader, Search, cursors_of, random_call},
    cases::{self, Ask},
    oracle::{Actor, Lib, Rank},
    product::Product,
    world::{LIBS, THEN, World, tenant},
};
use crate::harness::{Answer, Kind, Postgres, Sqlite, rstest};

/// Names what is new by the order in which it comes, so that two runs can be compared.
struct Plain {
    known: Vec<String>,
    names: HashMap<String, usize>,
}

impl Plain {
    fn of(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|i| self.of(i)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match name.as_str() {
                        "requestId" => *value = Value::Null,
                        "cursor" | "nextCursor" | "startCursor" | "endCursor" | "clientSecret" => {
                            *value = Value::Bool(!value.is_null())
                        }
                        // Each node signs with a key of its own.
                        "signature" | "keyId" | "jws" => *value = Value::Null,
                        _ => self.of(value),
                    }
                }
            }
            Value::String(text) => {
                if uuid::Uuid::parse_str(text).is_ok() && !self.known.contains(text) {
                    let next = self.names.len();
                    *text = format!("new {}", self.names.entry(text.clone()).or_insert(next));
                } else if text.len() >= 20 && chrono::DateTime::parse_from_rfc3339(text).is_ok() {
                    let then = chrono::DateTime::parse_from_rfc3339(THEN).unwrap();
                    let same = chrono::DateTime::parse_from_rfc3339(text).unwrap() == then;
                    *text = if same { "then".into() } else { "now".into() };
                } else if let Some((kind, name)) = text.split_once(':').filter(|(_, n)| n.len() == 32)
                    && name.bytes().all(|b| b.is_ascii_hexdigit())
                {
                    // A concept of somebody's own has a name by chance.
                    *text = format!("{kind}:chance");
                } else if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
                    // Nonces are chance, and receipts and digests are made of them.
                    *text = "chance".into();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// An archive's lines as what they say, without what is chance.
fn lay_open(body: &mut Value) {
    let archive = if body["data"].is_object() { &mut body["data"]["export"] } else { body };
    let Some(text) = archive["text"].as_str() else { return };
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // So that what differs is the row, and not how many there are.
    archive["rows"] = Value::Null;
    // An export asks no rule of rows: the database keeps the groups of a consortium from who has left it.
    lines.retain(|line| line["table"] != "work_group_member");
    for line in &mut lines {
        line["row"].as_object_mut().unwrap().remove("salt");
    }
    archive["text"] = lines.into();
    archive.as_object_mut().unwrap().remove("signature");
    archive.as_object_mut().unwrap().remove("keyId");
}

/// One answer of the sequence.
#[derive(Clone, PartialEq)]
struct Told {
    what: String,
    status: u16,
    etag: String,
    body: Value,
}

/// Three libraries at work: reads at random, and writes of every kind on any record.
async fn sequence(world: &World, requests: usize, canaries: &mut Vec<String>) -> Vec<Told> {
    let product = Product::read(&world.node.app).await;
    let cases = cases::all();
    let actors =
        [Actor::Of(Lib::A, Rank::Admin), Actor::Of(Lib::B, Rank::Editor), Actor::Of(Lib::D, Rank::Admin)];
    let clients = actors.map(|a| world.client(a));
    let mut search = Search::new(&world.canaries);
    let mut dice = Dice(7);
    let mut plain =
        Plain { known: world.ids().iter().map(ToString::to_string).collect(), names: HashMap::new() };
    // A cursor is sealed with the node's own key: each actor goes on from its own.
    let mut cursors: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut told = Vec::with_capacity(requests);
    for n in 0..requests {
        let who = dice.below(actors.len());
        let case = dice.pick(&cases);
        let Some(operation) = product.operations.get(case.operation) else { continue };
        let mine = cursors.entry(who).or_default();
        let records: Vec<_> = world.of_kind(case.on).copied().collect();
        let (record, id) = *dice.pick(&records);
        let by_case = case.call(&Ask { world, record, id });
        let mut call = random_call(&mut dice, &product, operation, world, mine);
        // Half the reads are random; what writes must be well formed.
        if case.writes() || dice.below(2) == 0 {
            call = by_case;
        }
        call.version = 1 + i64::try_from(dice.below(3)).unwrap();
        let by_rest = dice.below(2) == 0;
        let answer: Answer = match (&operation.rest, &operation.graphql) {
            (Some(rest), Some(_)) if by_rest => product.rest(&clients[who], rest, &call).await,
            (_, Some(field)) => product.graphql(&clients[who], field, &call).await,
            (Some(rest), None) => product.rest(&clients[who], rest, &call).await,
            (None, None) => continue,
        };
        search.answer(actors[who], case.operation, &answer);
        cursors_of(&answer, mine);
        let mut body = serde_json::from_str(&answer.text).unwrap_or(Value::String(answer.text.clone()));
        if case.operation == "export" {
            lay_open(&mut body);
        }
        plain.of(&mut body);
        call.args.remove("after");
        let what = format!("{n}: {} by {:?} {:?} {:?}", case.operation, actors[who], call.args, call.body);
        // A report's is over bytes that hold times, which every run has its own of.
        let etag =
            if ["meetingReport", "calendar"].contains(&case.operation) { "" } else { answer.header("etag") };
        told.push(Told { what, status: answer.status.as_u16(), etag: etag.to_owned(), body });
    }
    canaries.append(&mut search.found);
    told
}

const REQUESTS: usize = 3_000;

fn without_rules() -> Options {
    Options { walls: Walls::default().without_row_rules(), ..Options::default() }
}

fn without_database() -> Options {
    Options { walls: Walls::default().without_database_wall(), ..Options::default() }
}

async fn told(kind: Kind, options: Options, superuser: bool) -> (Vec<Told>, Vec<String>) {
    let world = World::new(kind, options, superuser).await;
    let mut canaries = Vec::new();
    let told = sequence(&world, REQUESTS, &mut canaries).await;
    canaries.truncate(10);
    (told, canaries)
}

fn differences(one: &[Told], other: &[Told]) -> Vec<String> {
    let told = |t: &Told| format!("{} {} {}", t.status, t.etag, t.body);
    let around =
        |text: &str, at: usize| text.chars().skip(at.saturating_sub(100)).take(300).collect::<String>();
    let differ = one.iter().zip(other).filter(|(a, b)| a != b);
    let tell = |(a, b): (&Told, &Told)| {
        let (x, y) = (told(a), told(b));
        let at = x.chars().zip(y.chars()).take_while(|(x, y)| x == y).count();
        format!(
            "{}
  {}
  {}",
            a.what,
            around(&x, at),
            around(&y, at)
        )
    };
    differ.map(tell).take(5).collect()
}

/// A difference between both walls and the rules alone would mean that the product leant on the database.
#[actix_web::test]
async fn the_rules_of_the_product_hold_alone_and_alike_on_both_databases() {
    let (both, leaks) = told(Postgres, Options::default(), false).await;
    assert_eq!(leaks, Vec::<String>::new());
    let fine = both.iter().filter(|t| t.status < 300 && t.body.get("errors").is_none()).count();
    for (name, kind, options, superuser) in [
        ("rules alone, PostgreSQL", Postgres, Options::default(), true),
        ("both walls, SQLite", Sqlite, Options::default(), false),
        ("rules alone, SQLite", Sqlite, without_database(), false),
    ] {
        let (alone, leaks) = told(kind, options, superuser).await;
        assert_eq!(leaks, Vec::<String>::new(), "{name}");
        let differ = differences(&both, &alone);
        assert!(differ.is_empty() && both.len() == alone.len(), "{name}:\n{}", differ.join("\n"));
        println!("{name}: {} answers equal ({fine} of them with something in them)", alone.len());
    }
}

/// The wall of the database alone: other answers, and no word of anybody else's.
#[rstest]
#[actix_web::test]
async fn the_wall_of_the_database_holds_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let (alone, leaks) = told(kind, without_rules(), false).await;
    assert_eq!(leaks, Vec::<String>::new());
    println!("{kind:?}: {} answers, 0 canaries", alone.len());
}

/// SQL without the product: nobody set, no row; somebody set, nobody else's secrets.
#[rstest]
#[actix_web::test]
async fn sql_of_ones_own_reads_no_further(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::new(kind, Options { connections: 1, ..Options::default() }, false).await;
    let db = &world.node.app.db;
    let mut rows = 0;
    for table in TABLES {
        let counted =
            db.unscoped(false, &format!("SELECT CAST(count(*) AS text) FROM {}", table.name)).await.unwrap();
        assert_eq!(counted, ["0"], "{}", table.name);
        for lib in LIBS {
            let mut search = Search::new(&world.canaries);
            for row in rows_of(&world, lib, table).await {
                search.look(Reader::Of(lib), &format!("{} read by {lib:?}", table.name), &row);
                rows += 1;
            }
            // The database's wall knows rows, not columns: who wrote a row that is shared is kept back by the product.
            // And a summary that is not published yet.
            let kept_back =
                ["competence_history.principal", "meeting.summary", "agreement_signature.principal"];
            search.found.retain(|f| !kept_back.iter().any(|column| f.contains(column)));
            assert_eq!(search.found, Vec::<String>::new());
        }
    }
    println!(
        "{kind:?}: {} tables without a caller: 0 rows; {rows} rows read by {} libraries",
        TABLES.len(),
        LIBS.len()
    );
    assert!(rows > 100, "the world is empty");
    // The control: whoever is not bound by the wall reads them all.
    if kind == Postgres {
        let mut search = Search::new(&world.canaries);
        let mut superuser = PgConnection::connect(&world.node.database.superuser_url()).await.unwrap();
        let all: Vec<String> = sqlx::query_scalar("SELECT e::text FROM competence_entry e")
            .fetch_all(&mut superuser)
            .await
            .unwrap();
        all.iter().for_each(|row| search.look(Reader::Of(Lib::D), "", row));
        assert!(!search.found.is_empty(), "the control went unnoticed");
    } else {
        let all = db
            .unscoped(false, "SELECT note FROM main.competence_entry WHERE note IS NOT NULL")
            .await
            .unwrap();
        let mut search = Search::new(&world.canaries);
        all.iter().for_each(|row| search.look(Reader::Of(Lib::D), "", row));
        assert!(!search.found.is_empty(), "the control went unnoticed");
    }
}

async fn rows_of(world: &World, lib: Lib, table: &migration::table::Table) -> Vec<String> {
    let me = tenant(lib);
    match world.kind() {
        Postgres => {
            let mut connection = PgConnection::connect(&world.node.database.url()).await.unwrap();
            let set = format!("SET samvirke.tenant = '{me}'; SET samvirke.duty = 'member'");
            connection.execute(AssertSqlSafe(set)).await.unwrap();
            let ask = format!("SELECT t::text FROM {} t", table.name);
            sqlx::query_scalar(AssertSqlSafe(ask)).fetch_all(&mut connection).await.unwrap()
        }
        Sqlite => {
            let columns: Vec<String> = table.columns().map(|c| format!("quote({})", c.name)).collect();
            let set = format!("UPDATE temp.who SET tenant = x'{}', duty = 'member'", me.simple());
            let ask = format!("{set}; SELECT {} FROM {}", columns.join(" || ' ' || "), table.name);
            world.node.app.db.unscoped(false, &ask).await.unwrap()
        }
    }
}
