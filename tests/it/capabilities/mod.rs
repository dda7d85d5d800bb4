//! What the documents that the product comes from ask for, shown one by one through the public API. Each test says which it
//! shows; so do tests elsewhere.

mod libraries;
mod spotting;
mod together;
mod words;
