//! Adds fragments up where they are spread, each counted once.

use std::collections::HashMap;

use super::{
    Bound, Limits, Refusal,
    scan::{Definition, Lists, Place},
    within,
};

/// A definition with all its fragments written out, counted, not written.
#[derive(Default, Clone, Copy)]
struct Weight {
    fields: usize,
    spreads: usize,
    depth: usize,
    roots: usize,
    asks_for_data: bool,
    lists: Lists,
    chain: usize,
}

impl Weight {
    fn of(definition: &Definition<'_>) -> Self {
        Self {
            fields: definition.fields,
            spreads: definition.spreads.len(),
            depth: definition.depth,
            roots: definition.roots,
            asks_for_data: definition.asks_for_data,
            lists: definition.lists,
            chain: 0,
        }
    }

    fn spread(&mut self, at: Place, of: Weight) {
        self.fields = self.fields.saturating_add(of.fields);
        self.spreads = self.spreads.saturating_add(of.spreads);
        self.depth = self.depth.max(at.depth.saturating_add(of.depth));
        self.chain = self.chain.max(of.chain.saturating_add(1));
        if at.depth == 0 {
            self.roots = self.roots.saturating_add(of.roots);
            self.asks_for_data |= of.asks_for_data;
        }
        self.lists.any = self.lists.any.max(at.lists.saturating_add(of.lists.any));
        let inside = at.inside.map_or(0, |n| n.saturating_add(of.lists.any));
        self.lists.inside = self.lists.inside.max(of.lists.inside).max(inside);
    }
}

#[derive(Clone, Copy)]
enum Mark {
    Unseen,
    Open,
    Done(Weight),
}

/// Adds the fragments up, each once, leaves first: a depth-first walk with its own stack.
pub(super) fn judge_all(definitions: &[Definition<'_>], limits: &Limits) -> Result<(), Refusal> {
    let mut by_name = HashMap::new();
    for (i, name) in definitions.iter().enumerate().filter_map(|(i, d)| d.fragment.map(|name| (i, name))) {
        // A name given twice does not parse.
        by_name.entry(name).or_insert(i);
    }
    let mut marks = vec![Mark::Unseen; definitions.len()];
    let mut all = Weight::default();
    for start in 0..definitions.len() {
        // (definition, its next spread, its weight so far)
        let mut walk: Vec<(usize, usize, Weight)> = Vec::new();
        enter(start, definitions, &mut marks, &mut walk);
        while let Some((at, turn, mut weight)) = walk.pop() {
            let Some(definition) = definitions.get(at) else { continue };
            let Some(spread) = definition.spreads.get(turn) else {
                judge(weight, definition.fragment.is_some(), limits)?;
                set(&mut marks, at, Mark::Done(weight));
                continue;
            };
            // A fragment that is not there is the validator's to report.
            let Some(&target) = by_name.get(spread.fragment) else {
                walk.push((at, turn + 1, weight));
                continue;
            };
            match marks.get(target) {
                Some(Mark::Done(known)) => {
                    weight.spread(spread.at, *known);
                    walk.push((at, turn + 1, weight));
                }
                Some(Mark::Open) => return Err(Refusal { what: Bound::FragmentCycle, limit: 0, found: 1 }),
                _ => {
                    walk.push((at, turn, weight));
                    enter(target, definitions, &mut marks, &mut walk);
                }
            }
        }
        if let (Some(Mark::Done(weight)), Some(None)) =
            (marks.get(start), definitions.get(start).map(|d| d.fragment))
        {
            all.fields = all.fields.saturating_add(weight.fields);
            all.spreads = all.spreads.saturating_add(weight.spreads);
        }
    }
    within(Bound::Fields, all.fields, limits.fields)?;
    within(Bound::Spreads, all.spreads, limits.spreads)
}

fn enter(
    i: usize,
    definitions: &[Definition<'_>],
    marks: &mut [Mark],
    walk: &mut Vec<(usize, usize, Weight)>,
) {
    if let (Some(definition), Some(Mark::Unseen)) = (definitions.get(i), marks.get(i)) {
        walk.push((i, 0, Weight::of(definition)));
        set(marks, i, Mark::Open);
    }
}

fn set(marks: &mut [Mark], i: usize, mark: Mark) {
    if let Some(slot) = marks.get_mut(i) {
        *slot = mark;
    }
}

/// Fragments are judged too, also those that no operation spreads: the validator walks them. But their top is no
/// operation's top, and whether they speak of data or of the schema, only the operation around them tells.
fn judge(weight: Weight, is_fragment: bool, limits: &Limits) -> Result<(), Refusal> {
    within(Bound::FragmentChain, weight.chain, limits.fragment_chain)?;
    within(Bound::Fields, weight.fields, limits.fields)?;
    within(Bound::Spreads, weight.spreads, limits.spreads)?;
    within(Bound::IntrospectionLists, weight.lists.inside, limits.introspection_lists)?;
    if is_fragment {
        return within(Bound::Depth, weight.depth, limits.depth.max(limits.introspection_depth));
    }
    within(Bound::RootFields, weight.roots, limits.root_fields)?;
    let depth = if weight.asks_for_data { limits.depth } else { limits.introspection_depth };
    within(Bound::Depth, weight.depth, depth)
}
