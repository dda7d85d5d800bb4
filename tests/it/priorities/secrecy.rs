//! Before publication a round tells how many have voted. Not how, not who, not even to the coordinator, nor to the
//! database's own serving role.

use samvirke::auth::Role;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};

use super::{Vote, advance, dots};
use crate::harness::{Client, Database, Kind, Postgres, Sqlite, rstest};

/// Everything that somebody can ask about the round, but its own ballot.
async fn all_answers(vote: &Vote, client: &Client) -> Vec<Value> {
    let path = &vote.path;
    let round = path.trim_start_matches("/priority-rounds/");
    let mut answers = Vec::new();
    for place in [
        path.clone(),
        format!("/priority-rounds?consortiumId={}", vote.consortium),
        format!("{path}/proposals"),
        format!("{path}/proposals?chosen=true"),
        format!("{path}/proposals?chosen=false"),
    ] {
        let answer = client.get(&place).await;
        answers.push(json!([answer.header("etag"), answer.ok()]));
    }
    let query = "query($r: ID!) { priorityRound(id: $r) { version turnout result { digest } } \
        priorityProposals(roundId: $r) { edges { node { id version standing { points } } } } }";
    answers.push(client.data(query, json!({"r": round})).await);
    answers
}

#[rstest]
#[actix_web::test]
async fn how_one_votes_changes_no_answer_to_another(#[values(Sqlite, Postgres)] kind: Kind) {
    let vote = Vote::open(kind, 2, &["Leselyst", "Musikk"], dots(1)).await;
    let [voter, other] = [&vote.members[0], &vote.members[1]];
    let observer = vote.node.tenant("tana").await;
    vote.node.observer(vote.consortium, &vote.coordinator, &observer).await;
    let viewer = vote.node.client(other.tenant, Role::Viewer);
    let everybody = [&vote.coordinator, other, &observer, &viewer, voter];
    let ask = async || {
        let mut all = Vec::new();
        for client in everybody {
            all.push(all_answers(&vote, client).await);
        }
        all
    };
    let empty = ask().await;
    vote.cast(voter, &[(&vote.proposals[0], 3)]).await;
    let one = ask().await;
    assert_ne!(empty, one, "the turnout is told");
    vote.cast(voter, &[(&vote.proposals[1], 1)]).await;
    assert_eq!(ask().await, one, "and nothing else");
    advance(&vote.coordinator, &vote.path, "closed").await;
    let closed = ask().await;
    for answers in &closed {
        for told in answers {
            assert!(
                !told.to_string().contains("\"points\":1") && !told.to_string().contains("receipt"),
                "{told}"
            );
        }
    }
    // The operator of the node has no way in.
    let operator = vote.node.operator();
    for place in ["", "/ballot", "/proposals"] {
        operator.get(&format!("{}{place}", vote.path)).await.problem(403, "forbidden");
    }
    operator.get("/priority-rounds").await.problem(403, "forbidden");
}

/// What the serving role finds for this tenant and duty.
async fn found(connection: &mut PgConnection, who: &Client, duty: &str, sql: &'static str) -> i64 {
    let mut tx = connection.begin().await.unwrap();
    for (name, value) in [("tenant", who.tenant.to_string()), ("duty", duty.to_owned())] {
        sqlx::query("SELECT set_config('samvirke.' || $1, $2, true)")
            .bind(name)
            .bind(value)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    let count = if sql.starts_with("SELECT") {
        sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap()
    } else {
        i64::try_from(tx.execute(sql).await.unwrap().rows_affected()).unwrap()
    };
    tx.rollback().await.unwrap();
    count
}

#[actix_web::test]
async fn the_database_opens_the_box_for_the_count_alone() {
    let vote = Vote::open(Postgres, 2, &["Leselyst", "Musikk"], dots(1)).await;
    for client in [&vote.coordinator, &vote.members[0], &vote.members[1]] {
        vote.cast(client, &[(&vote.proposals[0], 2)]).await;
    }
    let Database::Postgres(database) = &vote.node.database else { panic!("PostgreSQL") };
    let mut connection = PgConnection::connect(&database.app_url).await.unwrap();
    const BALLOTS: &str = "SELECT count(*) FROM ballot";
    const RESULTS: &str = "SELECT count(*) FROM priority_result";
    const FORGE: &str = "UPDATE priority_result SET digest = 'forged'";
    const REVOTE: &str = "UPDATE ballot SET receipt = 'forged'";
    let (lead, member) = (&vote.coordinator, &vote.members[0]);
    let stranger = vote.node.tenant("fremmed").await;
    let mut told = Vec::new();
    for phase in ["voting", "closed", "published"] {
        if phase != "voting" {
            advance(lead, &vote.path, phase).await;
        }
        for (who, duty) in
            [(lead, "member"), (lead, "tally"), (member, "member"), (member, "tally"), (&stranger, "tally")]
        {
            let mut row = Vec::new();
            for sql in [BALLOTS, RESULTS, REVOTE, FORGE] {
                row.push(found(&mut connection, who, duty, sql).await);
            }
            told.push(row);
        }
    }
    let expected = [
        // Voting: one's own ballot, which one may cast anew.
        [1, 0, 1, 0],
        [1, 0, 1, 0],
        [1, 0, 1, 0],
        [1, 0, 1, 0],
        [0, 0, 0, 0],
        // Closed: the coordinator's count, and nobody casts any more.
        [1, 0, 0, 0],
        [3, 0, 0, 0],
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        // Published: the result for all, unchangeable; the box is shut again.
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [0, 0, 0, 0],
    ];
    assert_eq!(told, expected.map(Vec::from));
    // The turnout's rows name neither library nor time.
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'turnout' ORDER BY 1",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(columns, ["consortium_id", "id", "round_id"]);
}
