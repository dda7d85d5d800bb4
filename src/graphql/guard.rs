//! What a GraphQL document may cost before anything reads it properly.
//!
//! The parser and the validator of the engine are recursive, and both walk fragments as often as they are
//! spread: four kilobytes of `[` end the process, and 650 bytes of fragments that spread each other ten times
//! keep a worker busy for ever. So a document is first looked at here, by a scanner that
//!  * reads every byte a bounded number of times and never calls itself,
//!  * counts each fragment once, however often it is spread, and refuses circles,
//!  * is *tolerant*: what it cannot make sense of it counts and passes on, for the parser to refuse in its own
//!    words. It must only never see less than the parser sees; `tests` compares the two on made-up documents.
//!
//! Costs that need the schema (page sizes, list fields) are the business of the complexity expressions and of
//! [`cost`](super::cost).

use std::fmt;

mod lexer;
mod scan;
#[cfg(test)]
mod tests;
mod weigh;

/// The bounds. The defaults are the service's; tests and a node with odd clients may choose others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub bytes: usize,
    pub tokens: usize,
    /// Length of one name. The engine repeats names in its errors; this keeps the echo short.
    pub name: usize,
    /// Open `(`, `[` and `{` at any one place.
    pub nesting: usize,
    pub directives: usize,
    pub aliases: usize,
    /// Fields at the top of one operation.
    pub root_fields: usize,
    /// Fields of all operations once every fragment is written out.
    pub fields: usize,
    /// Spreads of all operations once every fragment is written out. A fragment need not hold a field: it may hold
    /// spreads of nothing, which cost the validator as much.
    pub spreads: usize,
    /// Fields below each other, fragments written out.
    pub depth: usize,
    /// As `depth`, for a document that asks for nothing but the schema: the tools' own question needs 13 to 15
    /// levels of `ofType`.
    pub introspection_depth: usize,
    /// Lists of the schema below each other (`fields`, `interfaces`, `possibleTypes`, `inputFields`). Each
    /// level multiplies the answer by the size of the schema; the tools ask for one.
    pub introspection_lists: usize,
    /// Fragments that spread fragments that spread fragments.
    pub fragment_chain: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 * 1024,
            tokens: 5_000,
            name: 120,
            nesting: 32,
            directives: 20,
            aliases: 30,
            root_fields: 10,
            fields: 500,
            spreads: 500,
            depth: 12,
            introspection_depth: 20,
            introspection_lists: 2,
            fragment_chain: 20,
        }
    }
}

/// Which bound a document ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    Bytes,
    Tokens,
    Name,
    Nesting,
    Directives,
    Aliases,
    RootFields,
    Fields,
    Spreads,
    Depth,
    IntrospectionLists,
    FragmentChain,
    FragmentCycle,
    /// Of the schema's lists, multiplied by their pages: see [`cost`](super::cost).
    Cost,
}

impl Bound {
    /// The word for it in `extensions.bound`, where programs look.
    pub fn as_str(self) -> &'static str {
        match self {
            Bound::Bytes => "BYTES",
            Bound::Tokens => "TOKENS",
            Bound::Name => "NAME_LENGTH",
            Bound::Nesting => "NESTING",
            Bound::Directives => "DIRECTIVES",
            Bound::Aliases => "ALIASES",
            Bound::RootFields => "ROOT_FIELDS",
            Bound::Fields => "FIELDS",
            Bound::Spreads => "SPREADS",
            Bound::Depth => "DEPTH",
            Bound::IntrospectionLists => "INTROSPECTION_LISTS",
            Bound::FragmentChain => "FRAGMENT_CHAIN",
            Bound::FragmentCycle => "FRAGMENT_CYCLE",
            Bound::Cost => "COST",
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bound::Bytes => "bytes",
            Bound::Tokens => "tokens",
            Bound::Name => "characters in one name",
            Bound::Nesting => "brackets inside each other",
            Bound::Directives => "directives",
            Bound::Aliases => "aliases",
            Bound::RootFields => "fields at the top of an operation",
            Bound::Fields => "fields with all fragments written out",
            Bound::Spreads => "fragment spreads with all fragments written out",
            Bound::Depth => "levels of fields with all fragments written out",
            Bound::IntrospectionLists => "lists of the schema inside each other",
            Bound::FragmentChain => "fragments inside each other",
            Bound::FragmentCycle => "fragments that contain themselves",
            Bound::Cost => "points of cost, with the sizes of pages multiplied",
        })
    }
}

/// The answer to a document that costs too much. Where counting stops at the bound, `found` is the first
/// number over it, not the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub what: Bound,
    pub limit: usize,
    pub found: usize,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the document is too complex: {} {}, at most {} are answered",
            self.found, self.what, self.limit
        )
    }
}

impl std::error::Error for Refusal {}

/// Says whether the engine may see the document.
pub fn check(query: &str, limits: &Limits) -> Result<(), Refusal> {
    within(Bound::Bytes, query.len(), limits.bytes)?;
    let tokens = lexer::read(query, limits)?;
    let definitions = scan::definitions(query, &tokens, limits)?;
    weigh::judge_all(&definitions, limits)
}

pub(super) fn within(what: Bound, found: usize, limit: usize) -> Result<(), Refusal> {
    if found > limit { Err(Refusal { what, limit, found }) } else { Ok(()) }
}
