//! Five everyday questions, by REST, by GraphQL and by hand, one after the other.

use std::path::Path;

use serde_json::json;

use super::{
    Wish,
    by_hand::{Script, Transaction, listen, log_statements},
    cpu::{Clock, memory},
    load::{self, Ask, Figures, Line, median},
    world::{Kind, World, get, graphql, id, send},
};

const LABEL: &str = "label { text language fallback requested }";

/// One question on both faces, what the goal for each is, and how it is asked by hand.
struct Question {
    name: &'static str,
    goals: (f64, f64),
    rest: Ask,
    graphql: Ask,
    /// Which of its entries pgbench writes to: nobody else does.
    by_hand: Ask,
}

/// A server keeps a statement's plan from the sixth time on.
const WARM: usize = 7;

const READ: (f64, f64) = (0.6, 0.45);
const WRITE: (f64, f64) = (0.5, 0.5);

fn entry_fields() -> String {
    format!(
        "id tenantId stance level holders note sourcePhrase sourceLanguage evidence visibility version changedAt \
         concept {{ id notation {LABEL} theme {{ id {LABEL} }} }}"
    )
}

fn project_fields() -> String {
    let text = LABEL.trim_start_matches("label ");
    format!(
        "id leadId leadName {text} consortiumId title {text} purpose {text} state conceptIds starts visibility version \
         participants {{ id tenantId name {text} role status version }} transitions {{ from to reason at }}"
    )
}

fn cube_fields() -> &'static str {
    "groupBy cells { dimensions { dimension code id label { text language fallback } } tenantsHaving tenantsWanting entries levelSum \
     levelCount meanLevel class covered } completeness { expected reporting inParts asOf } definition"
}

fn questions(world: &World, clients: usize) -> Vec<Question> {
    let askers: Vec<(usize, String)> =
        (0..clients).map(|client| world.asker(client)).map(|n| (n, world.token(n))).collect();
    let read = |name,
                path: &dyn Fn(usize) -> String,
                document: &str,
                variables: &dyn Fn(usize) -> serde_json::Value| {
        let rest = || Ask::Same(askers.iter().map(|(n, token)| get(token, &path(*n), "")).collect());
        let asked = askers.iter().map(|(n, token)| graphql(token, document, &variables(*n)));
        Question { name, goals: READ, rest: rest(), graphql: Ask::Same(asked.collect()), by_hand: rest() }
    };
    let change = |place: usize, by_graphql: bool| {
        let askers = askers.clone();
        let document = format!(
            "mutation($id: ID!, $version: Int!, $level: Int!) {{ changeCompetence(id: $id, expectedVersion: $version, \
             input: {{level: $level}}) {{ {} }} }}",
            entry_fields()
        );
        Ask::change(clients, move |client, version| {
            let (n, token) = &askers[client];
            let entry = id(Kind::Entry, n * 1000 + place);
            let level = 1 + version % 4;
            if by_graphql {
                return graphql(token, &document, &json!({"id": entry, "version": version, "level": level}));
            }
            let path = format!("/api/v1/competences/{entry}");
            let version = format!("if-match: \"{version}\"\r\n");
            send("PATCH", token, &path, "application/json", &version, &format!("{{\"level\":{level}}}"))
        })
    };
    let consortium = |n: usize| id(Kind::Consortium, world.consortium(n));
    let other = |n: usize| id(Kind::Tenant, world.beside(n));
    let project = |n: usize| id(Kind::Project, 300_000 + world.beside(n));
    vec![
        read(
            "profile",
            &|n| format!("/api/v1/competences?tenantId={}&first=50", other(n)),
            &format!(
                "query($id: ID!) {{ competences(filter: {{tenantId: $id}}, first: 50) {{ nodes {{ {} }} pageInfo {{ hasNextPage endCursor }} }} }}",
                entry_fields()
            ),
            &|n| json!({"id": other(n)}),
        ),
        read(
            "projects",
            &|n| format!("/api/v1/projects?consortiumId={}&first=20", consortium(n)),
            &format!(
                "query($id: ID!) {{ projects(filter: {{consortiumId: $id}}, first: 20) {{ nodes {{ {} }} pageInfo {{ hasNextPage endCursor }} }} }}",
                project_fields()
            ),
            &|n| json!({"id": consortium(n)}),
        ),
        read(
            "aggregate",
            &|n| format!("/api/v1/consortia/{}/aggregates/competences?groupBy=concept", consortium(n)),
            &format!(
                "query($id: ID!) {{ aggregateCompetences(consortiumId: $id, groupBy: [CONCEPT]) {{ {} }} }}",
                cube_fields()
            ),
            &|n| json!({"id": consortium(n)}),
        ),
        Question {
            name: "write",
            goals: WRITE,
            rest: change(0, false),
            graphql: change(1, true),
            by_hand: change(2, false),
        },
        read(
            "project",
            &|n| format!("/api/v1/projects/{}", project(n)),
            &format!("query($id: ID!) {{ project(id: $id) {{ {} }} }}", project_fields()),
            &|n| json!({"id": project(n)}),
        ),
    ]
}

