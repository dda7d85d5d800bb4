//! Which languages stand near each other.

/// How near a label's language is to the one asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    Same,
    Near,
    Other,
}

impl Nearness {
    pub const ALL: [Nearness; 3] = [Nearness::Same, Nearness::Near, Nearness::Other];

    /// What is left of a score. An exact label of another language weighs about as much as a label of the same
    /// language with a typing error.
    pub fn weight(self) -> f64 {
        match self {
            Nearness::Same => 1.0,
            Nearness::Near => 0.96,
            Nearness::Other => 0.84,
        }
    }
}

/// The primary subtag in lower case; `no` is taken as `nb`.
pub fn primary(tag: &str) -> String {
    let subtag = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if subtag == "no" { "nb".to_owned() } else { subtag }
}

/// Compares two primary subtags. Without a language asked for, all are the same.
pub fn nearness(asked: Option<&str>, label: &str) -> Nearness {
    match asked {
        None => Nearness::Same,
        Some(asked) if asked == label => Nearness::Same,
        Some("nb") if label == "nn" => Nearness::Near,
        Some("nn") if label == "nb" => Nearness::Near,
        Some(_) => Nearness::Other,
    }
}
