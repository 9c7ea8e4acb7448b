//! Answers to questions that cannot always be answered.
//!
//! Something a request says may be too long to be compared, or may be said twice in different words. What depends on it
//! is `None`, neither yes nor no. It ends in a statement: a `Deny` applies unless it certainly does not, an `Allow` only
//! if it certainly does.

pub(super) type Verdict = Option<bool>;

/// Whether one of them is a yes.
pub(super) fn any(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut found = Some(false);
    for verdict in verdicts {
        match verdict {
            Some(true) => return Some(true),
            Some(false) => {}
            None => found = None,
        }
    }
    found
}

/// Whether none of them is a no.
pub(super) fn all(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    any(verdicts.into_iter().map(|verdict| xor(verdict, true))).map(|is_any| !is_any)
}

/// The opposite, if `negated`.
pub(super) fn xor(verdict: Verdict, negated: bool) -> Verdict {
    verdict.map(|is_so| is_so != negated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_decides_only_where_nothing_else_does() {
        let (yes, no, unknown) = (Some(true), Some(false), None);
        for (verdicts, is_any, is_all) in [
            (vec![], no, yes),
            (vec![no, unknown], unknown, no),
            (vec![unknown, no], unknown, no),
            (vec![yes, unknown], yes, unknown),
            (vec![unknown, yes], yes, unknown),
            (vec![yes, no], yes, no),
            (vec![yes, yes], yes, yes),
        ] {
            assert_eq!(any(verdicts.clone()), is_any, "{verdicts:?}");
            assert_eq!(all(verdicts.clone()), is_all, "{verdicts:?}");
        }
        assert_eq!((xor(yes, true), xor(no, false), xor(unknown, true)), (no, no, unknown));
    }
}
