//! What is kept about whom: each column of each table has a purpose, those who see it, a term and a rule for the export
//! ([`fields`]). From it comes `schema/fields.txt`, which is also the record of processing.
//!
//! What is over its term is removed by `tenancy`; what never may come in is refused by [`crate::text::national`].

pub mod fields;
