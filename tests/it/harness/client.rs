//! Somebody who talks to the node over HTTP. The expected status is part of every call.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use samvirke::id::TenantId;
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: String,
    token: Option<String>,
    pub tenant: TenantId,
    language: String,
    key: Option<String>,
}

impl Client {
    pub fn new(address: &str, token: Option<String>, tenant: TenantId) -> Self {
        Self {
            // The node closes a connection that has been idle for five seconds: none is taken up that it may be closing.
            http: reqwest::Client::builder()
                .pool_idle_timeout(std::time::Duration::from_secs(2))
                .build()
                .expect("a client"),
            address: address.to_owned(),
            token,
            tenant,
            language: "nb".into(),
            key: None,
        }
    }

    pub fn speaking(mut self, language: &str) -> Self {
        self.language = language.into();
        self
    }

    /// Sends this Idempotency-Key.
    pub fn with_key(mut self, key: &str) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The same connections with another token.
    pub fn with_token(mut self, token: Option<String>) -> Self {
        self.token = token;
        self
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A request to be filled in by hand; the path is from the root.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.address))
            .header("accept-language", &self.language);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        request
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        Answer::of(request.send().await.expect("the node answers")).await
    }

    /// Server-sent events.
    pub async fn follow(&self, request: reqwest::RequestBuilder) -> Events {
        let response = request.send().await.expect("the node answers");
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        Events { kind, response, text: String::new() }
    }

    /// The first of server-sent events as an answer, or the answer of who sends none; after so long without one, an
    /// empty answer.
    pub async fn first_event(&self, request: reqwest::RequestBuilder, patience: Duration) -> Answer {
        let response = request.send().await.expect("the node answers");
        let (status, headers) = (response.status(), response.headers().clone());
        if status != 200 {
            return Answer::of(response).await;
        }
        let mut events = Events { kind: String::new(), response, text: String::new() };
        let first = tokio::time::timeout(patience, events.next()).await.ok().flatten();
        Answer { status, headers, text: first.map_or("{}".to_owned(), |(_, data)| data) }
    }

    /// REST: the path is under `/api/v1`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, &format!("/api/v1{path}"))).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, &format!("/api/v1{path}")).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, &format!("/api/v1{path}")).json(&body)).await
    }

    /// A change made from `version`.
    pub async fn patch(&self, path: &str, version: i64, body: Value) -> Answer {
        let request = self
            .request(Method::PATCH, &format!("/api/v1{path}"))
            .header("if-match", format!("\"{version}\""));
        self.send(request.json(&body)).await
    }

    pub async fn put_from(&self, path: &str, version: i64, body: Value) -> Answer {
        let request =
            self.request(Method::PUT, &format!("/api/v1{path}")).header("if-match", format!("\"{version}\""));
        self.send(request.json(&body)).await
    }

    pub async fn post_from(&self, path: &str, version: i64, body: Value) -> Answer {
        let request = self
            .request(Method::POST, &format!("/api/v1{path}"))
            .header("if-match", format!("\"{version}\""));
        self.send(request.json(&body)).await
    }

    pub async fn delete(&self, path: &str, version: i64) -> Answer {
        let request = self
            .request(Method::DELETE, &format!("/api/v1{path}"))
            .header("if-match", format!("\"{version}\""));
        self.send(request).await
    }

    /// GraphQL: the whole response.
    pub async fn graphql(&self, query: &str, variables: Value) -> Answer {
        let request =
            self.request(Method::POST, "/graphql").header("accept", "application/graphql-response+json");
        self.send(request.json(&json!({"query": query, "variables": variables}))).await
    }

    /// GraphQL that must succeed: `data`.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.graphql(query, variables).await.ok();
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].clone()
    }
}

/// Server-sent events, as they come.
pub struct Events {
    pub kind: String,
    response: reqwest::Response,
    text: String,
}

impl Events {
    /// The kind and the data of the next one; comments are passed over.
    pub async fn next(&mut self) -> Option<(String, String)> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    line.map(|value| value.trim_start().to_owned())
                };
                let event = field("event").map(|kind| (kind, field("data").unwrap_or_default()));
                self.text = rest.to_owned();
                if event.is_some() {
                    return event;
                }
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).expect("whole characters"));
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap_or_default(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("not JSON ({e}): {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap_or(""))
    }

    /// The body, when the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        self.expect(200)
    }

    #[track_caller]
    pub fn made(self) -> Value {
        self.expect(201)
    }

    /// A problem document with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text);
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status);
        assert!(
            !body["detail"].as_str().unwrap_or_default().contains('{'),
            "an unfilled placeholder: {body}"
        );
        body
    }
}