/// How many statements, of how many transactions. Each is a round trip, but those with which a transaction begins.
fn told(seen: &[Transaction]) -> String {
    let statements: usize = seen.iter().map(Vec::len).sum();
    format!("{statements} round trips in {} transaction(s)", seen.len())
}

/// What is asked the same way, in every round.
#[derive(Default)]
struct Rounds(Vec<Figures>);

impl Rounds {
    fn median(&self, of: impl Fn(&Figures) -> f64) -> f64 {
        median(self.0.iter().map(of).collect())
    }

    fn program(&self) -> f64 {
        self.median(|figures| figures.each(|cpu| cpu.program))
    }

    fn postgres(&self) -> f64 {
        self.median(|figures| figures.each(|cpu| cpu.postgres))
    }

    /// Requests a second that two cores could do.
    fn capacity(&self) -> f64 {
        2_000.0 / (self.program() + self.postgres())
    }

    fn errors(&self) -> usize {
        self.0.iter().map(|figures| figures.errors).sum()
    }

    fn tell(&self, name: &str, by: &str, than: Option<(f64, f64)>) {
        let compared = than.map_or(String::new(), |(capacity, goal)| {
            let ratio = self.capacity() / capacity;
            let verdict = if ratio >= goal { "reached" } else { "NOT REACHED" };
            format!("{ratio:>7.2} {goal:>5.2} {verdict}")
        });
        println!(
            "{name:<10} {by:<9} {:>8.0} {:>8.2} {:>8.2} {:>9.3} {:>8.3} {:>9.3} {:>9.0} {:>7} {:>6}  {compared}",
            self.median(Figures::a_second),
            self.median(|figures| figures.part(0.5)),
            self.median(|figures| figures.part(0.99)),
            self.program(),
            self.median(|figures| figures.each(|cpu| cpu.program_system)),
            self.postgres(),
            self.capacity(),
            self.0.first().map_or(0, |figures| figures.bytes),
            self.errors(),
        );
    }
}

