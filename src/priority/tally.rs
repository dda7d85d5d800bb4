//! Counting: a pure function of the proposals and the ballots. The order of either plays no part, and a tie that
//! crosses the edge of the backbone is told, whatever the rule makes of it.

use std::collections::BTreeMap;

use super::{ballot::Choice, result::Standing, round::TieBreak};
use crate::id::ProposalId;

/// A proposal that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub id: ProposalId,
    /// From an earlier round.
    pub carried: bool,
}

/// The standings, best first; among equals the order means nothing. What nobody gave a point is never chosen.
pub fn tally(
    candidates: &[Candidate],
    ballots: &[Vec<Choice>],
    backbone: i64,
    rule: TieBreak,
) -> Vec<Standing> {
    let mut sums: BTreeMap<ProposalId, (i64, bool)> =
        candidates.iter().map(|c| (c.id, (0, c.carried))).collect();
    for choice in ballots.iter().flatten() {
        if let Some((points, _)) = sums.get_mut(&choice.proposal_id) {
            *points = points.saturating_add(choice.points);
        }
    }
    let with = |test: &dyn Fn(i64) -> bool| count(sums.values().filter(|(points, _)| test(*points)).count());
    let stand = |(id, (points, carried)): (&ProposalId, &(i64, bool))| {
        let above = with(&|other| other > *points);
        let equals = with(&|other| other == *points);
        let places = backbone - above;
        let tied = *points > 0 && places > 0 && equals > places;
        let chosen = if tied {
            let first = count(sums.values().filter(|other| *other == &(*points, true)).count());
            match rule {
                TieBreak::Report => false,
                TieBreak::IncludeAll => true,
                TieBreak::CarriedFirst => *carried && first <= places,
            }
        } else {
            *points > 0 && places > 0
        };
        Standing { chosen, points: Some(*points), proposal_id: *id, rank: Some(above + 1), tied }
    };
    let mut standings: Vec<Standing> = sums.iter().map(stand).collect();
    standings.sort_by_key(|s| (s.rank, s.proposal_id));
    standings
}

pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(n: usize) -> ProposalId {
        ProposalId(Uuid::from_u128(n as u128 + 1))
    }

    fn candidates(carried: &[bool]) -> Vec<Candidate> {
        carried.iter().enumerate().map(|(n, carried)| Candidate { id: id(n), carried: *carried }).collect()
    }

    /// One ballot that gives these points.
    fn giving(points: &[i64]) -> Vec<Choice> {
        points.iter().enumerate().map(|(n, points)| Choice { points: *points, proposal_id: id(n) }).collect()
    }

    const RULES: [TieBreak; 3] = [TieBreak::Report, TieBreak::IncludeAll, TieBreak::CarriedFirst];

    fn chosen(standings: &[Standing]) -> Vec<usize> {
        (0..standings.len())
            .filter(|n| standings.iter().any(|s| s.proposal_id == id(*n) && s.chosen))
            .collect()
    }

    #[test]
    fn who_gets_the_contested_place_is_said_by_the_rule() {
        type Case = (&'static [i64], &'static [usize], [&'static [usize]; 3]);
        let cases: [Case; 5] = [
            // Points; who is carried over; chosen by each rule, of two places.
            (&[3, 2, 2, 1], &[2], [&[0], &[0, 1, 2], &[0, 2]]),
            (&[3, 2, 2, 1], &[1, 2], [&[0], &[0, 1, 2], &[0]]),
            (&[2, 2, 2, 2], &[3], [&[], &[0, 1, 2, 3], &[3]]),
            (&[3, 3, 2, 2], &[2], [&[0, 1], &[0, 1], &[0, 1]]),
            (&[3, 0, 0, 0], &[1], [&[0], &[0], &[0]]),
        ];
        for (points, carried, expected) in cases {
            let carried: Vec<bool> = (0..points.len()).map(|n| carried.contains(&n)).collect();
            for (rule, expected) in RULES.into_iter().zip(expected) {
                let standings = tally(&candidates(&carried), &[giving(points)], 2, rule);
                assert_eq!(chosen(&standings), expected, "{points:?} {carried:?} {rule:?}");
            }
        }
    }

    /// Every way in which four options can be equal, by every rule and size of backbone.
    #[test]
    fn every_tie_of_four_is_told_and_treats_equals_alike() {
        for case in 0..4usize.pow(4) * 16 {
            let points: Vec<i64> = (0..4).map(|n| (case / 16 / 4usize.pow(n) % 4) as i64).collect();
            let carried: Vec<bool> = (0..4).map(|n| case >> n & 1 == 1).collect();
            for backbone in 1..=4i64 {
                for rule in RULES {
                    let standings = tally(&candidates(&carried), &[giving(&points)], backbone, rule);
                    let of = |n: usize| standings.iter().find(|s| s.proposal_id == id(n)).unwrap();
                    for a in 0..4 {
                        let above = points.iter().filter(|p| **p > points[a]).count() as i64;
                        let equals = points.iter().filter(|p| **p == points[a]).count() as i64;
                        let crosses = points[a] > 0 && above < backbone && above + equals > backbone;
                        assert_eq!((of(a).tied, of(a).rank), (crosses, Some(above + 1)));
                        for b in 0..4 {
                            let alike = rule != TieBreak::CarriedFirst || carried[a] == carried[b];
                            if points[a] == points[b] && alike {
                                assert_eq!(
                                    of(a).chosen,
                                    of(b).chosen,
                                    "{points:?} {carried:?} {backbone} {rule:?}"
                                );
                            }
                            assert!(points[a] <= points[b] || of(a).chosen || !of(b).chosen);
                        }
                    }
                    let places = chosen(&standings).len() as i64;
                    assert!(rule == TieBreak::IncludeAll || places <= backbone);
                }
            }
        }
    }

    fn ballots() -> impl Strategy<Value = Vec<Vec<Choice>>> {
        let choice = (0..8usize, 1..5i64).prop_map(|(n, points)| Choice { points, proposal_id: id(n) });
        prop::collection::vec(prop::collection::vec(choice, 0..5), 0..12)
    }

    proptest! {
        #[test]
        fn the_order_of_ballots_and_proposals_plays_no_part(
            (ballots, mixed) in ballots().prop_flat_map(|b| (Just(b.clone()), Just(b).prop_shuffle())),
            (carried, order) in (prop::collection::vec(any::<bool>(), 6), Just((0..6usize).collect::<Vec<_>>()).prop_shuffle()),
            backbone in 1..6i64,
            rule in prop::sample::select(RULES.to_vec()),
        ) {
            let straight = candidates(&carried);
            let shuffled: Vec<Candidate> = order.iter().map(|n| straight[*n]).collect();
            let one = tally(&straight, &ballots, backbone, rule);
            prop_assert_eq!(&one, &tally(&shuffled, &mixed, backbone, rule));
            // Names play no part either: the same votes for other ids come out alike.
            let renamed: Vec<Vec<Choice>> = ballots.iter().map(|b| b.iter().map(|c| Choice {
                points: c.points,
                proposal_id: ProposalId(Uuid::from_u128(u128::MAX - c.proposal_id.0.as_u128())),
            }).collect()).collect();
            let others: Vec<Candidate> = straight.iter().map(|c| Candidate {
                id: ProposalId(Uuid::from_u128(u128::MAX - c.id.0.as_u128())), ..*c
            }).collect();
            let other = tally(&others, &renamed, backbone, rule);
            for standing in &one {
                let twin = ProposalId(Uuid::from_u128(u128::MAX - standing.proposal_id.0.as_u128()));
                let twin = other.iter().find(|s| s.proposal_id == twin).cloned();
                prop_assert_eq!(twin, Some(Standing { proposal_id: ProposalId(Uuid::from_u128(u128::MAX - standing.proposal_id.0.as_u128())), ..standing.clone() }));
            }
            // Nothing is lost or invented: the points for what can be chosen are all there.
            let cast: i64 = ballots.iter().flatten().filter(|c| straight.iter().any(|s| s.id == c.proposal_id)).map(|c| c.points).sum();
            prop_assert_eq!(one.iter().filter_map(|s| s.points).sum::<i64>(), cast);
        }
    }
}
