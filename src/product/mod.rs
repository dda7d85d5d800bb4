//! What libraries make, alone or together, for others to use too: a guide, a toolbox, a website, a film, a template.
//!
//! Rules: a product is its library's own, shared in its consortium under the cap for projects, and leads to where the thing
//! itself is: links, each of a kind and with its licence; and to how it is made known. Its library says which others had a part
//! in it, and as what. Whoever is named sees the product from then on, however private it is, and may take its name away
//! again: that is its own to say, and nobody puts the name back. Who had a part stands with the product for all who see it.

pub mod check;
pub mod credit;
mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod seat;
pub mod service;

pub use entity::{Column, Entity, Links, Marketing, Model, ProductKind, ProductLinkKind};
pub use model::{
    Clearable, NewCredit, NewProduct, Product, ProductChange, ProductCredit, ProductFilter, ProductLink,
    ProductMarketing,
};
