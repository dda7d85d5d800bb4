//! The cubes beside that of competences: every figure is counted again here, from the rows that each library lists of itself.

mod faces;
mod past;
mod random;
mod rows;
mod setting;
mod then;
