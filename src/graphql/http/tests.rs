use actix_web::{
    App,
    http::{Method, StatusCode, header::HeaderMap},
    test,
};
use async_graphql::{EmptySubscription, Object, Schema};
use futures_util::FutureExt;
use serde_json::{Value as Json, json};

use super::*;

struct Query;

#[Object]
impl Query {
    async fn echo(&self, text: Option<String>) -> String {
        text.unwrap_or_default()
    }
    async fn number(&self, n: i32) -> i32 {
        n
    }
    async fn fails(&self) -> Option<async_graphql::Result<i32>> {
        Some(Err(async_graphql::Error::new("it failed")))
    }
    async fn must(&self) -> async_graphql::Result<i32> {
        Err(async_graphql::Error::new("it failed"))
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn write(&self) -> bool {
        true
    }
}

fn execute() -> Execute {
    let schema = Schema::new(Query, Mutation, EmptySubscription);
    Arc::new(move |request, http| {
        let schema = schema.clone();
        async move {
            if http.headers().contains_key("x-bad-token") {
                return Err(problem(crate::error::Error::new(crate::error::Code::InvalidToken)));
            }
            Ok(schema.execute(request).await)
        }
        .boxed_local()
    })
}

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

struct Answer {
    status: u16,
    kind: String,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn body(&self) -> Json {
        serde_json::from_str(&self.text).unwrap()
    }
    fn is_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.kind.as_str()), (status, "application/problem+json"), "{}", self.text);
        assert_eq!((&self.body()["status"], &self.body()["code"]), (&json!(status), &json!(code)));
        assert!(self.body()["detail"].is_string() && self.body()["title"].is_string());
    }
}

async fn send(method: Method, uri: &str, headers: &[(&str, &str)], body: impl Into<web::Bytes>) -> Answer {
    let app = test::init_service(
        App::new().wrap(actix_web::middleware::from_fn(crate::rest::problems)).configure(routes(
            execute(),
            Settings::default(),
            Arc::default(),
        )),
    )
    .await;
    let mut request = test::TestRequest::with_uri(uri).method(method).set_payload(body);
    for header in headers {
        request = request.insert_header(*header);
    }
    let answer = test::call_service(&app, request.to_request()).await;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let kind = headers.get("content-type").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let kind = kind.trim_end_matches("; charset=utf-8").to_owned();
    Answer { status, kind, headers, text: String::from_utf8(test::read_body(answer).await.to_vec()).unwrap() }
}

async fn post(accept: &str, body: Json) -> Answer {
    let headers = [("content-type", JSON), ("accept", accept)];
    send(Method::POST, "/graphql", &headers, body.to_string()).await
}

async fn ask(accept: &str, query: &str) -> Answer {
    post(accept, json!({ "query": query })).await
}

async fn get(query: &str) -> Answer {
    send(Method::GET, &format!("/graphql?{query}"), &[("accept", GRAPHQL)], "").await
}

