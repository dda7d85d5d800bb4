//! No answer, header or log line tells somebody what is not theirs: every text and number that not everybody may see
//! is known by itself ([`super::world::Canary`]), and is looked for raw, escaped, in base64 and in sums of two. The
//! answers of [`super::matrix`] are searched there; here everybody reads at random.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use samvirke::tenancy::{Options, Walls};
use serde_json::{Value, json};

use super::{
    oracle::{Actor, Lib, Rank},
    product::{Call, Product},
    world::{Canary, LIBS, MARK, NUMBER, World},
};
use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, rstest};

/// Who was given a text.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// Nobody in particular: a log.
    Nobody,
    Operator,
    Of(Lib),
}

/// Everything that is looked for.
pub struct Search<'w> {
    canaries: &'w [Canary],
    cores: Vec<String>,
    pub found: Vec<String>,
    pub texts: usize,
}

/// The part of a text's base64 that does not hang on what stands before and after, at each of three offsets.
fn cores(text: &str) -> Vec<String> {
    (0..3)
        .map(|offset| {
            let padded = [vec![b'x'; offset], text.as_bytes().to_vec()].concat();
            let whole = BASE64.encode(&padded);
            let first = (offset * 8).div_ceil(6);
            let last = padded.len() * 8 / 6;
            whole[first..last].to_owned()
        })
        .collect()
}

impl<'w> Search<'w> {
    pub fn new(canaries: &'w [Canary]) -> Self {
        let cores = cores(MARK);
        // The URL-safe alphabet too.
        let safe = cores.iter().map(|c| c.replace('+', "-").replace('/', "_"));
        let cores: std::collections::BTreeSet<String> = safe.chain(cores.iter().cloned()).collect();
        Self { canaries, cores: cores.into_iter().collect(), found: Vec::new(), texts: 0 }
    }

    /// Looks through one text that somebody was given.
    pub fn look(&mut self, reader: Reader, place: &str, text: &str) {
        self.texts += 1;
        let lower = text.to_lowercase();
        for mark in
            [MARK.to_owned(), "kanari%c3%b8".into(), "kanari\\u00f8".into(), "kanari\\xc3\\xb8".into()]
        {
            for (at, _) in lower.match_indices(&mark) {
                let digits: String = lower[at + mark.len()..].chars().take(6).collect();
                self.judge(reader, place, usize::from_str_radix(&digits, 16).ok());
            }
        }
        for core in &self.cores.clone() {
            // Which canary it is does not matter: nothing of ours is to go out in base64.
            if text.contains(core.as_str()) {
                self.found.push(format!("{place}: a canary in base64 ({core})"));
            }
        }
        self.numbers(reader, place, text);
    }

    fn judge(&mut self, reader: Reader, place: &str, number: Option<usize>) {
        let Some(canary) = number.and_then(|n| self.canaries.get(n)) else { return };
        if !open(canary, reader) {
            self.found.push(format!("{place}: {} of {:?} told to {reader:?}", canary.place, canary.to));
        }
    }

    fn numbers(&mut self, reader: Reader, place: &str, text: &str) {
        for digits in text.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 9 || d.len() == 10) {
            let Ok(number) = digits.parse::<i64>() else { continue };
            let index = |n: i64| usize::try_from(n).ok().filter(|n| *n < self.canaries.len());
            if let Some(single) = index(number - NUMBER) {
                self.judge(reader, place, Some(single));
            }
            // A sum of two, of which one at least is secret and not the reader's.
            let secret = |n: usize| {
                self.canaries.get(n).is_some_and(|c| {
                    c.place.ends_with("holders")
                        || c.place == "ballot.choices"
                        || c.place == "figure_value.amount"
                })
            };
            let hidden = |n: usize| !open(&self.canaries[n], reader);
            let rest = number - 2 * NUMBER;
            let pair = (0..self.canaries.len()).any(|one| {
                secret(one) && hidden(one) && index(rest - i64::try_from(one).unwrap()).is_some_and(secret)
            });
            if pair {
                self.found
                    .push(format!("{place}: a sum of two secret numbers, {number}, told to {reader:?}"));
            }
        }
    }

    pub fn answer(&mut self, actor: Actor, operation: &str, answer: &Answer) {
        let reader = match actor {
            Actor::Of(lib, _) => Reader::Of(lib),
            Actor::Frontend => Reader::Of(Lib::A),
            Actor::Operator => Reader::Operator,
            Actor::Anonymous | Actor::Expired | Actor::OtherAudience => Reader::Nobody,
        };
        let place = format!("{operation} by {actor:?}");
        self.look(reader, &place, &answer.text);
        for (name, value) in &answer.headers {
            self.look(reader, &format!("{place}, header {name}"), &String::from_utf8_lossy(value.as_bytes()));
            self.texts -= 1;
        }
    }
}

