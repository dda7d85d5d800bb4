//! Arithmetic modulo the prime 2^61 - 1: exact, and the same on every machine.
//!
//! A combination of published sums that isolates one value over the rational numbers isolates it here too, unless
//! the prime divides a determinant; with rows of 0 and 1 that would be chance of about one in 10^18 a test.

/// The prime: 2^61 - 1.
pub const P: u64 = (1 << 61) - 1;

/// `a + b`, both below [`P`].
pub fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= P { sum - P } else { sum }
}

/// `a - b`, both below [`P`].
pub fn sub(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + P - b }
}

/// `a * b`, both below [`P`].
pub fn mul(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    // 2^61 is 1 here, so the high part is added to the low one.
    let low = (product & u128::from(P)) as u64;
    let high = (product >> 61) as u64;
    add(low, high)
}

/// What `a` is multiplied with to give 1. Of 0 there is none: the answer is 0.
pub fn inverse(a: u64) -> u64 {
    let (mut base, mut left, mut out) = (a, P - 2, 1);
    while left > 0 {
        if left & 1 == 1 {
            out = mul(out, base);
        }
        base = mul(base, base);
        left >>= 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_times_its_inverse_is_one() {
        for a in [1, 2, 3, 61, 1_000_003, P - 1, P / 2] {
            assert_eq!(mul(a, inverse(a)), 1, "{a}");
        }
        assert_eq!(inverse(0), 0);
    }

    #[test]
    fn sums_and_products_stay_below_the_prime() {
        assert_eq!(add(P - 1, 1), 0);
        assert_eq!(sub(0, 1), P - 1);
        assert_eq!(mul(P - 1, P - 1), 1);
    }
}
