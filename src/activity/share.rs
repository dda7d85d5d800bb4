//! Who pays how much: pure arithmetic in minor units, so that the shares always add up to the cost.

use super::CostSharing;

/// The shares of those who have registered, in the order in which they did; `places` of each. What does not go up is paid by
/// the first, one minor unit each. None: nobody has registered, or the host pays.
pub fn shares(amount: i64, sharing: CostSharing, places: &[i64]) -> Option<Vec<i64>> {
    let weights: Vec<i128> = match sharing {
        CostSharing::Host => return None,
        CostSharing::Equal => places.iter().map(|_| 1).collect(),
        CostSharing::ByPlaces => places.iter().map(|n| i128::from(*n)).collect(),
    };
    let all: i128 = weights.iter().sum();
    if all <= 0 || amount < 0 {
        return None;
    }
    let mut shares: Vec<i64> =
        weights.iter().map(|weight| i64::try_from(i128::from(amount) * weight / all).unwrap_or(0)).collect();
    let rest = amount - shares.iter().sum::<i64>();
    // Less than one for each.
    for share in shares.iter_mut().take(usize::try_from(rest).unwrap_or(0)) {
        *share += 1;
    }
    Some(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_go_up_is_paid_by_the_first() {
        assert_eq!(shares(1_000, CostSharing::Equal, &[5, 1, 1]), Some(vec![334, 333, 333]));
        assert_eq!(shares(1_000, CostSharing::ByPlaces, &[2, 1]), Some(vec![667, 333]));
        assert_eq!(shares(1_000, CostSharing::Host, &[2, 1]), None);
        assert_eq!(shares(1_000, CostSharing::Equal, &[]), None);
        assert_eq!(shares(0, CostSharing::Equal, &[1, 1]), Some(vec![0, 0]));
    }

    proptest! {
        #[test]
        fn the_shares_add_up(amount in 0..=1_000_000_000_000i64, places in prop::collection::vec(1..=1_000i64, 1..60)) {
            for sharing in [CostSharing::Equal, CostSharing::ByPlaces] {
                let shares = shares(amount, sharing, &places).unwrap();
                prop_assert_eq!(shares.iter().sum::<i64>(), amount);
                prop_assert!(shares.iter().all(|share| *share >= 0));
            }
        }
    }
}