/// The operator makes consortia, and knows what they are called.
fn open(canary: &Canary, reader: Reader) -> bool {
    match reader {
        Reader::Nobody => false,
        Reader::Operator => canary.place == "consortium.names",
        Reader::Of(lib) => canary.to.contains(&lib),
    }
}

/// A repeatable row of numbers.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % (n.max(1) as u64)).unwrap()
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let n = self.below(from.len());
        &from[n]
    }
}

/// A call of a reading operation with a random id, filter and page; cursors are whatever others were given.
pub fn random_call(
    dice: &mut Dice,
    product: &Product,
    operation: &super::product::Operation,
    world: &World,
    cursors: &[String],
) -> Call {
    let ids = world.ids();
    let mut call = Call::default();
    let id = |dice: &mut Dice| -> Value {
        if dice.below(20) == 0 {
            uuid::Uuid::from_u128(dice.roll().into()).to_string().into()
        } else {
            dice.pick(&ids).to_string().into()
        }
    };
    call.args.insert("id".into(), id(dice));
    let mut filter = serde_json::Map::new();
    for (name, kind, words) in product.filter(operation) {
        if dice.below(3) != 0 {
            continue;
        }
        let canary = format!("{MARK}{:06x}", dice.below(world.canaries.len()));
        let value = match kind.as_str() {
            "ID" => id(dice),
            "Int" => json!(dice.below(5)),
            "Boolean" => json!(dice.below(2) == 0),
            _ if !words.is_empty() => json!(dice.pick(&words)),
            _ => json!(dice.pick(&["NO".to_owned(), "no-31".into(), canary, "2026".into()])),
        };
        filter.insert(name, value);
    }
    call.args.insert("filter".into(), Value::Object(filter));
    if let Some(field) = &operation.graphql {
        for (name, of) in &field.args {
            let text = of.to_string();
            if name == "first" && dice.below(2) == 0 {
                call.args.insert(name.clone(), json!(1 + dice.below(8)));
            } else if name == "after" && dice.below(4) == 0 && !cursors.is_empty() {
                call.args.insert(name.clone(), dice.pick(cursors).clone().into());
            } else if text.contains("\"ID\"")
                && name != "id"
                && (text.contains("NON_NULL") || dice.below(2) == 0)
            {
                call.args.insert(name.clone(), id(dice));
            } else if text.contains("\"String\"") && name != "after" && text.contains("NON_NULL") {
                call.args
                    .insert(name.clone(), format!("{MARK}{:06x}", dice.below(world.canaries.len())).into());
            }
        }
    }
    call
}

pub fn cursors_of(answer: &Answer, into: &mut Vec<String>) {
    let Ok(body) = serde_json::from_str::<Value>(&answer.text) else { return };
    if let Some(cursor) = body["nextCursor"].as_str() {
        into.push(cursor.to_owned());
    }
    let edges = body["data"].as_object().and_then(|d| d.values().next()).and_then(|c| c["edges"].as_array());
    into.extend(edges.into_iter().flatten().filter_map(|e| e["cursor"].as_str()).take(1).map(str::to_owned));
    if into.len() > 200 {
        into.drain(..100);
    }
}

