//! Finds the fields, aliases, directives and spreads of each definition, without writing fragments out.

use super::{
    Bound, Limits, Refusal,
    lexer::{Kind, Token},
    within,
};

pub(super) fn definitions<'q>(
    query: &'q str,
    tokens: &[Token],
    limits: &Limits,
) -> Result<Vec<Definition<'q>>, Refusal> {
    Scan::new(tokens, query, limits).run()
}

/// Fields of the introspection types whose answer is a list as long as the schema is rich.
const SCHEMA_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// An operation or a fragment, counted without what it spreads.
#[derive(Default)]
pub(super) struct Definition<'q> {
    pub fragment: Option<&'q str>,
    pub fields: usize,
    pub depth: usize,
    pub roots: usize,
    /// A field at the top asks for something else than the schema.
    pub asks_for_data: bool,
    pub lists: Lists,
    pub spreads: Vec<Spread<'q>>,
}

pub(super) struct Spread<'q> {
    pub fragment: &'q str,
    pub at: Place,
}

/// Lists of the schema below each other: on any path, and on paths below `__schema` or `__type`. (A noun may
/// have a field `fields` too; only the second number is judged, the first is what a fragment brings with it.)
#[derive(Default, Clone, Copy)]
pub(super) struct Lists {
    pub any: usize,
    pub inside: usize,
}

/// Where in a definition a selection set is.
#[derive(Default, Clone, Copy)]
pub(super) struct Place {
    pub depth: usize,
    pub lists: usize,
    pub inside: Option<usize>,
}

enum Open {
    Selection(Place),
    /// Arguments, variable definitions, lists and objects: counted by the lexer, of no interest here.
    Value,
}

/// Walks the tokens once. Brackets are a stack of its own, as deep as `Limits::nesting` at most.
struct Scan<'t, 'q> {
    tokens: &'t [Token],
    query: &'q str,
    limits: &'t Limits,
    open: Vec<Open>,
    now: Definition<'q>,
    done: Vec<Definition<'q>>,
    /// The selection set that a `{` here would open.
    next: Place,
    directives: usize,
    aliases: usize,
    /// Inside a definition, before its `{`.
    header: bool,
}

impl<'t, 'q> Scan<'t, 'q> {
    fn new(tokens: &'t [Token], query: &'q str, limits: &'t Limits) -> Self {
        Self {
            tokens,
            query,
            limits,
            open: Vec::new(),
            now: Definition::default(),
            done: Vec::new(),
            next: Place::default(),
            directives: 0,
            aliases: 0,
            header: false,
        }
    }

    fn kind(&self, i: usize) -> Option<Kind> {
        self.tokens.get(i).map(|t| t.kind)
    }

    fn name(&self, i: usize) -> Option<&'q str> {
        let token = self.tokens.get(i).filter(|t| t.kind == Kind::Name)?;
        self.query.get(token.start..token.end)
    }

    fn run(mut self) -> Result<Vec<Definition<'q>>, Refusal> {
        let mut i = 0;
        while let Some(kind) = self.kind(i) {
            i = match (kind, self.open.last()) {
                (Kind::Mark(b'@'), _) => {
                    self.directives += 1;
                    within(Bound::Directives, self.directives, self.limits.directives)?;
                    // The name after it is not a field.
                    if self.name(i + 1).is_some() { i + 2 } else { i + 1 }
                }
                (Kind::Mark(b'{'), None | Some(Open::Selection(_))) => {
                    self.open.push(Open::Selection(self.next));
                    i + 1
                }
                (Kind::Mark(b'(' | b'[' | b'{'), _) => {
                    self.open.push(Open::Value);
                    i + 1
                }
                (Kind::Mark(b')' | b']' | b'}'), _) => {
                    self.close();
                    i + 1
                }
                (Kind::Spread, Some(Open::Selection(place))) => self.spread(i, *place),
                (Kind::Name, Some(Open::Selection(place))) => self.field(i, *place)?,
                (Kind::Name, None) if !self.header => self.define(i),
                _ => i + 1,
            };
        }
        // A definition that never ends does not parse, but it counts.
        let last = std::mem::take(&mut self.now);
        self.done.push(last);
        Ok(self.done)
    }

    fn close(&mut self) {
        let closed = self.open.pop();
        match (&closed, self.open.last()) {
            (Some(Open::Selection(_)), None) => {
                self.done.push(std::mem::take(&mut self.now));
                self.next = Place::default();
                self.header = false;
            }
            // A `{` right after a `}` is no one's; it is taken for a fragment of the selection around it.
            (Some(Open::Selection(_)), Some(Open::Selection(around))) => self.next = *around,
            _ => {}
        }
    }

    /// `query Name`, `fragment Name on Type`. The parser wants no space after the keyword, so neither do we.
    fn define(&mut self, i: usize) -> usize {
        self.header = true;
        match self.name(i).and_then(|word| word.strip_prefix("fragment")) {
            Some("") => {
                self.now.fragment = self.name(i + 1);
                i + 2
            }
            Some(joined) => {
                self.now.fragment = Some(joined);
                i + 1
            }
            None => i + 1,
        }
    }

    /// `...Name`, `... on Type {`, `... @include(if: $x) {` or `... {`.
    fn spread(&mut self, i: usize, place: Place) -> usize {
        self.next = place;
        let Some(name) = self.name(i + 1) else { return i + 1 };
        let typed =
            name == "on" && self.tokens.get(i + 2).is_some_and(|t| t.kind == Kind::Name && t.after_space);
        if typed {
            return i + 3;
        }
        self.now.spreads.push(Spread { fragment: name, at: place });
        i + 2
    }

    fn field(&mut self, i: usize, place: Place) -> Result<usize, Refusal> {
        let (name, after) = if self.kind(i + 1) == Some(Kind::Mark(b':')) {
            self.aliases += 1;
            within(Bound::Aliases, self.aliases, self.limits.aliases)?;
            (self.name(i + 2), i + 2 + usize::from(self.name(i + 2).is_some()))
        } else {
            (self.name(i), i + 1)
        };
        let name = name.unwrap_or_default();
        let now = &mut self.now;
        now.fields += 1;
        now.depth = now.depth.max(place.depth + 1);
        if place.depth == 0 {
            now.roots += 1;
            now.asks_for_data |= !name.starts_with("__");
        }
        let mut below = Place { depth: place.depth + 1, ..place };
        if SCHEMA_LISTS.contains(&name) {
            below.lists += 1;
            below.inside = below.inside.map(|n| n + 1);
        }
        if matches!(name, "__schema" | "__type") {
            below.inside = Some(0);
        }
        now.lists.any = now.lists.any.max(below.lists);
        now.lists.inside = now.lists.inside.max(below.inside.unwrap_or(0));
        self.next = below;
        Ok(after)
    }
}
