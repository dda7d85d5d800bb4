use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 5] = [
    Case::new("contacts", List, Contact),
    Case::new("contact", See, Contact),
    Case::new("createContact", Make, Contact)
        .body(|_| json!({"kind": "function", "name": "Formidling", "email": "formidling@oslo.example"})),
    Case::new("changeContact", Change, Contact).body(|_| json!({"role": "Svarer på spørsmål"})),
    Case::new("removeContact", Remove, Contact),
];
