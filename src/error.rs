//! What can go wrong, in the words of the person who gets it. No HTTP and no GraphQL here: `rest` turns an
//! [`Error`] into a problem document (RFC 9457), `graphql` into an error with `extensions.code`.
//!
//! A [`Code`] is the contract: its name is stable, its texts are in `error/messages.json` in every
//! language. The cause is logged, never sent.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Deserialize;

use crate::text::Lang;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What was done to something that is hidden by now is done: there is only nothing to show of it.
pub fn unless_hidden<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if error.code == Code::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// Declares the codes with their wire name and status.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal $status:literal),* $(,)?) => {
        /// The table of errors.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $code),* }
        impl Code {
            pub const ALL: &[Code] = &[$(Code::$code),*];
            /// The name on the wire, for REST; GraphQL's `extensions.code` is the same in capitals.
            pub fn name(self) -> &'static str {
                match self { $(Code::$code => $name),* }
            }
            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Code::$code => $status),* }
            }
        }
    };
}

codes! {
    MalformedRequest = "malformed_request" 400,
    BadCursor = "bad_cursor" 400,
    /// Of a table of `/stat/v2`, whose shape has this status for it.
    InvalidSelection = "invalid_selection" 400,
    GraphqlParseFailed = "graphql_parse_failed" 400,
    GraphqlValidationFailed = "graphql_validation_failed" 400,
    QueryTooComplex = "query_too_complex" 400,
    PersistedQueryNotFound = "persisted_query_not_found" 400,
    PersistedQueryNotSupported = "persisted_query_not_supported" 400,
    UntrustedDocument = "untrusted_document" 400,
    OnlySubscriptionsHere = "only_subscriptions_here" 400,
    SubscriptionNotHere = "subscription_not_here" 400,
    VariableMissing = "variable_missing" 400,
    Unauthenticated = "unauthenticated" 401,
    InvalidToken = "invalid_token" 401,
    InvalidClient = "invalid_client" 401,
    InvalidGrant = "invalid_grant" 400,
    InvalidScope = "invalid_scope" 400,
    SeveralLibraries = "several_libraries" 400,
    Forbidden = "forbidden" 403,
    NoLibrary = "no_library" 403,
    /// As above.
    TooManyCells = "too_many_cells" 403,
    SecondPersonNeeded = "second_person_needed" 403,
    NotFound = "not_found" 404,
    MethodNotAllowed = "method_not_allowed" 405,
    NotAcceptable = "not_acceptable" 406,
    RequestTimeout = "request_timeout" 408,
    Conflict = "conflict" 409,
    InProgress = "in_progress" 409,
    IllegalTransition = "illegal_transition" 409,
    Withdrawn = "withdrawn" 410,
    StaleVersion = "stale_version" 412,
    PayloadTooLarge = "payload_too_large" 413,
    UnsupportedMediaType = "unsupported_media_type" 415,
    InvalidInput = "invalid_input" 422,
    KeyReused = "key_reused" 422,
    VersionRequired = "version_required" 428,
    TooManyConnections = "too_many_connections" 429,
    TooManyRequests = "too_many_requests" 429,
    Internal = "internal" 500,
    Unavailable = "unavailable" 503,
}

/// One thing wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer into the input.
    pub pointer: String,
    pub code: &'static str,
    pub args: Vec<(&'static str, String)>,
}

/// After how many seconds what could not be done just now may succeed. How long a limit lasts it says itself.
const SOON: u32 = 2;

