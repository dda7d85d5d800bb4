//! What the node counts of itself, for Prometheus.
//!
//! Rules: a label's values are few and ours: a route's template, a code, a class. Nothing that a caller wrote, and nothing
//! of whose it is, stands in one: who scrapes the figures is not somebody who may see rows, and a name that callers choose
//! would let them fill the scraper's memory.

use std::{borrow::Cow, sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    encoding::{prometheus_text, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};

use crate::{
    error::{Code, Error, Result},
    when,
};

type Labels<const N: usize> = [(&'static str, Cow<'static, str>); N];
type Timed = Family<Labels<1>, Histogram, fn() -> Histogram>;

/// What was counted since the start. One for a node's process.
pub struct Meter {
    requests: Family<Labels<3>, Counter>,
    durations: Timed,
    operations: Family<Labels<2>, Counter>,
    refusals: Family<Labels<1>, Counter>,
    live: Family<Labels<1>, Counter>,
    started: i64,
}

/// What is not counted but looked at when somebody asks.
pub struct Sample {
    pub pools: Vec<Pool>,
    pub statements: u64,
    pub rate_refusals: u64,
    pub live_connections: usize,
}

/// One pool of database connections.
pub struct Pool {
    pub name: &'static str,
    pub most: u32,
    pub open: u32,
    pub idle: usize,
}

/// In which words the figures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Prometheus' own text, 0.0.4: what everything can read.
    Text,
}

impl Format {
    pub fn content_type(self) -> &'static str {
        match self {
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Format::Text => prometheus_text::CONTENT_TYPE,
        }
    }

    /// OpenMetrics is for who names it, and likes it no less than text.
    pub fn accepted(accept: &str) -> Self {
        let weight = |media: &str| {
            let mut ranges = accept.split(',').map(|range| range.split(';').map(str::trim));
            ranges.find_map(|mut parts| {
                let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(media));
                let q = parts.find_map(|part| part.strip_prefix("q="));
                named.then(|| q.map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0)))
            })
        };
        match weight("application/openmetrics-text") {
            Some(q) if q > 0.0 && q >= weight("text/plain").unwrap_or(0.0) => Format::OpenMetrics,
            _ => Format::Text,
        }
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| {
                Histogram::new([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
            }),
            operations: Family::default(),
            refusals: Family::default(),
            live: Family::default(),
            started: when::now().timestamp(),
        }
    }
}

impl Meter {
    /// A request was answered. `route` is the template of its path; none: there is no such path.
    pub fn request(&self, method: &str, route: Option<String>, status: u16, took: Duration) {
        const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        let route: Cow<'static, str> = route.map_or(Cow::Borrowed("none"), Cow::Owned);
        let status = match status {
            100..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.durations.get_or_create(&[("route", route.clone())]).observe(took.as_secs_f64());
        let labels = [("method", method.into()), ("route", route), ("status", status.into())];
        self.requests.get_or_create(&labels).inc();
    }

    /// A GraphQL document was answered. Its kind is query, mutation, subscription, or none where there was nothing to run.
    pub fn operation(&self, kind: &'static str, good: bool) {
        let outcome = if good { "data" } else { "errors" };
        self.operations.get_or_create(&[("operation", kind.into()), ("outcome", outcome.into())]).inc();
    }

    /// Somebody was told this error, by whichever face.
    pub fn refusal(&self, code: Code) {
        self.refusals.get_or_create(&[("code", code.name().into())]).inc();
    }

    /// An answer of a subscription went out, over a socket or as a server-sent event.
    pub fn live_message(&self, transport: &'static str) {
        self.live.get_or_create(&[("transport", transport.into())]).inc();
    }

    /// All figures as text.
    pub fn write(&self, sample: &Sample, format: Format) -> Result<String> {
        let registry = self.registry(sample);
        let mut out = String::new();
        match format {
            Format::OpenMetrics => text::encode(&mut out, &registry),
            Format::Text => prometheus_text::encode(&mut out, &registry),
        }
        .map_err(Error::internal)?;
        Ok(out)
    }

    fn registry(&self, sample: &Sample) -> Registry {
        let mut all = Registry::default();
        let process = all.sub_registry_with_prefix("process");
        let help = "When the process started, in seconds since 1970";
        process.register_with_unit("start_time", help, Unit::Seconds, gauge(self.started));
        if let Some(bytes) = resident() {
            process.register_with_unit("resident_memory", "Memory in use", Unit::Bytes, gauge(bytes));
        }
        let node = all.sub_registry_with_prefix("samvirke");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        node.register("build", "Which program this is", build);
        node.register("requests", "Requests answered", self.requests.clone());
        let help = "Time from a request to the head of its answer";
        node.register_with_unit("request_duration", help, Unit::Seconds, self.durations.clone());
        node.register("graphql_operations", "GraphQL documents answered", self.operations.clone());
        node.register("refusals", "Errors told, by code", self.refusals.clone());
        node.register("rate_refusals", "Requests over a rate's limit", counted(sample.rate_refusals));
        node.register("statements", "Statements sent to the database", counted(sample.statements));
        node.register("live_messages", "Answers of subscriptions", self.live.clone());
        let live = i64::try_from(sample.live_connections).unwrap_or(i64::MAX);
        node.register("live_connections", "Connections on which somebody follows", gauge(live));
        let connections = Family::<Labels<2>, Gauge>::default();
        let most = Family::<Labels<1>, Gauge>::default();
        for pool in &sample.pools {
            let idle = u32::try_from(pool.idle).unwrap_or(u32::MAX).min(pool.open);
            for (state, many) in [("idle", idle), ("used", pool.open - idle)] {
                let labels = [("pool", pool.name.into()), ("state", state.into())];
                connections.get_or_create(&labels).set(many.into());
            }
            most.get_or_create(&[("pool", pool.name.into())]).set(pool.most.into());
        }
        node.register("database_connections", "Open connections to the database", connections);
        node.register("database_connections_most", "Connections that a pool may open", most);
        all
    }
}

fn counted(many: u64) -> Counter<u64, AtomicU64> {
    let counter = Counter::default();
    counter.inc_by(many);
    counter
}

fn gauge(value: i64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(value);
    gauge
}

/// Memory that the process holds, where the system tells (Linux).
fn resident() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
