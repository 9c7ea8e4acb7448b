//! The tags of a request or of a resource, as the condition keys `aws:RequestTag/…` and `aws:ResourceTag/…`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::tags::TAGS_MAX;

/// What the service model allows of a tag, in characters.
const KEY_CHARS_MAX: usize = 128;
const VALUE_CHARS_MAX: usize = 256;

/// Tags by their keys without regard to ASCII case, as condition keys are compared.
///
/// Keys of tags are told apart by case. Where two are one as condition keys, neither may decide for the other, so what
/// is under that key cannot be judged; nor can a value that is longer than a tag's may be.
#[derive(Debug, Clone, Default)]
pub(super) enum TagSet<'a> {
    #[default]
    None,
    Some(BTreeMap<Box<str>, Option<Cow<'a, str>>>),
    /// There are too many of them, or one has a key that none can have: any tag may be among them.
    Unjudgeable,
}

impl<'a> TagSet<'a> {
    pub(super) fn of(tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut set = BTreeMap::new();
        for (count, (key, value)) in tags.into_iter().enumerate() {
            if count == TAGS_MAX || !fits(key, KEY_CHARS_MAX) {
                return Self::Unjudgeable;
            }
            match set.entry(key.to_ascii_lowercase().into()) {
                Entry::Vacant(place) => {
                    place.insert(fits(value, VALUE_CHARS_MAX).then_some(Cow::Borrowed(value)));
                }
                Entry::Occupied(mut place) => {
                    place.insert(None);
                }
            }
        }
        Self::Some(set)
    }

    /// The value of a key, which has none or one; `None` if that cannot be judged.
    pub(super) fn values(&self, key: &str) -> Option<&[Cow<'a, str>]> {
        match self {
            Self::None => Some(&[]),
            Self::Some(set) => match set.get(key.to_ascii_lowercase().as_str()) {
                None => Some(&[]),
                Some(value) => value.as_ref().map(std::slice::from_ref),
            },
            Self::Unjudgeable => None,
        }
    }
}

fn fits(text: &str, chars_max: usize) -> bool {
    text.len() <= chars_max || (text.len() <= chars_max * 4 && text.chars().count() <= chars_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_by_keys_of_either_case() {
        let set = TagSet::of([("Team", "a"), ("größe", "ä")]);
        assert_eq!(set.values("team"), Some(&[Cow::from("a")][..]));
        assert_eq!(set.values("GRößE"), Some(&[Cow::from("ä")][..]));
        assert_eq!(set.values("stage"), Some(&[][..]));
        assert_eq!(TagSet::default().values("team"), Some(&[][..]));
    }

    #[test]
    fn what_is_ambiguous_or_too_long_is_not_judged() {
        let set = TagSet::of([("team", "a"), ("TEAM", "b"), ("stage", "c")]);
        assert_eq!(set.values("Team"), None);
        assert_eq!(set.values("stage"), Some(&[Cow::from("c")][..]));

        let (long, longest) = ("ä".repeat(257), "ä".repeat(256));
        let set = TagSet::of([("long", long.as_str()), ("longest", longest.as_str())]);
        assert_eq!(set.values("long"), None);
        assert_eq!(set.values("longest"), Some(&[Cow::from(longest.as_str())][..]));

        let keys: Vec<String> = (0..=TAGS_MAX).map(|number| number.to_string()).collect();
        let all = |count: usize| TagSet::of(keys.iter().take(count).map(|key| (key.as_str(), "")));
        assert!(all(TAGS_MAX).values("x").is_some() && all(TAGS_MAX + 1).values("x").is_none());
        assert_eq!(TagSet::of([("k".repeat(129).as_str(), "")]).values("x"), None);
    }
}