/// Reads at random, so many times, as everybody.
async fn wander(world: &World, product: &Product, search: &mut Search<'_>, times: usize) {
    let mut dice = Dice(20_260_102);
    let actors: Vec<(Actor, Client)> = LIBS
        .iter()
        .map(|lib| Actor::Of(*lib, Rank::Admin))
        .chain([Actor::Operator, Actor::Of(Lib::B, Rank::Viewer), Actor::Of(Lib::D, Rank::Editor)])
        .map(|actor| (actor, world.client(actor)))
        .collect();
    let reads: Vec<&String> = product
        .operations
        .iter()
        .filter(|(_, o)| {
            o.graphql
                .as_ref()
                .map_or_else(|| o.rest.as_ref().is_some_and(|r| r.method == "GET"), |f| !f.mutation)
        })
        .map(|(name, _)| name)
        .collect();
    let mut cursors = Vec::new();
    for _ in 0..times {
        let name = *dice.pick(&reads);
        let operation = &product.operations[name];
        let (actor, client) = dice.pick(&actors);
        let call = random_call(&mut dice, product, operation, world, &cursors);
        let answer = match (&operation.rest, &operation.graphql) {
            (Some(rest), None) => product.rest(client, rest, &call).await,
            (Some(rest), Some(_)) if dice.below(2) == 0 => product.rest(client, rest, &call).await,
            (_, Some(field)) => product.graphql(client, field, &call).await,
            (None, None) => continue,
        };
        assert!(answer.status.as_u16() < 500, "{name} {call:?}: {}", answer.text);
        cursors_of(&answer, &mut cursors);
        search.answer(*actor, name, &answer);
    }
}

/// Where the log goes while a test listens.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub async fn hunt(world: &World, times: usize) -> (usize, Vec<String>) {
    let product = Product::read(&world.node.app).await;
    let mut search = Search::new(&world.canaries);
    wander(world, &product, &mut search, times).await;
    (search.texts, search.found)
}

#[rstest]
#[case::sqlite(Sqlite, 10_000)]
#[case::postgres(Postgres, 10_000)]
#[actix_web::test]
async fn nobody_is_told_what_is_not_theirs(#[case] kind: Kind, #[case] times: usize) {
    let log = Log::default();
    let writer = log.clone();
    let heard = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .try_init()
        .is_ok();
    let world = World::new(kind, Options::default(), false).await;
    let (answers, mut found) = hunt(&world, times).await;
    let lines = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    let mut search = Search::new(&world.canaries);
    // What a client sent may stand in the log of the client's own library; the node's lines carry no text at all.
    let ours: Vec<&str> = lines.lines().filter(|l| l.contains("samvirke")).collect();
    ours.iter().for_each(|line| search.look(Reader::Nobody, "log", line));
    found.extend(search.found);
    println!(
        "{kind:?}: {answers} answers, {} log lines (heard: {heard}), {} canaries, {} leaks",
        ours.len(),
        world.canaries.len(),
        found.len()
    );
    found.truncate(20);
    assert!(found.is_empty(), "{found:#?}");
}

/// The control: with both walls down the search must find.
#[rstest]
#[actix_web::test]
async fn without_walls_the_canaries_sing(#[values(Sqlite, Postgres)] kind: Kind) {
    let walls = Walls::default().without_row_rules().without_database_wall();
    let world = World::new(kind, Options { walls, ..Options::default() }, true).await;
    let (answers, found) = hunt(&world, 300).await;
    println!("{kind:?}: {answers} answers, {} leaks found", found.len());
    assert!(!found.is_empty(), "the control went unnoticed");
}

#[test]
fn the_search_finds_every_disguise() {
    let canaries = [Canary { to: vec![Lib::A], place: "x.holders".into() }];
    let with_two = [0, 1].map(|_| Canary { to: vec![Lib::A], place: "x.holders".into() });
    let plain = format!("{MARK}000000");
    for text in [
        plain.clone(),
        plain.to_uppercase(),
        "…kanari%C3%B8000000".into(),
        "\"kanari\\u00F8000000\"".into(),
        BASE64.encode(&plain),
        BASE64.encode(format!("a{plain}")),
        BASE64.encode(format!("ab{plain}z")),
        format!("{{\"holders\":{NUMBER}}}"),
    ] {
        let mut search = Search::new(&canaries);
        search.look(Reader::Of(Lib::B), "here", &text);
        assert_eq!(search.found.len(), 1, "{text}");
        let mut search = Search::new(&canaries);
        search.look(Reader::Of(Lib::A), "here", &plain);
        assert!(search.found.is_empty());
    }
    let mut search = Search::new(&with_two);
    search.look(Reader::Of(Lib::B), "here", &format!("{{\"sum\":{}}}", 2 * NUMBER + 1));
    assert_eq!(search.found.len(), 1);
}
