//! The product's operations, read from itself: the OpenAPI document and the GraphQL schema.

use std::collections::BTreeMap;

use reqwest::Method;
use samvirke::app::App;
use serde_json::{Map, Value, json};

use crate::harness::{Answer, Client};

/// One operation: REST's operationId and GraphQL's field have the same name.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    pub rest: Option<Rest>,
    pub graphql: Option<Field>,
}

#[derive(Clone, Debug)]
pub struct Rest {
    pub method: Method,
    pub path: String,
    pub versioned: bool,
    pub body: bool,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub mutation: bool,
    pub subscription: bool,
    pub document: String,
    pub args: Vec<(String, Value)>,
}

pub struct Product {
    pub operations: BTreeMap<String, Operation>,
    types: BTreeMap<String, Value>,
}

/// What one call of an operation carries. The same for both faces.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Arguments and parameters by name; `filter` is an object whose fields are REST's parameters.
    pub args: Map<String, Value>,
    pub body: Option<Value>,
    pub version: i64,
}

impl Product {
    pub async fn read(app: &App) -> Self {
        let document = serde_json::to_value(samvirke::app::openapi()).unwrap();
        let mut operations: BTreeMap<String, Operation> = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, about) in methods.as_object().unwrap() {
                let Some(name) = about["operationId"].as_str() else { continue };
                let parameters = about["parameters"].as_array().cloned().unwrap_or_default();
                operations.entry(name.to_owned()).or_default().rest = Some(Rest {
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    versioned: parameters.iter().any(|p| p["name"] == "If-Match"),
                    body: about.get("requestBody").is_some(),
                });
            }
        }
        let answer = app.schema.execute(INTROSPECTION).await.into_result().unwrap().data.into_json().unwrap();
        let schema = &answer["__schema"];
        let types = schema["types"].as_array().unwrap();
        let types: BTreeMap<String, Value> =
            types.iter().map(|t| (t["name"].as_str().unwrap().to_owned(), t.clone())).collect();
        let mut product = Self { operations, types };
        for root in ["queryType", "mutationType", "subscriptionType"] {
            let Some(of) = schema[root]["name"].as_str() else { continue };
            for field in product.types[of]["fields"].as_array().unwrap().clone() {
                let name = field["name"].as_str().unwrap().to_owned();
                let field = product.field(&field, root);
                product.operations.entry(name).or_default().graphql = Some(field);
            }
        }
        product
    }

    /// A document that asks for everything that the field gives.
    fn field(&self, field: &Value, root: &str) -> Field {
        let args: Vec<(String, Value)> = field["args"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| (a["name"].as_str().unwrap().to_owned(), a["type"].clone()))
            .collect();
        let declared: Vec<String> = args.iter().map(|(n, t)| format!("${n}: {}", type_text(t))).collect();
        let passed: Vec<String> = args.iter().map(|(n, _)| format!("{n}: ${n}")).collect();
        let in_brackets = |list: Vec<String>| {
            if list.is_empty() { String::new() } else { format!("({})", list.join(", ")) }
        };
        let document = format!(
            "{}{} {{ {}{} {} }}",
            root.trim_end_matches("Type"),
            in_brackets(declared),
            field["name"].as_str().unwrap(),
            in_brackets(passed),
            self.selection(&field["type"], 5),
        );
        let [mutation, subscription] = ["mutationType", "subscriptionType"].map(|name| name == root);
        Field { mutation, subscription, document, args }
    }

    fn selection(&self, of: &Value, depth: usize) -> String {
        let named = self.named(of);
        let Some(fields) = named["fields"].as_array().filter(|_| depth > 0) else { return String::new() };
        let mut out = String::from("{ __typename");
        for field in fields {
            let asks = field["args"].as_array().unwrap().iter().any(|a| a["type"]["kind"] == "NON_NULL");
            let composite = self.named(&field["type"])["fields"].is_array();
            // A node's own connections would multiply the cost; they have operations of their own.
            let nested_list =
                depth < 5 && field["args"].as_array().unwrap().iter().any(|a| a["name"] == "first");
            if asks || nested_list || (composite && depth == 1) {
                continue;
            }
            out.push(' ');
            out.push_str(field["name"].as_str().unwrap());
            if composite {
                out.push(' ');
                out.push_str(&self.selection(&field["type"], depth - 1));
            }
        }
        out + " }"
    }

    pub fn named(&self, of: &Value) -> &Value {
        match of["name"].as_str() {
            Some(name) => &self.types[name],
            None => self.named(&of["ofType"]),
        }
    }

    /// A value as REST says it, in GraphQL's words: the names of enums are in capitals there.
    fn translated(&self, value: &Value, of: &Value) -> Value {
        let named = self.named(of);
        match (value, named["kind"].as_str()) {
            (Value::Array(items), _) => items.iter().map(|i| self.translated(i, of)).collect(),
            (Value::String(text), Some("ENUM")) => text.to_uppercase().into(),
            (Value::Object(fields), Some("INPUT_OBJECT")) => {
                let known = named["inputFields"].as_array().unwrap();
                let translate = |(name, value): (&String, &Value)| {
                    let of = known.iter().find(|f| f["name"] == name.as_str()).map(|f| &f["type"]);
                    (name.clone(), of.map_or_else(|| value.clone(), |of| self.translated(value, of)))
                };
                Value::Object(fields.iter().map(translate).collect())
            }
            _ => value.clone(),
        }
    }

    /// Fields of an operation's filter: name, kind of type, and its enum's words as REST says them.
    pub fn filter(&self, operation: &Operation) -> Vec<(String, String, Vec<String>)> {
        let Some(field) = &operation.graphql else { return Vec::new() };
        let Some((_, of)) = field.args.iter().find(|(name, _)| name == "filter") else { return Vec::new() };
        let fields = self.named(of)["inputFields"].as_array().cloned().unwrap_or_default();
        let describe = |f: &Value| {
            let named = self.named(&f["type"]);
            let words = named["enumValues"].as_array().cloned().unwrap_or_default();
            let words = words.iter().map(|w| w["name"].as_str().unwrap().to_lowercase()).collect();
            let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
            (text(&f["name"]), text(&named["name"]), words)
        };
        fields.iter().map(describe).collect()
    }

    pub async fn rest(&self, client: &Client, rest: &Rest, call: &Call) -> Answer {
        let mut path = rest.path.clone();
        let mut query: Vec<(String, String)> = Vec::new();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        for (name, value) in &call.args {
            let place = format!("{{{name}}}");
            match value {
                _ if path.contains(&place) => path = path.replace(&place, &text(value)),
                Value::Object(fields) => query.extend(fields.iter().map(|(n, v)| (n.clone(), text(v)))),
                _ if name == "id" => {}
                Value::Null => {}
                value => query.push((name.clone(), text(value))),
            }
        }
        let mut request = client.request(rest.method.clone(), &path).query(&query);
        if rest.versioned {
            request = request.header("if-match", format!("\"{}\"", call.version));
        }
        if let (true, Some(body)) = (rest.body, &call.body) {
            request = request.json(body);
        }
        client.send(request).await
    }

    pub async fn graphql(&self, client: &Client, field: &Field, call: &Call) -> Answer {
        let mut variables = Map::new();
        for (name, of) in &field.args {
            let value = match name.as_str() {
                "input" => call.body.clone().unwrap_or(Value::Null),
                "expectedVersion" => call.version.into(),
                name => match call.args.get(name) {
                    Some(value) => value.clone(),
                    // What the path calls `id` may have a name of its own here, and so may parts of the filter.
                    None if of["kind"] == "NON_NULL" && of["ofType"]["name"] == "ID" => {
                        call.args["id"].clone()
                    }
                    None => call.args.get("filter").and_then(|f| f.get(name)).cloned().unwrap_or(Value::Null),
                },
            };
            if !value.is_null() {
                variables.insert(name.clone(), self.translated(&value, of));
            }
        }
        if field.subscription {
            return first_answer(client, &field.document, json!(variables)).await;
        }
        client.graphql(&field.document, json!(variables)).await
    }
}

