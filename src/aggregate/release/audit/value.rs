//! Whether a sealed sum is large enough, and spread enough, to be told.

use super::model::{Measure, Rules};

/// What the values of a cell say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// The sum is below the least sum.
    Low,
    /// Without its two largest, too little of the sum is left.
    Lopsided,
    /// So many or so few have it that single answers are as good as told.
    OneSided,
}

/// So many must have answered before it is told how many of them have something.
const LEAST_ANSWERS: usize = 5;

/// How many sealed contributors a cell must have.
pub fn least_contributors(measure: Measure, rules: &Rules) -> usize {
    match measure {
        Measure::Amount => rules.least_contributors,
        Measure::Presence => rules.least_contributors.max(LEAST_ANSWERS),
    }
}

/// The verdict on the sealed values of a cell.
pub fn verdict(measure: Measure, rules: &Rules, mut values: Vec<u64>) -> Verdict {
    let sum: u64 = values.iter().sum();
    if measure == Measure::Presence {
        let (have, all) = (sum, values.len() as u64);
        return if have >= 2 && have + 2 <= all { Verdict::Fine } else { Verdict::OneSided };
    }
    values.sort_unstable_by(|a, b| b.cmp(a));
    let largest = values.first().copied().unwrap_or(0);
    let rest: u64 = values.iter().skip(2).sum();
    if sum < rules.least_sum {
        Verdict::Low
    } else if rest < 1 || u128::from(rest) * 100 < u128::from(largest) * u128::from(rules.share_percent) {
        Verdict::Lopsided
    } else {
        Verdict::Fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(percent: u64, values: &[u64]) -> Verdict {
        let rules = Rules { share_percent: percent, ..Rules::default() };
        verdict(Measure::Amount, &rules, values.to_vec())
    }

    #[test]
    fn small_and_lopsided_sums_are_not_told() {
        assert_eq!(amount(10, &[1, 1, 1]), Verdict::Low);
        assert_eq!(amount(10, &[0, 0, 7]), Verdict::Lopsided);
        assert_eq!(amount(10, &[9, 1, 1]), Verdict::Fine);
        assert_eq!(amount(20, &[9, 1, 1]), Verdict::Lopsided);
        assert_eq!(amount(10, &[0, 5, 0, 4]), Verdict::Lopsided);
    }

    #[test]
    fn presence_is_told_when_two_have_and_two_have_not() {
        let told = |values: &[u64]| verdict(Measure::Presence, &Rules::default(), values.to_vec());
        assert_eq!(told(&[1, 1, 0, 0, 0]), Verdict::Fine);
        assert_eq!(told(&[1, 1, 1, 0, 0]), Verdict::Fine);
        assert_eq!(told(&[1, 0, 0, 0, 0]), Verdict::OneSided);
        assert_eq!(told(&[1, 1, 1, 1, 0]), Verdict::OneSided);
        assert_eq!(told(&[1, 1, 1, 1, 1]), Verdict::OneSided);
        assert_eq!(least_contributors(Measure::Presence, &Rules::default()), 5);
    }
}
