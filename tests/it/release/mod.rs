//! Releases of sealed figures against somebody who has kept them all.

mod attacker;
mod bounds;
mod null;
mod through;
mod world;

pub use samvirke::aggregate::release::audit;

pub use self::world::Chance;
use self::{
    attacker::{Attack, Found, Reader, open_to},
    audit::{Audience, Group, Measure},
    world::{Issue, World, naive},
};

/// Told of all.
#[derive(Debug, Default)]
struct Share {
    told: usize,
    all: usize,
}

impl Share {
    fn add(&mut self, told: bool) {
        self.all += 1;
        self.told += usize::from(told);
    }
}

#[derive(Debug, Default)]
struct Score {
    worlds: u64,
    found: Found,
    /// By a publisher that tells every cell with three contributors.
    secrets_of_naive: usize,
    lost_by_naive: usize,
    /// Totals with five or more sealed contributors: all of them, those of the first releases, and those of all
    /// releases that neither their values nor adding and subtracting forbid.
    totals: Share,
    first: Share,
    allowed: Share,
    /// Cells with a sealed part, and of those the ones with three or more sealed contributors.
    cells: Share,
    cells_of_three: Share,
}

impl Score {
    fn add(&mut self, world: &World) {
        self.worlds += 1;
        let mut readers = vec![Reader::Member, Reader::Public];
        readers.extend(world.former().into_iter().map(Reader::Former));
        for reader in readers {
            let attack = Attack::of(world, reader);
            let mut found = attack.add_and_subtract();
            attack.limit(&mut found);
            self.found.add(found);
        }
        let easy = Attack::of(&naive(world), Reader::Member).add_and_subtract();
        self.secrets_of_naive += easy.secrets;
        self.lost_by_naive += easy.values.len();
        self.count(world);
    }

    fn count(&mut self, world: &World) {
        let withheld = Attack::of(world, Reader::Member).totals_withheld();
        let issues = world.issues.iter().filter(|issue| issue.audience == Audience::Consortium);
        for (quarter, issue) in issues.enumerate() {
            for cell in issue.cells.iter().filter(|cell| cell.sealed_contributors > 0) {
                let told = cell.sealed.is_some();
                self.cells.add(told);
                if cell.sealed_contributors >= 3 {
                    self.cells_of_three.add(told);
                }
                if cell.group == Group::All && cell.sealed_contributors >= 5 {
                    self.totals.add(told);
                    let fine = fine(world, issue);
                    if quarter == 0 && (told || fine) {
                        self.first.add(told);
                    }
                    if told || (fine && withheld.contains(&issue.as_of)) {
                        self.allowed.add(told);
                    }
                }
            }
        }
    }
}

/// May the total be told for what its values are?
fn fine(world: &World, issue: &Issue) -> bool {
    let sealed = issue.given.iter().filter(|given| !open_to(&given.mode, issue.audience));
    let mut values: Vec<u64> = sealed.map(|given| given.value).collect();
    values.sort_unstable();
    values.reverse();
    let sum: u64 = values.iter().sum();
    if world.measure == Measure::Presence {
        // Two that have it know together who else does, when nobody does.
        let least = if world.pairs() { 3 } else { 2 };
        return sum >= least && sum + least <= values.len() as u64;
    }
    let rest: u64 = values.iter().skip(2).sum();
    sum >= world.rules.least_sum && rest >= 1 && rest * 100 >= values[0] * world.rules.share_percent
}

/// Makes consortia by chance, releases their figures and attacks them.
///
/// # Panics
/// When somebody found something out, or the audit withheld what it could have told.
pub fn attack(worlds: u64) {
    let mut score = Score::default();
    for seed in 0..worlds {
        score.add(&World::new(seed));
        let found = &score.found;
        assert!(found.values.is_empty() && found.changes.is_empty(), "in world {seed}: {found:?}");
        assert!(found.narrow.is_empty(), "in world {seed}: {found:?}");
    }
    println!("{score:#?}");
    assert!(score.found.secrets > 0 && score.found.programmes > 0, "{score:?}");
    assert!(score.lost_by_naive * 2 >= score.secrets_of_naive, "{score:?}");
    assert!(score.first.told * 100 >= score.first.all * 95, "{score:?}");
    assert!(score.allowed.told * 100 >= score.allowed.all * 95, "{score:?}");
}

#[test]
fn nobody_who_keeps_all_releases_finds_out_what_a_library_gave() {
    attack(60);
}