#[derive(Debug, thiserror::Error)]
#[error("{}", .code.name())]
pub struct Error {
    pub code: Code,
    pub args: Vec<(&'static str, String)>,
    pub violations: Vec<Violation>,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(code: Code) -> Self {
        let args = match code {
            Code::InProgress | Code::Unavailable => vec![("seconds", SOON.to_string())],
            _ => Vec::new(),
        };
        Self { code, args, violations: Vec::new(), cause: None }
    }

    pub fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// A value for the placeholder `{name}` of the code's detail.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// One field's fault. `path` is a JSON pointer without its leading slash.
    pub fn field(self, path: &str, code: &'static str) -> Self {
        self.field_with(path, code, &[])
    }

    pub fn field_with(mut self, path: &str, code: &'static str, args: &[(&'static str, &str)]) -> Self {
        self.violations.push(Violation {
            pointer: format!("/{path}"),
            code,
            args: args.iter().map(|(k, v)| (*k, (*v).to_owned())).collect(),
        });
        self
    }

    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// After how many seconds the same request may succeed.
    pub fn retry_after(&self) -> Option<u32> {
        let seconds = || self.args.iter().find(|(name, _)| *name == "seconds");
        match self.code {
            Code::InProgress | Code::Unavailable | Code::TooManyRequests => seconds()?.1.parse().ok(),
            _ => None,
        }
    }

    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal).because(cause)
    }

    /// A short name of the kind of error, in the reader's language.
    pub fn title(&self, lang: Lang) -> String {
        message(self.code.name(), lang).map_or_else(|| self.code.name().to_owned(), |m| m.title.clone())
    }

    /// What happened and what to do about it, in the reader's language.
    pub fn detail(&self, lang: Lang) -> String {
        message(self.code.name(), lang).map_or_else(String::new, |m| fill(&m.detail, &self.args))
    }
}

impl Violation {
    /// The fault, in the reader's language.
    pub fn detail(&self, lang: Lang) -> String {
        MESSAGES
            .violations
            .get(self.code)
            .and_then(|m| pick(m, lang))
            .map_or_else(|| self.code.to_owned(), |m| fill(m, &self.args))
    }
}

/// Nobody reads more at once, and the answer is not to be longer than the question.
const MOST_TOLD: usize = 100;

/// Gathers faults, so that a caller learns of all at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    pub fn add(&mut self, path: &str, code: &'static str) {
        self.add_with(path, code, &[]);
    }

    pub fn add_with(&mut self, path: &str, code: &'static str, args: &[(&'static str, &str)]) {
        if self.0.len() >= MOST_TOLD {
            return;
        }
        self.0.push(Violation {
            pointer: format!("/{path}"),
            code,
            args: args.iter().map(|(k, v)| (*k, (*v).to_owned())).collect(),
        });
    }

    /// A text that must be there, of at most `limit` characters, without control characters and without a national
    /// identity number.
    /// True when it is good.
    pub fn text(&mut self, path: &str, text: &str, limit: usize) -> bool {
        let before = self.0.len();
        if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            self.add(path, "required");
        }
        if text.chars().count() > limit {
            self.add_with(path, "too_long", &[("max", &limit.to_string())]);
        }
        // PostgreSQL cannot keep NUL, and nobody can read the others.
        if text.chars().any(|c| is_turning(c) || c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.add(path, "control_character");
        }
        self.no_person(path, text);
        self.0.len() == before
    }

    /// No text holds a national identity number. Which number it was is said to nobody, its sender included: answers
    /// are kept and logged by others than us.
    pub fn no_person(&mut self, path: &str, text: &str) {
        if crate::text::national::stands_in(text) {
            self.add(path, "national_number");
        }
    }

    pub fn text_if(&mut self, path: &str, text: Option<&str>, limit: usize) {
        if let Some(text) = text {
            self.text(path, text, limit);
        }
    }

    pub fn between(&mut self, path: &str, value: Option<i64>, min: i64, max: i64) {
        if value.is_some_and(|v| !(min..=max).contains(&v)) {
            self.add_with(path, "between", &[("min", &min.to_string()), ("max", &max.to_string())]);
        }
    }

    /// A day that both databases know, and the clock's own arithmetic: they part outside these years.
    pub fn day(&mut self, path: &str, day: Option<NaiveDate>) {
        if day.is_some_and(|day| !YEARS.contains(&day.year())) {
            self.add_with(path, "between", &[("min", "0001-01-01"), ("max", "9998-12-31")]);
        }
    }

    /// As [`Violations::day`].
    pub fn moment(&mut self, path: &str, time: Option<DateTime<Utc>>) {
        self.day(path, time.map(|time| time.date_naive()));
    }

    pub fn edtf(&mut self, path: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        if !crate::when::is_edtf(text) {
            return self.add(path, "edtf");
        }
        if let Some((first, last)) = crate::when::days(text) {
            self.day(path, [first, last].into_iter().find(|day| !YEARS.contains(&day.year())));
        }
    }

    /// As [`Violations::edtf`], of what must be over some day.
    pub fn edtf_with_end(&mut self, path: &str, text: Option<&str>) {
        self.edtf(path, text);
        if text.is_some_and(|t| crate::when::is_edtf(t) && crate::when::last_day(t).is_none()) {
            self.add(path, "no_last_day");
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn done(self) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut error = Error::new(Code::InvalidInput);
        error.violations = self.0;
        Err(error)
    }
}

