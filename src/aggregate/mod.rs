//! Figures across libraries: what a consortium's members are good at together, who has what another wants, how
//! alike two libraries are, and a cube of counts.
//!
//! Rules
//! * Counted is exactly what members share *in* the consortium (row visible to it or to everybody, competences
//!   shared in full, active membership). It is the same for every member who asks, so a private or sealed row moves
//!   no figure, not even its owner's: two members who compare their answers must not see one row of difference.
//!   [`AggregateScope`](crate::tenancy::AggregateScope) can read nothing else.
//! * [`matching`], the [`gap`] of a project and the overlap of two libraries are no figures of a consortium but a caller's own question: they
//!   go by what that caller may see row by row.
//! * What a consortium claims to be good at is kept ([`claim`]); whether it is so is counted when it is asked for.
//! * Figures of several consortia are of what is shared in at least one of them, for whoever has a seat in each; those of the node are
//!   of what everybody may read ([`over`]).
//! * Libraries are counted, never rows, and each once.
//! * Every computation is a module without a database, fed by [`facts`], which reads the entries of those libraries alone whose
//!   entries have changed; the cube asks for the register of regions too when it is divided by them.
//! * The past is that of what is shared still: what was removed, or is kept back by now, is in no figure of any day ([`period`]).
//! * What is dear to count is kept as it was written until anything is committed ([`TenantScope::again`](crate::tenancy::TenantScope::again)).
//! * What is not a competence is counted by [`figure`]: statements, projects, commitments, activities, priorities and agreements, by the same rules.
//! * The order of an answer is that of codes and short names: the same figures are the same bytes.

pub mod claim;
mod comparison;
mod concepts;
mod cube;
mod facts;
pub mod figure;
mod gap;
pub mod graphql;
mod groups;
mod landscape;
mod matching;
mod model;
mod over;
mod overlap;
mod period;
mod regions;
pub mod release;
pub mod rest;
pub mod service;
mod shared;
pub mod stat;
mod strengths;
mod table;
mod together;
mod weight;
mod words;

pub use comparison::{Days, LandscapeComparison};
pub use cube::{CompetenceCube, CubeDefinition, CubeFilter, Dimension};
pub use gap::ProjectGap;
pub use landscape::{Landscape, LandscapeFilter};
pub use matching::{Match, Matches};
pub use model::{Class, Completeness, ConceptRef, Label, TenantRef};
pub use over::Over;
pub use overlap::{Overlap, TwoOverlap};
pub use strengths::CommonStrengths;
pub use table::JsonStat;
pub use together::{CooperationSuggestion, SuggestionFilter};
pub use weight::JointWeight;

/// Where dimensions and measures are defined.
const DEFINITION: &str = "/api/v1/aggregates/competences/definition";
