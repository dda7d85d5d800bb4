//! What libraries have agreed on: why they work together, what each brings and needs, by which rules, and for how long.
//!
//! Rules: one library writes it, and is a party itself; the others are libraries of this node, each with what it offers and what it
//! would gain, and partners from outside by name. A draft is its writer's alone. Once proposed its parties see it, and each signs
//! the text for itself, by the digest of it, or declines; when all have signed it is in force, until its last day is over or a party
//! terminates it. A change of the text is another text, and so is the same text for more to see: whoever signed the one before has not
//! signed this one, and it is in force when all have signed again. Others see what is in force, or was, as they see a project: by its visibility, in its consortium, under the
//! cap for projects. Partners from outside do not sign here. An agreement opens no rows to anybody: grants are not there yet.

pub mod check;
pub mod digest;
mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod seat;
pub mod service;
pub mod signature;
pub mod wording;

pub use entity::{AgreementState, Column, Entity, Model};
pub use model::{
    Agreement, AgreementChange, AgreementDecision, AgreementFilter, AgreementParty, AgreementPartyInput,
    AgreementReason, AgreementSignature, AgreementSigning, Clearable, NewAgreement,
};
