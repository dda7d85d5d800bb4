//! What is kept about whom: each column of each table has a purpose, those who see it, a term and a rule for the export
//! ([`fields`]). From it comes `schema/fields.txt`, which is also the record of processing.
//!
//! Somebody or a whole library is forgotten when that is asked for: [`erasure`].
//!
//! A library takes out what is its own, and brings it to another node: [`export`].
//!
//! What is over its term is removed by `tenancy`; what never may come in is refused by [`crate::text::national`].

pub mod erasure;
pub mod export;
pub mod fields;