/// Of days that are taken in.
pub const YEARS: std::ops::RangeInclusive<i32> = 1..=9998;

/// Characters that show nothing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that turn the text after them round, so that it reads as another.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[derive(Deserialize)]
struct Message {
    title: String,
    detail: String,
}

#[derive(Deserialize, Default)]
struct Messages {
    codes: BTreeMap<String, BTreeMap<Lang, Message>>,
    violations: BTreeMap<String, BTreeMap<Lang, String>>,
}

static MESSAGES: LazyLock<Messages> =
    LazyLock::new(|| serde_json::from_str(include_str!("error/messages.json")).unwrap_or_default());

fn pick<T>(texts: &BTreeMap<Lang, T>, lang: Lang) -> Option<&T> {
    texts.get(&lang).or_else(|| texts.get(&Lang::En))
}

fn message(code: &str, lang: Lang) -> Option<&'static Message> {
    MESSAGES.codes.get(code).and_then(|m| pick(m, lang))
}

fn fill(template: &str, args: &[(&'static str, String)]) -> String {
    args.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// The table as text, for `schema/errors.txt`.
pub fn table() -> String {
    let mut out = String::from("status code                    meaning\n");
    for code in Code::ALL {
        let title = Error::new(*code).title(Lang::En);
        out.push_str(&format!("{:<6} {:<23} {title}\n", code.status(), code.name()));
    }
    out.push_str("\nfaults of a field\n");
    for (name, texts) in &MESSAGES.violations {
        out.push_str(&format!("{name:<20} {}\n", pick(texts, Lang::En).map_or("", String::as_str)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_read_is_no_text() {
        let faults = |text: &str| {
            let mut violations = Violations::default();
            violations.text("x", text, 20);
            violations.0.iter().map(|v| v.code).collect::<Vec<_>>()
        };
        for blank in ["", " ", "\u{200b}", "\u{feff} \u{ad}", "\u{3164}", "\u{200e}\u{200f}"] {
            assert_eq!(faults(blank), ["required"], "{blank:?}");
        }
        assert_eq!(faults("fi\u{202e}gpj"), ["control_character"]);
        // A zero-width joiner is part of some writing and of family pictures.
        for good in ["a\u{200d}b", "👩\u{200d}🏫", "bokmål\nnynorsk"] {
            assert!(faults(good).is_empty(), "{good:?}");
        }
        let mut violations = Violations::default();
        (0..1_000).for_each(|n| violations.add(&n.to_string(), "required"));
        assert_eq!(violations.0.len(), MOST_TOLD);
    }

    #[test]
    fn every_code_and_violation_speaks_six_languages() {
        let six = [Lang::Nb, Lang::Nn, Lang::Sv, Lang::Da, Lang::Fi, Lang::En];
        for code in Code::ALL {
            for lang in six {
                let texts = MESSAGES.codes.get(code.name()).and_then(|m| m.get(&lang));
                assert!(
                    texts.is_some_and(|m| !m.title.is_empty() && !m.detail.is_empty()),
                    "{} {lang:?}",
                    code.name()
                );
            }
        }
        for (name, texts) in &MESSAGES.violations {
            assert!(six.iter().all(|l| texts.contains_key(l)), "{name}");
        }
    }
}
