//! Patterns of ARNs: text in which `*` stands for anything.

use std::cmp::Reverse;

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

/// A text that is no pattern: fits after "must be".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ARN, or a pattern of ARNs with `*` for anything")]
pub struct UnfitPattern;

/// The longest pattern, in bytes: ARNs have 350 at most.
const BYTES_MAX: usize = 350;

impl Pattern {
    /// Reads it.
    ///
    /// # Errors
    /// [`UnfitPattern`] when no ARN can match it.
    pub fn parse(text: &str) -> Result<Self, UnfitPattern> {
        let begins = text.starts_with("arn:") || text.starts_with('*');
        let legal = text.len() <= BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
        if begins && legal { Ok(Self(text.to_owned())) } else { Err(UnfitPattern) }
    }

    /// Whether it is one for this ARN.
    #[must_use]
    pub fn matches(&self, arn: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = arn.strip_prefix(first) else { return false };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            // The first place is as good as any: what comes after finds at least as much to choose from.
            match rest.split_once(part) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
        true
    }

    /// Sorts the more particular ones to the front, so that the order of the file does not matter.
    #[must_use]
    pub fn rank(&self) -> impl Ord + use<> {
        let stars = self.0.bytes().filter(|byte| *byte == b'*').count();
        (stars > 0, Reverse(self.0.len().saturating_sub(stars)), self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything_and_nothing_else_does() {
        for (pattern, arn, matches) in [
            ("arn:aws:sqs:eu:1:a", "arn:aws:sqs:eu:1:a", true),
            ("arn:aws:sqs:eu:1:a", "arn:aws:sqs:eu:1:ab", false),
            ("arn:aws:sqs:*:*:orders-*", "arn:aws:sqs:eu:1:orders-", true),
            ("arn:aws:sqs:*:*:orders-*", "arn:aws:sqs:eu:1:orders-x", true),
            ("arn:aws:sqs:*:*:orders-*", "arn:aws:sns:eu:1:orders-x", false),
            ("arn:aws:sqs:*:*:orders-*", "arn:aws:sqs:eu:1:order", false),
            ("arn:*:end", "arn:a:end:b:end", true),
            ("arn:*:end", "arn:a:end:b", false),
            ("arn:a*a", "arn:a", false),
            ("*", "arn:aws:s3:::b", true),
            ("arn:aws:s3:::b?", "arn:aws:s3:::bc", false),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(arn), matches, "{pattern} {arn}");
        }
        for bad in ["", "sqs", "arn:a b", "arn:ä"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_more_particular_comes_first() {
        let mut patterns: Vec<Pattern> =
            ["*", "arn:aws:sqs:*", "arn:aws:sqs:*:*:orders", "arn:aws:sqs:eu:1:o"]
                .map(|p| Pattern::parse(p).unwrap())
                .into();
        patterns.sort_by_key(Pattern::rank);
        let sorted: Vec<&str> = patterns.iter().map(|pattern| pattern.0.as_str()).collect();
        assert_eq!(sorted, ["arn:aws:sqs:eu:1:o", "arn:aws:sqs:*:*:orders", "arn:aws:sqs:*", "*"]);
    }
}
