//! What an expression selects among a variable's values: a code, `*` at the ends and `?` within a pattern, `TOP(n)`,
//! `BOTTOM(n)` (each with an offset, if wished), `RANGE(a,b)`, `FROM(a)`, `TO(b)`. Letters' case does not matter.

use std::collections::{BTreeMap, BTreeSet};

/// So many patterns and functions for one variable; codes may be more.
pub const MOST_PATTERNS: usize = 50;

/// A variable's codes in their order.
pub struct Codes {
    lower: Vec<String>,
    exact: BTreeMap<String, usize>,
    place: BTreeMap<String, usize>,
    /// The last ones of time are its top.
    time: bool,
}

impl Codes {
    pub fn new<'c>(codes: impl IntoIterator<Item = &'c str>, time: bool) -> Self {
        let codes: Vec<&str> = codes.into_iter().collect();
        let lower: Vec<String> = codes.iter().map(|code| code.to_lowercase()).collect();
        let mut place = BTreeMap::new();
        for (n, code) in lower.iter().enumerate() {
            place.entry(code.clone()).or_insert(n);
        }
        let exact = codes.iter().enumerate().map(|(n, code)| ((*code).to_owned(), n)).collect();
        Self { lower, exact, place, time }
    }

    fn find(&self, code: &str) -> Option<usize> {
        self.exact.get(code).or_else(|| self.place.get(&code.to_lowercase())).copied()
    }

    /// The places that these expressions select, each once, in the order of the codes. What is wrong is named with the
    /// place of the expression.
    pub fn select(&self, expressions: &[String]) -> Result<BTreeSet<usize>, (usize, &'static str)> {
        let mut found = BTreeSet::new();
        let mut patterns = 0;
        for (n, expression) in expressions.iter().enumerate() {
            // What is a code is that code, whatever it looks like.
            if let Some(place) = self.find(expression) {
                found.insert(place);
                continue;
            }
            patterns += 1;
            if patterns > MOST_PATTERNS {
                return Err((n, "too_many"));
            }
            found.extend(self.expand(expression).map_err(|fault| (n, fault))?);
        }
        Ok(found)
    }

    fn expand(&self, expression: &str) -> Result<Vec<usize>, &'static str> {
        const UNKNOWN: &str = "unknown_code";
        let all = self.lower.len();
        // Also of a variable without values: all of nothing is nothing.
        if expression == "*" {
            return Ok((0..all).collect());
        }
        if expression.contains(['*', '?']) {
            let found = self.matching(&expression.to_lowercase())?;
            return if found.is_empty() { Err(UNKNOWN) } else { Ok(found) };
        }
        let Some((name, arguments)) = function(expression) else { return Err(UNKNOWN) };
        let place = |code: &str| self.find(code).ok_or(UNKNOWN);
        match (name.as_str(), arguments.as_slice()) {
            ("top" | "bottom", counts @ ([_] | [_, _])) => {
                let number = |text: &str| text.parse::<usize>().map_err(|_| "bad_expression");
                let count = number(counts[0])?;
                let offset = counts.get(1).map_or(Ok(0), |text| number(text))?;
                if count == 0 {
                    return Err("bad_expression");
                }
                let first = (name == "top") != self.time;
                let range = offset.min(all)..offset.saturating_add(count).min(all);
                Ok(range.map(|n| if first { n } else { all - 1 - n }).collect())
            }
            ("range", [from, to]) => {
                let (a, b) = (place(from)?, place(to)?);
                Ok((a.min(b)..=a.max(b)).collect())
            }
            ("from", [code]) => Ok((place(code)?..all).collect()),
            ("to", [code]) => Ok((0..=place(code)?).collect()),
            ("top" | "bottom" | "range" | "from" | "to", _) => Err("bad_expression"),
            _ => Err(UNKNOWN),
        }
    }

    /// `*` stands at the beginning, at the end or at both.
    fn matching(&self, pattern: &str) -> Result<Vec<usize>, &'static str> {
        let (open_before, rest) = pattern.strip_prefix('*').map_or((false, pattern), |rest| (true, rest));
        let (open_after, core) = rest.strip_suffix('*').map_or((false, rest), |core| (true, core));
        if core.contains('*') {
            return Err("bad_expression");
        }
        let core: Vec<char> = core.chars().collect();
        let fits = |code: &String| {
            let code: Vec<char> = code.chars().collect();
            let Some(spare) = code.len().checked_sub(core.len()) else { return false };
            let starts = match (open_before, open_after) {
                (true, true) => 0..=spare,
                (true, false) => spare..=spare,
                (false, true) => 0..=0,
                (false, false) if spare == 0 => 0..=0,
                (false, false) => return false,
            };
            let at = |start: usize| code.iter().skip(start).zip(&core).all(|(c, p)| *p == '?' || c == p);
            starts.into_iter().any(at)
        };
        Ok(self.lower.iter().enumerate().filter(|(_, code)| fits(code)).map(|(n, _)| n).collect())
    }
}