#[actix_web::test]
async fn the_answer_is_of_the_type_that_is_wanted_most() {
    for (accept, kind) in [
        (GRAPHQL, GRAPHQL),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("", JSON),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/json;q=0.9, application/graphql-response+json", GRAPHQL),
        ("application/json, application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json;q=0.5, application/json;q=0.6", JSON),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("application/json;q=0, */*;q=0.1", GRAPHQL),
        ("application/graphql-response+json;q=0.5, */*", JSON),
        ("APPLICATION/GraphQL-Response+JSON; charset=UTF-8", GRAPHQL),
        ("text/html, */*;q=0.8", JSON),
        ("application/json, multipart/mixed", JSON),
    ] {
        let answer = ask(accept, "{ echo(text: \"æ\") }").await;
        assert_eq!((answer.status, answer.kind.as_str()), (200, kind), "{accept}");
        assert_eq!(answer.body(), json!({ "data": { "echo": "æ" } }));
    }
    for accept in ["text/html", "application/json;q=0", "*/*;q=0", "application/json; charset=latin1", ";;,"]
    {
        ask(accept, "mutation { write }").await.is_problem(406, "not_acceptable");
    }
    // No header at all.
    let answer = send(Method::POST, "/graphql", &[("content-type", JSON)], r#"{"query":"{ echo }"}"#).await;
    assert_eq!((answer.status, answer.kind.as_str()), (200, JSON));
}

#[actix_web::test]
async fn request_errors_have_no_data_and_the_status_of_their_type() {
    for query in
        ["{", "", "{ nothing }", "query A { echo } query B { echo }", "query ($a: ID!) { echo(text: $a) }"]
    {
        let (new, old) = (ask(GRAPHQL, query).await, ask(JSON, query).await);
        assert_eq!((new.status, new.kind.as_str()), (400, GRAPHQL), "{query}: {}", new.text);
        assert_eq!((old.status, old.kind.as_str()), (200, JSON), "{query}: {}", old.text);
        assert_eq!(new.body(), old.body());
        assert!(new.body().get("data").is_none() && new.body()["errors"][0]["message"].is_string());
    }
    let answer = ask(GRAPHQL, "{ echo").await;
    assert_eq!(answer.body()["errors"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED");
    assert_eq!(answer.body()["errors"][0]["locations"][0]["line"], 1);
}

#[actix_web::test]
async fn a_setting_makes_invalid_documents_422() {
    let settings = Settings { invalid: StatusCode::UNPROCESSABLE_ENTITY, ..Settings::default() };
    let app = test::init_service(App::new().configure(routes(execute(), settings, Arc::default()))).await;
    for (query, status) in [("{ nothing }", 422), ("{", 400), ("{ echo }", 200)] {
        let request = test::TestRequest::post().uri("/graphql").insert_header(("accept", GRAPHQL));
        let answer = test::call_service(&app, request.set_json(json!({ "query": query })).to_request()).await;
        assert_eq!(answer.status().as_u16(), status, "{query}");
    }
}

#[actix_web::test]
async fn execution_errors_are_200_with_data() {
    for query in ["{ echo fails }", "{ must }"] {
        let answer = ask(GRAPHQL, query).await;
        assert_eq!(answer.status, 200);
        assert!(
            answer.body().get("data").is_some() && answer.body()["errors"][0]["path"].is_array(),
            "{}",
            answer.text
        );
    }
}

#[actix_web::test]
async fn a_body_is_json_and_says_so() {
    let body = r#"{"query":"mutation { write }"}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
        "application/jsonp",
        "application/graphql",
        "",
    ] {
        send(Method::POST, "/graphql", &[("content-type", kind)], body)
            .await
            .is_problem(415, "unsupported_media_type");
    }
    send(Method::POST, "/graphql", &[], body).await.is_problem(415, "unsupported_media_type");
    let packed = [("content-type", JSON), ("content-encoding", "gzip")];
    send(Method::POST, "/graphql", &packed, body).await.is_problem(415, "unsupported_media_type");
    for kind in ["application/json", "Application/JSON;charset=\"utf-8\"", "application/json; profile=x"] {
        assert_eq!(
            send(Method::POST, "/graphql", &[("content-type", kind)], body).await.status,
            200,
            "{kind}"
        );
    }
}

#[actix_web::test]
async fn what_is_no_request_is_a_problem() {
    let deep = "[".repeat(10_000);
    for body in [
        &b""[..],
        b"{ \"not a JSON",
        b"[]",
        b"[{\"query\":\"{ echo }\"}]",
        b"\"{ echo }\"",
        b"null",
        b"{}",
        b"{\"query\":null}",
        b"{\"query\":1}",
        b"{\"query\":[\"{ echo }\"]}",
        b"{\"query\":\"{ echo }\",\"variables\":[]}",
        b"{\"query\":\"{ echo }\",\"variables\":\"{}\"}",
        b"{\"query\":\"{ echo }\",\"operationName\":{}}",
        b"{\"query\":\"{ echo }\",\"extensions\":0}",
        b"{\"query\":\"{ echo \xff }\"}",
        deep.as_bytes(),
    ] {
        let headers = [("content-type", JSON), ("accept", GRAPHQL)];
        let answer = send(Method::POST, "/graphql", &headers, body.to_vec()).await;
        answer.is_problem(400, "malformed_request");
    }
    let answer = post(
        GRAPHQL,
        json!({ "query": "{ echo }", "variables": null, "operationName": null, "extensions": null, "other": [1] }),
    );
    assert_eq!(answer.await.status, 200);
}

#[actix_web::test]
async fn bodies_end_at_their_bound() {
    let padded = |n: usize| {
        let head = r#"{"query":"{ echo }","x":""#;
        format!("{head}{}\"}}", "x".repeat(n - head.len() - 2))
    };
    let headers = [("content-type", JSON)];
    assert_eq!(send(Method::POST, "/graphql", &headers, padded(64 * 1024)).await.status, 200);
    send(Method::POST, "/graphql", &headers, padded(64 * 1024 + 1))
        .await
        .is_problem(413, "payload_too_large");
    // Announced, not sent.
    let announced = [("content-type", JSON), ("content-length", "104857600")];
    send(Method::POST, "/graphql", &announced, "{}").await.is_problem(413, "payload_too_large");
}

#[actix_web::test]
async fn get_runs_queries_and_nothing_else() {
    let answer = get("query=%7B+echo(text:%22a%2Bb%22)+%7D").await;
    assert_eq!((answer.status, answer.body()), (200, json!({ "data": { "echo": "a+b" } })));
    let answer =
        get("query=query($t:String)%7Becho(text:$t)%7D&variables=%7B%22t%22:%22x%22%7D&operationName=").await;
    assert_eq!(answer.body(), json!({ "data": { "echo": "x" } }));
    let two =
        "query=query A{echo(text:%22a%22)} query B{echo(text:%22b%22)} mutation C{write}".replace(' ', "%20");
    for (name, data) in [("A", "a"), ("B", "b")] {
        assert_eq!(
            get(&format!("{two}&operationName={name}")).await.body(),
            json!({ "data": { "echo": data } })
        );
    }
    for query in [format!("{two}&operationName=C"), "query=mutation%7Bwrite%7D".to_owned()] {
        let answer = get(&query).await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.headers.get("allow").unwrap(), "POST");
    }
    // Which one is not said: nothing runs.
    assert_eq!(get(&two).await.status, 400);
    assert_eq!(get("query=subscription%7Bx%7D").await.status, 400);
    for query in [
        "",
        "query=%7Becho%7D&variables=x",
        "query=%7Becho%7D&variables=[]",
        "query=%7Becho%7D&query=%7Ba%7D",
    ] {
        get(query).await.is_problem(400, "malformed_request");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = send(method, "/graphql", &[], "").await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.headers.get("allow").unwrap(), "GET, POST");
    }
}

