use serde_json::{Value, json};

use super::{Ask, Case};
use crate::walls::oracle::{Action::*, Kind::*};

/// What may be said of an application, with a text in every place that has one.
fn said() -> Value {
    json!({"funder": "Kulturrådet", "funderKind": "national_agency", "programme": "Prosjektmidler",
        "link": "https://example.org/midler", "currency": "NOK", "appliedMinor": 10_000_000})
}

/// For the project that it is called on.
fn planned(ask: &Ask) -> Value {
    let mut said = said();
    said["projectId"] = json!(ask.id);
    said
}

pub const CASES: [Case; 6] = [
    Case::new("fundingApplications", List, Funding),
    Case::new("fundingApplication", See, Funding),
    Case::new("createFundingApplication", Make, Funding).on(Project).body(planned),
    Case::new("changeFundingApplication", Change, Funding).body(|_| said()),
    Case::new("moveFundingApplication", Change, Funding).body(|_| json!({"to": "applied"})),
    Case::new("removeFundingApplication", Remove, Funding),
];
