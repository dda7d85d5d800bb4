//! An aggregate as the number of libraries grows: the first time, again and again, and after a write.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{
    Wish,
    by_hand::Script,
    cpu::{Clock, memory},
    load::{self, Ask, Line, median},
    world::{Kind, World, get, id, send},
};

/// Milliseconds at one size.
pub struct Grown {
    pub tenants: usize,
    pub again: f64,
    pub after_write: f64,
}

fn path(consortium: usize) -> String {
    format!("/api/v1/consortia/{}/aggregates/competences?groupBy=concept", id(Kind::Consortium, consortium))
}

fn timed(line: &mut Line, request: &[u8]) -> (f64, bool) {
    let began = Instant::now();
    let good = line.ask(request).status == 200;
    (began.elapsed().as_secs_f64() * 1000.0, good)
}

/// Gives what there is to compare with other sizes, and how many errors there were.
pub async fn measure(world: &mut World, wish: &Wish, folder: &Path) -> (Grown, usize) {
    const RESTARTS: usize = 3;
    const WRITES: usize = 20;
    let clients = wish.clients.min(world.tenants);
    let askers: Vec<usize> = (0..clients).map(|client| world.asker(client)).collect();
    let tokens: Vec<String> = askers.iter().map(|n| world.token(*n)).collect();
    let mut errors = 0;

    // The first: of a program that has just started, whose connections are open and know other questions.
    let consortia = world.tenants.div_ceil(world.members).min(4);
    let projects = Ask::Same(tokens.iter().map(|token| get(token, "/api/v1/projects?first=1", "")).collect());
    let mut first = Vec::new();
    for _ in 0..RESTARTS {
        world.restart().await;
        let clock = Clock::new(world.process.id());
        load::run(world.process.socket(), &projects, clients, Duration::from_millis(300), &clock);
        let mut line = Line::open(world.process.socket());
        for consortium in 0..consortia {
            let token = world.token(consortium * world.members);
            let (wait, good) = timed(&mut line, &get(&token, &path(consortium), ""));
            first.push(wait);
            errors += usize::from(!good);
        }
    }

    // Again and again, beside what the node can answer at all.
    let clock = Clock::new(world.process.id());
    let socket = world.process.socket().to_owned();
    let of: Vec<String> = askers.iter().map(|n| path(world.consortium(*n))).collect();
    let request = |more: &dyn Fn(usize) -> String| {
        let all = tokens.iter().zip(&of).enumerate();
        Ask::Same(all.map(|(client, (token, path))| get(token, path, &more(client))).collect())
    };
    let health = Ask::Same(tokens.iter().map(|token| get(token, "/healthz", "")).collect());
    let whole = request(&|_| String::new());
    let mut line = Line::open(&socket);
    let tags: Vec<String> = tokens
        .iter()
        .zip(&of)
        .map(|(token, path)| line.ask(&get(token, path, "")).header("etag").unwrap_or_default().to_owned())
        .collect();
    let known = request(&|client| format!("if-none-match: {}\r\n", tags[client]));
    let packed = request(&|_| "accept-encoding: gzip\r\n".to_owned());
    let mut rounds: [Vec<load::Figures>; 4] = Default::default();
    for _ in 0..wish.rounds {
        for (ask, of) in [&health, &whole, &packed, &known].into_iter().zip(&mut rounds) {
            of.push(load::run(&socket, ask, clients, wish.time, &clock));
        }
    }
    errors += rounds.iter().flatten().map(|figures| figures.errors).sum::<usize>();
    let [healthy, again, packed, same] = rounds;
    let rate = |of: &[load::Figures]| median(of.iter().map(load::Figures::a_second).collect());
    let cost =
        |of: &[load::Figures]| median(of.iter().map(|f| f.each(|cpu| cpu.program + cpu.postgres)).collect());

    // After one write by another member, and without.
    let (reader, writer) = (0, world.beside(0));
    let (token, write) = (world.token(reader), world.token(writer));
    let ask = get(&token, &path(world.consortium(reader)), "");
    let entry = id(Kind::Entry, writer * 1000 + 3);
    // One that has said nothing for a while has been hung up on.
    let mut line = Line::open(&socket);
    let mut version = 1;
    let (mut after, mut without) = (Vec::new(), Vec::new());
    timed(&mut line, &ask);
    for _ in 0..WRITES {
        let body = format!("{{\"level\":{}}}", 1 + version % 4);
        let to = format!("/api/v1/competences/{entry}");
        let from = format!("if-match: \"{version}\"\r\n");
        let answer = line.ask(&send("PATCH", &write, &to, "application/json", &from, &body));
        errors += usize::from(answer.status != 200);
        version = answer.number(b"\"version\":").unwrap_or(version);
        for waits in [&mut after, &mut without] {
            let (wait, good) = timed(&mut line, &ask);
            waits.push(wait);
            errors += usize::from(!good);
        }
    }

    // By hand, by one who asks alone as well.
    let values = [
        ("me", vec![id(Kind::Tenant, 0).to_string()]),
        ("consortium", vec![id(Kind::Consortium, 0).to_string()]),
    ];
    let script = Script::own(&world.node, folder, "alone", include_str!("by_hand.sql"), &values).await;
    let by_hand = script.run(world.node.database.name(), 1, wish.time, 7, &clock);
    errors += by_hand.errors;
    // The program does not start beside tables without a wall.
    world.node.database.raw("DROP SCHEMA bench CASCADE").await;

    let verdict = |reached: bool| if reached { "reached" } else { "NOT REACHED" };
    println!("again and again, of /healthz {:.0} a second; goal 0.6:", rate(&healthy));
    for (what, of) in [("as it is", &again), ("as gzip", &packed), ("the caller has it (304)", &same)] {
        let ratio = rate(of) / rate(&healthy);
        let bytes = of.iter().map(|figures| figures.bytes).max().unwrap_or_default();
        println!(
            "  {what}: {:.0} a second, {bytes} bytes: ratio {ratio:.3}: {}",
            rate(of),
            verdict(ratio >= 0.6)
        );
    }
    println!(
        "  by CPU, program and PostgreSQL: {:.3} ms, {:.3} ms as gzip, {:.3} ms when the caller has it; /healthz {:.3} ms",
        cost(&again),
        cost(&packed),
        cost(&same),
        cost(&healthy)
    );
    let (first, hand) = (median(first), by_hand.part(0.5));
    println!(
        "the first: {first:.2} ms; the same figures by hand {hand:.2} ms: {:.2} times; goal at most 1.2: {}",
        first / hand,
        verdict(first / hand <= 1.2)
    );
    let (after, without) = (median(after), median(without));
    println!("after one write: {after:.2} ms; without {without:.2} ms: {:.2} times", after / without);
    let (now, most) = memory(world.process.id());
    println!("resident memory: {now:.0} MiB now, {most:.0} MiB at most; errors: {errors}");
    (Grown { tenants: world.tenants, again: without, after_write: after }, errors)
}