/// `TOP(3,1)` -> `top`, `3`, `1`.
fn function(expression: &str) -> Option<(String, Vec<&str>)> {
    let (name, rest) = expression.split_once('(')?;
    let arguments = rest.strip_suffix(')')?;
    Some((name.trim().to_lowercase(), arguments.split(',').map(str::trim).collect()))
}

/// The expressions of a list with commas between. What holds a comma itself stands in brackets, `[TOP(3,1)]`; a code in
/// brackets has them doubled. Between parentheses a comma parts nothing.
pub fn listed(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut item = String::new();
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                out.push(std::mem::take(&mut item));
                continue;
            }
            _ => {}
        }
        item.push(c);
    }
    out.push(item);
    out.iter()
        .map(|item| item.trim())
        .map(|item| item.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(item))
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(codes: &[&str], time: bool, list: &str) -> Result<Vec<String>, &'static str> {
        let found = Codes::new(codes.iter().copied(), time).select(&listed(list)).map_err(|(_, f)| f)?;
        Ok(found.into_iter().map(|n| codes[n].to_owned()).collect())
    }

    #[test]
    fn every_expression_selects_what_it_says() {
        let codes = ["A1", "A2", "B1", "ab*", "-"];
        for (list, expected) in [
            ("A2,A1", vec!["A1", "A2"]),
            ("a1", vec!["A1"]),
            ("*", codes.to_vec()),
            ("A*", vec!["A1", "A2", "ab*"]),
            ("*1", vec!["A1", "B1"]),
            ("*b*", vec!["B1", "ab*"]),
            ("?1", vec!["A1", "B1"]),
            ("??", vec!["A1", "A2", "B1"]),
            ("*?1", vec!["A1", "B1"]),
            ("ab*", vec!["ab*"]),
            ("TOP(2)", vec!["A1", "A2"]),
            ("[TOP(2,1)]", vec!["A2", "B1"]),
            ("top(1,4),bottom(1)", vec!["-"]),
            ("bottom(2)", vec!["ab*", "-"]),
            ("BOTTOM(1,1)", vec!["ab*"]),
            ("TOP(9)", codes.to_vec()),
            ("[RANGE(A2,B1)]", vec!["A2", "B1"]),
            ("range(B1,A1)", vec!["A1", "A2", "B1"]),
            ("FROM(B1)", vec!["B1", "ab*", "-"]),
            ("to(A2)", vec!["A1", "A2"]),
            ("A1,A1,A*", vec!["A1", "A2", "ab*"]),
            ("", vec![]),
        ] {
            assert_eq!(selected(&codes, false, list).unwrap(), expected, "{list}");
        }
        // Of time the newest are on top, and the order stays.
        assert_eq!(selected(&["2024", "2025", "2026"], true, "TOP(2)").unwrap(), ["2025", "2026"]);
        assert_eq!(selected(&["2024", "2025", "2026"], true, "BOTTOM(1)").unwrap(), ["2024"]);
        assert_eq!(selected(&["2024", "2025", "2026"], true, "TOP(1,1)").unwrap(), ["2025"]);
        assert_eq!(selected(&[], false, "*").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_means_nothing_is_said_to() {
        for (list, fault) in [
            ("A*1", "bad_expression"),
            ("*A*1*", "bad_expression"),
            ("TOP(0)", "bad_expression"),
            ("TOP(x)", "bad_expression"),
            ("TOP(1,2,3)", "bad_expression"),
            ("RANGE(A1)", "bad_expression"),
            ("RANGE(A1,Z)", "unknown_code"),
            ("FROM(Z)", "unknown_code"),
            ("SUM(A1)", "unknown_code"),
            ("Z", "unknown_code"),
            ("Z*", "unknown_code"),
            ("TOP(99999999999999999999999)", "bad_expression"),
        ] {
            assert_eq!(selected(&["A1", "B1"], false, list), Err(fault), "{list}");
        }
        let many = vec!["A*"; MOST_PATTERNS + 1].join(",");
        assert_eq!(selected(&["A1"], false, &many), Err("too_many"));
        assert_eq!(selected(&["A1"], false, &vec!["a1"; 500].join(",")).unwrap(), ["A1"]);
    }

    #[test]
    fn a_list_is_parted_at_its_own_commas() {
        assert_eq!(listed("a, b,,c"), ["a", "b", "c"]);
        assert_eq!(listed("[TOP(1,12)],x"), ["TOP(1,12)", "x"]);
        assert_eq!(listed("RANGE(a,b),c"), ["RANGE(a,b)", "c"]);
        assert_eq!(listed("[[ME01]],x"), ["[ME01]", "x"]);
    }
}
