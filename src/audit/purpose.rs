//! What a caller says that a request is for: the header `Samvirke-Purpose`. It is optional and proves nothing; whose rows
//! are read or changed may see it.

use crate::{
    error::{Code, Error, Result},
    text::national,
};

pub const HEADER: &str = "samvirke-purpose";

/// A word for a purpose, not a text: somebody else reads it, and it must not grow into a letter.
const LONGEST: usize = 64;

/// 1 to 64 of a-z, 0-9, `-`, `_`, `.`, `:` and `/`, such as `dashboard` or `plan:2027/4`.
pub fn read(given: Option<&str>) -> Result<Option<String>> {
    let Some(given) = given else { return Ok(None) };
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.:/".contains(&b);
    if given.is_empty() || given.len() > LONGEST || !given.bytes().all(good) || national::stands_in(given) {
        return Err(
            Error::new(Code::MalformedRequest).with("reason", "Samvirke-Purpose: 1-64 of a-z 0-9 - _ . : /")
        );
    }
    Ok(Some(given.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_purpose_is_a_word() {
        assert_eq!(read(None).unwrap(), None);
        for good in ["dashboard", "plan:2027/4", &"a".repeat(64)] {
            assert_eq!(read(Some(good)).unwrap().as_deref(), Some(good));
        }
        for bad in ["", "Dashboard", "two words", "æ", "sak:01015550321", &"a".repeat(65)] {
            assert!(read(Some(bad)).is_err(), "{bad}");
        }
    }
}