/// Gives how many errors there were.
pub async fn measure(world: &World, wish: &Wish, folder: &Path) -> usize {
    let clients = wish.clients.min(world.tenants);
    let questions = questions(world, clients);
    let clock = Clock::new(world.process.id());
    let socket = world.process.socket();
    let database = world.node.database.name();

    // Everything once, so that all is prepared, and a change has something before it.
    for question in &questions {
        for ask in [&question.rest, &question.graphql, &question.by_hand] {
            load::run(socket, ask, clients, std::time::Duration::from_millis(200), &clock);
        }
    }
    println!("\nWhat one request sends to PostgreSQL:");
    log_statements(&world.node, true).await;
    let mut scripts = Vec::new();
    for question in &questions {
        let (mut seen, mut rest, mut by_graphql) = (Vec::new(), String::new(), String::new());
        for client in 0..clients {
            let mut line = Line::open(socket);
            let me = id(Kind::Tenant, world.asker(client));
            let heard = listen(&question.by_hand, client, &mut line, me).await;
            if client == 0 {
                rest = told(&heard);
                by_graphql = told(&listen(&question.graphql, client, &mut line, me).await);
            }
            // Before figures are given again it is asked, in a transaction of its own, who has a seat: the other one has the question.
            assert!((1..=2).contains(&heard.len()), "{}: {} transactions", question.name, heard.len());
            seen.extend(heard.into_iter().max_by_key(Vec::len).map(|transaction| (me, transaction)));
        }
        // Who is given what another has asked for sends less: by hand it is asked as by the first.
        let most = seen.iter().map(|(_, transaction): &(_, Transaction)| transaction.len()).max();
        seen.retain(|(_, transaction)| Some(transaction.len()) == most);
        let seen: Vec<_> = seen.iter().cycle().take(clients).cloned().collect();
        scripts.push((question.name, seen));
        println!("{:<10} REST {rest}; GraphQL {by_graphql}", question.name);
    }
    log_statements(&world.node, false).await;
    let mut by_hand = Vec::new();
    for (name, seen) in &scripts {
        by_hand.push(Script::of(&world.node, folder, name, seen).await);
    }
    let askers: Vec<usize> = (0..clients).map(|client| world.asker(client)).collect();
    let of =
        |kind, of: &dyn Fn(usize) -> usize| askers.iter().map(|n| id(kind, of(*n)).to_string()).collect();
    let values =
        [("me", of(Kind::Tenant, &|n| n)), ("consortium", of(Kind::Consortium, &|n| world.consortium(n)))];
    let grouped = Script::own(&world.node, folder, "grouped", include_str!("by_hand.sql"), &values).await;

    let tokens: Vec<String> = askers.iter().map(|n| world.token(*n)).collect();
    let health = Ask::Same(tokens.iter().map(|token| get(token, "/healthz", "")).collect());
    let typename = Ask::Same(tokens.iter().map(|t| graphql(t, "{ __typename }", &json!({}))).collect());
    let (mut healthy, mut typed, mut grouping) = (Rounds::default(), Rounds::default(), Rounds::default());
    let mut rounds: Vec<[Rounds; 3]> = questions.iter().map(|_| Default::default()).collect();
    for _ in 0..wish.rounds {
        healthy.0.push(load::run(socket, &health, clients, wish.time, &clock));
        typed.0.push(load::run(socket, &typename, clients, wish.time, &clock));
        for ((question, script), of) in questions.iter().zip(&by_hand).zip(&mut rounds) {
            of[0].0.push(load::run(socket, &question.rest, clients, wish.time, &clock));
            of[1].0.push(load::run(socket, &question.graphql, clients, wish.time, &clock));
            // The plan of a slow one is little beside what it does.
            let warm = if question.name == "aggregate" { 1 } else { WARM };
            of[2].0.push(script.run(database, clients, wish.time, warm, &clock));
            if question.name == "aggregate" {
                grouping.0.push(grouped.run(database, clients, wish.time, WARM, &clock));
            }
        }
    }

    println!(
        "\n{clients} at once, {} rounds of {} s, medians. CPU in milliseconds a request: of the program (or of pgbench), the part of it \
         that the kernel had, and of PostgreSQL.",
        wish.rounds,
        wish.time.as_secs()
    );
    println!(
        "{:<10} {:<9} {:>8} {:>8} {:>8} {:>9} {:>8} {:>9} {:>9} {:>7} {:>6}  {:>7} {:>5}",
        "",
        "",
        "a second",
        "p50 ms",
        "p99 ms",
        "program",
        "kernel",
        "postgres",
        "capacity",
        "bytes",
        "errors",
        "ratio",
        "goal"
    );
    healthy.tell("healthz", "REST", None);
    typed.tell("__typename", "GraphQL", None);
    let mut errors = healthy.errors() + typed.errors();
    for (question, [rest, by_graphql, hand]) in questions.iter().zip(&rounds) {
        let capacity = hand.capacity();
        rest.tell(question.name, "REST", Some((capacity, question.goals.0)));
        by_graphql.tell(question.name, "GraphQL", Some((capacity, question.goals.1)));
        hand.tell(question.name, "pgbench", None);
        errors += rest.errors() + by_graphql.errors() + hand.errors();
        if question.name == "aggregate" {
            grouping.tell("  grouped", "pgbench", None);
            errors += grouping.errors();
            println!(
                "  against figures grouped by hand: REST {:.2}, GraphQL {:.2}",
                rest.capacity() / grouping.capacity(),
                by_graphql.capacity() / grouping.capacity()
            );
        }
    }
    let (now, most) = memory(world.process.id());
    let verdict = if most <= 64.0 { "reached" } else { "NOT REACHED" };
    println!("resident memory: {now:.0} MiB now, {most:.0} MiB at most; goal 64 MiB: {verdict}");
    let statements: usize = by_hand.iter().map(|script| script.statements).sum();
    println!("statements replayed by pgbench: {statements}; errors: {errors}");
    errors
}
