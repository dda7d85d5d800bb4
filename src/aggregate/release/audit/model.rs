//! What goes into the audit of one measure of one concept, and what comes out.

use std::collections::{BTreeMap, BTreeSet};

/// A library, by the number its id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenant(pub u128);

/// Who gets a release. What the public gets is seen by members too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// The members of the consortium.
    Consortium,
    /// Everybody.
    Public,
}

/// Who sees a value as a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everybody.
    Public,
    /// Every member. In a release to the public it counts as sealed.
    Consortium,
    /// These members. It counts as sealed, and those it is named to know it.
    Named(BTreeSet<Tenant>),
    /// Nobody but its library.
    Sealed,
}

/// What kind of number a measure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A count of persons, hours or the like: at least 0.
    Amount,
    /// Whether the library has it: 0 or 1.
    Presence,
}

/// A value that a library gave. It keeps its version as long as it stands unchanged; a changed value has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable {
    pub tenant: Tenant,
    pub version: u32,
}

/// One library's value, as it stands when a release is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    pub variable: Variable,
    /// At most [`MOST_VALUE`].
    pub value: u64,
    pub mode: Mode,
    /// Everybody knows that the value is at least and at most this, as where a small count is shown as «1-4».
    pub band: Option<(u64, u64)>,
}

/// The greatest value that is taken.
pub const MOST_VALUE: u64 = 1_000_000_000_000;

/// A member, and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub tenant: Tenant,
    /// The regions it serves; it is counted in each.
    pub regions: BTreeSet<String>,
    pub kind: String,
}

/// How a consortium has declared that its figures are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grouping {
    All,
    Region,
    Kind,
    RegionKind,
}

/// One group of one grouping.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    All,
    Region(String),
    Kind(String),
    RegionKind(String, String),
}

/// Whom a release must hold against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Everybody who contributes nothing, and each member alone.
    Single,
    /// Each pair of members that put together what they know, too.
    Pairs,
}

/// What a consortium has decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The groupings, most important first: what comes later gives way.
    pub groupings: Vec<Grouping>,
    /// So many sealed contributors at least: 3, or 4 with [`Level::Pairs`].
    pub least_contributors: usize,
    /// A sealed sum is at least this: 5 persons.
    pub least_sum: u64,
    /// Without its two largest, a sealed sum is at least so many per cent of the largest: 10, or 20.
    pub share_percent: u64,
    pub level: Level,
    /// Nobody may narrow a value to less than this: 2.
    pub least_width: u64,
    /// Nor to less than so many per cent of it: 20.
    pub width_percent: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            groupings: vec![Grouping::All, Grouping::Region, Grouping::Kind, Grouping::RegionKind],
            least_contributors: 3,
            least_sum: 5,
            share_percent: 10,
            level: Level::Single,
            least_width: 2,
            width_percent: 20,
        }
    }
}

impl Rules {
    /// The rules of a consortium that wants to be safe against pairs too.
    pub fn against_pairs() -> Self {
        Self { level: Level::Pairs, least_contributors: 4, ..Self::default() }
    }
}

/// One measure of one concept on the day of a release.
#[derive(Clone, Debug)]
pub struct Snapshot<'s> {
    pub audience: Audience,
    /// The name of the period, such as `2026-Q3`.
    pub as_of: &'s str,
    pub measure: Measure,
    /// Each once.
    pub members: &'s [Member],
    /// At most one a member.
    pub contributions: &'s [Contribution],
}

/// What became known of a group at a release, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub audience: Audience,
    pub group: Group,
    /// The period it was made in.
    pub as_of: String,
    /// Whose values.
    pub variables: BTreeSet<Variable>,
    pub told: Told,
}

/// What is known of the sum of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was published. `stands` while later releases may show it still.
    Sum { sum: u64, stands: bool },
    /// It was not, and who reckons well can tell that it is at most this.
    AtMost(u64),
}

/// What must be remembered of a value that stands in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The value. Absent when it has been erased: who knew it is then not reckoned with in the narrowing of
    /// intervals, but is where sums are added and subtracted.
    pub value: Option<u64>,
    /// The widest audience that ever saw it as a fact.
    pub open: Option<Audience>,
    /// Whom it was ever named to.
    pub named: BTreeSet<Tenant>,
    pub band: Option<(u64, u64)>,
}

/// What the earlier releases of one measure of one concept gave away. It is kept where sealed values are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// In the order they became known.
    pub rows: Vec<Row>,
    pub variables: BTreeMap<Variable, Past>,
    pub former: BTreeMap<Tenant, Former>,
}

/// A library that contributed and is a member no more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Former {
    /// It got so many of the rows while it was one.
    pub before: usize,
    /// What it saw as open facts of the other members, as far as it still matters.
    pub saw: BTreeSet<Variable>,
}

/// How much of a cell is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// All of it.
    Full,
    /// The open part; the sealed one is withheld.
    OpenOnly,
    /// There is no open part, and the sealed one is withheld.
    Nothing,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub group: Group,
    /// The sum of the open values; 0 when there are none.
    pub open: u64,
    /// The sum of the sealed values; absent when it is withheld.
    pub sealed: Option<u64>,
    /// The sum of what is shown; absent when nothing is. Complete only with [`Status::Full`], else «at least».
    pub value: Option<u64>,
    pub status: Status,
    /// How many libraries the open part is of.
    pub open_contributors: usize,
    /// How many libraries the sealed part is of, withheld or not.
    pub sealed_contributors: usize,
    /// The period that the sealed part is of: an earlier one when it did not change or could not be renewed.
    pub as_of: String,
}

/// A release of one measure of one concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// In the declared order of the groupings, each by its codes.
    pub cells: Vec<Cell>,
    /// For the next release.
    pub history: History,
    /// Whose values follow from earlier releases and from what was opened or named since. No release can help that.
    pub exposed: BTreeSet<Tenant>,
}

/// Why no release can be made of what came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A library contributes that is no member, or twice.
    Contributor(Tenant),
    /// A value is above [`MOST_VALUE`], outside its band, or no presence.
    Value(Variable),
    /// A value has changed and kept its version.
    Version(Variable),
}