#[actix_web::test]
async fn subscriptions_are_refused_in_both_verbs() {
    let answer = ask(GRAPHQL, "subscription { x }").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body()["errors"][0]["extensions"]["code"], "SUBSCRIPTION_NOT_HERE");
}

#[actix_web::test]
async fn costly_documents_are_named_and_never_parsed() {
    for accept in [GRAPHQL, JSON] {
        let answer = ask(accept, &format!("{{ __type(name: {}", "[".repeat(4_000))).await;
        let error = &answer.body()["errors"][0];
        assert_eq!((answer.status, answer.kind.as_str()), (400, accept));
        assert_eq!(
            error["extensions"],
            json!({ "code": "QUERY_TOO_COMPLEX", "status": 400, "bound": "NESTING", "limit": 32, "found": 33 })
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.ends_with("33 brackets inside each other, at most 32 are answered"), "{message}");
        assert!(answer.body().get("data").is_none());
    }
}

#[actix_web::test]
async fn no_error_repeats_much_of_what_was_sent() {
    let long = "å".repeat(20_000);
    for (query, variables) in [
        (format!("{{ echo(text: \"{long}\" "), json!({})),
        (format!("{{ echo(text: [\"{long}\"]) }}"), json!({})),
        ("query ($a: Int!) { number(n: $a) }".to_owned(), json!({ "a": long })),
        (format!("{{ {} }}", "b".repeat(120)), json!({})),
        (format!("{{ {} }}", "b".repeat(50_000)), json!({})),
        ("{ echo }".to_owned(), json!({ "x": long })),
    ] {
        let answer = post(GRAPHQL, json!({ "query": query, "variables": variables })).await;
        for error in answer.body()["errors"].as_array().into_iter().flatten() {
            let sentence = 140;
            let message = error["message"].as_str().unwrap();
            assert!(message.chars().count() <= super::super::ECHO + sentence, "{error}");
        }
        assert!(answer.text.len() < 1_000, "{}", answer.text);
    }
    let bad = format!("{{\"query\": {long}");
    let answer = send(Method::POST, "/graphql", &[("content-type", JSON)], bad).await;
    answer.is_problem(400, "malformed_request");
    assert!(answer.text.len() < 400);
}

#[actix_web::test]
async fn an_answer_in_plain_http_is_passed_on() {
    let headers = [("content-type", JSON), ("x-bad-token", "1")];
    assert_eq!(send(Method::POST, "/graphql", &headers, r#"{"query":"{ echo }"}"#).await.status, 401);
}

#[actix_web::test]
async fn refusals_are_told_in_the_readers_language() {
    let told = async |language: &str, query: &str| {
        let headers = [("content-type", JSON), ("accept", GRAPHQL), ("accept-language", language)];
        let body = json!({ "query": query }).to_string();
        send(Method::POST, "/graphql", &headers, body).await.body()["errors"][0]["message"].clone()
    };
    for (query, norwegian, finnish) in [
        ("{ echo", "Dokumentet kunne ikke leses", "Dokumenttia ei voitu lukea"),
        ("{ nothing }", "Spørringen passer ikke", "Kysely ei vastaa"),
        ("subscription { x }", "Et abonnement kan ikke", "Tilaukseen ei voi"),
        ("query ($n: Int!) { number(n: $n) }", "Variabelen $n må ha", "Muuttujalla $n on oltava"),
    ] {
        assert!(told("nb", query).await.as_str().unwrap().starts_with(norwegian), "{query}");
        assert!(told("fi", query).await.as_str().unwrap().starts_with(finnish), "{query}");
    }
    let headers = [("content-type", "text/plain"), ("accept-language", "sv")];
    let answer = send(Method::POST, "/graphql", &headers, "x").await;
    assert_eq!(answer.headers.get("content-language").unwrap(), "sv");
    assert_eq!(answer.headers.get("accept").unwrap(), "application/json");
}