/// The first answer of a subscription. A refusal comes at once; where nothing comes there is nothing to tell.
async fn first_answer(client: &Client, document: &str, variables: Value) -> Answer {
    let request = client.request(Method::POST, "/graphql").header("accept", "text/event-stream");
    // What there was comes; what there will be is nothing, for nobody else is at work.
    let patience = if variables["fromStart"] == true { 3_000 } else { 50 };
    let patience = std::time::Duration::from_millis(patience);
    let request = request.json(&json!({"query": document, "variables": variables}));
    client.first_event(request, patience).await
}

/// The status that REST would have had.
pub fn status_of(answer: &Answer) -> u16 {
    let status = answer.status.as_u16();
    let Ok(body) = serde_json::from_str::<Value>(&answer.text) else { return status };
    match body["errors"][0]["extensions"]["status"].as_u64() {
        Some(inner) => u16::try_from(inner).unwrap(),
        None if status == 200 && body["errors"].is_array() => 400,
        None => status,
    }
}

fn type_text(of: &Value) -> String {
    match of["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", type_text(&of["ofType"])),
        Some("LIST") => format!("[{}]", type_text(&of["ofType"])),
        _ => of["name"].as_str().unwrap().to_owned(),
    }
}

const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } subscriptionType { name } types { name kind enumValues { name } \
    inputFields { name type { ...T } } fields { name args { name type { ...T } } type { ...T } } } } } \
    fragment T on __Type { name kind ofType { name kind ofType { name kind ofType { name kind ofType { name kind ofType { name kind } } } } } }";
