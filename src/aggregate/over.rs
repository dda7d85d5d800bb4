//! Over whose rows figures were counted: what it is called, and what the answer says of it.

use super::{Label, words};
use crate::{
    id::ConsortiumId,
    tenancy::Extent,
    text::{Languages, Text},
};

/// A consortium, several, or the node.
#[derive(Clone, Debug)]
pub struct Over {
    pub extent: Extent,
    /// What its consortia are called, in their order.
    names: Vec<Text>,
}

impl Over {
    pub fn new(extent: Extent, names: Vec<Text>) -> Self {
        Self { extent, names }
    }

    pub fn consortia(&self) -> Vec<ConsortiumId> {
        self.extent.consortia().to_vec()
    }

    /// The names of its consortia with commas between.
    pub fn name(&self, languages: &Languages) -> String {
        if self.extent == Extent::Node {
            return words::word("over.node", languages).text;
        }
        let names: Vec<String> = self.names.iter().map(|name| Label::of(name, languages).text).collect();
        names.join(", ")
    }

    /// What is counted: of one consortium, what its cube says.
    pub fn definition(&self, of_consortium: &str, languages: &Languages) -> Label {
        words::word(self.word("about.consortia", "about.node").unwrap_or(of_consortium), languages)
    }

    /// What to cite.
    pub fn source(&self, of_consortium: &str, languages: &Languages) -> Label {
        let word = self.word("source.consortia", "source.node").unwrap_or(of_consortium);
        words::word_with(word, &self.name(languages), languages)
    }

    /// What may be done with it.
    pub fn licence(&self, languages: &Languages) -> Label {
        let word = if self.extent == Extent::Node { "licence.node" } else { "licence.competences" };
        words::word(word, languages)
    }

    fn word<'w>(&self, several: &'w str, node: &'w str) -> Option<&'w str> {
        match self.extent {
            Extent::Consortium(_) => None,
            Extent::Consortia(_) => Some(several),
            Extent::Node => Some(node),
        }
    }
}
