//! Lists in pages: `Marker` and `MaxItems` over what is in order of its keys.
//!
//! A marker is the last key of the page before, in base64: the next page goes on behind it even if what had that key is
//! gone by then, and nothing has to be remembered between two pages.

use std::fmt::Display;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::ApiError;

/// AWS gives 50 at most in most lists, whatever is asked for.
pub(crate) const PAGE_MAX: usize = 50;

/// Which part of a list is asked for.
#[derive(Debug)]
pub(crate) struct Page<K> {
    after: Option<K>,
    limit: usize,
}

impl<K: Ord + Display> Page<K> {
    /// Reads a request's `Marker` and `MaxItems`; a page has at most `limit_max` items, and that many unless it is to
    /// have less. `key` reads a key that was written by its `Display`.
    pub(crate) fn read(
        marker: Option<&str>,
        max_items: Option<i64>,
        limit_max: usize,
        key: impl FnOnce(&str) -> Option<K>,
    ) -> Result<Self, ApiError> {
        let wanted = max_items.map_or(limit_max, |items| usize::try_from(items).unwrap_or(1));
        let limit = wanted.clamp(1, limit_max.max(1));
        // Clients that build their query from a form send the member empty.
        let Some(marker) = marker.filter(|marker| !marker.is_empty()) else {
            return Ok(Self { after: None, limit });
        };
        let text = URL_SAFE_NO_PAD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        match text.and_then(|text| key(&text)) {
            Some(after) => Ok(Self { after: Some(after), limit }),
            None => Err(ApiError::invalid_parameter("The provided Marker is not valid.")),
        }
    }

    /// The key behind which the page begins; for a store that can begin there.
    pub(crate) fn after(&self) -> Option<&K> {
        self.after.as_ref()
    }

    /// How many to ask a store for: one more than the page has, to see whether it is the last.
    pub(crate) fn fetch(&self) -> usize {
        self.limit.saturating_add(1)
    }

    /// The page of `sorted`, which is in order of its keys, and the marker of the next if there is more.
    pub(crate) fn cut<T>(
        &self,
        sorted: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> K,
    ) -> (Vec<T>, Option<String>) {
        let behind = |item: &T| self.after.as_ref().is_none_or(|after| key(item) > *after);
        let mut items: Vec<T> = sorted.into_iter().filter(behind).take(self.fetch()).collect();
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let last = items.last().filter(|_| more);
        let marker = last.map(|last| URL_SAFE_NO_PAD.encode(key(last).to_string()));
        (items, marker)
    }
}

#[cfg(test)]
mod tests {
    use lambent_domain::qualifier::Qualifier;
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Option<u64> {
        text.parse().ok()
    }

    fn page(marker: Option<&str>, max_items: Option<i64>) -> Page<u64> {
        Page::read(marker, max_items, 3, number).unwrap()
    }

    #[test]
    fn a_page_has_as_many_as_are_asked_for_and_allowed() {
        for (asked, got) in
            [(None, 3), (Some(1), 1), (Some(3), 3), (Some(10_000), 3), (Some(0), 1), (Some(-5), 1)]
        {
            assert_eq!(page(None, asked).cut(1..=9, |item| *item).0.len(), got, "{asked:?}");
        }
        assert_eq!(page(None, None).cut(1..=3, |item| *item), (vec![1, 2, 3], None));
        assert_eq!(page(None, None).cut([], |item| *item), (vec![], None));
        assert_eq!(page(Some(""), None).after(), None);
    }

    #[test]
    fn what_goes_between_two_pages_is_neither_skipped_nor_repeated() {
        let (first, marker) = page(None, Some(2)).cut([2, 4, 6, 8], |item| *item);
        assert_eq!(first, [2, 4]);
        let second = page(marker.as_deref(), Some(2));
        assert_eq!(second.cut([1, 2, 6, 8], |item| *item), (vec![6, 8], None));
        assert_eq!(second.fetch(), 3);
    }

    #[test]
    fn numbers_are_in_order_of_their_size_and_qualifiers_in_that_of_aws() {
        let (_, marker) = page(None, None).cut([8, 9, 10, 11], |item| *item);
        assert_eq!(page(marker.as_deref(), None).cut([8, 9, 10, 11], |item| *item).0, [11]);
        let keys = ["$LATEST", "2", "10", "live"].map(Qualifier::from);
        let read = |marker: Option<&str>| {
            Page::read(marker, Some(3), PAGE_MAX, |text| Some(Qualifier::from(text))).unwrap()
        };
        let (_, marker) = read(None).cut(keys.clone(), Qualifier::clone);
        assert_eq!(read(marker.as_deref()).cut(keys, Qualifier::clone).0, [Qualifier::from("live")]);
    }

    #[test]
    fn a_marker_that_no_list_has_given_is_refused() {
        for bad in ["*", "a", "bmFtZQ", "gICA", "MQ=="] {
            let refused = Page::<u64>::read(Some(bad), None, 3, number).unwrap_err();
            assert_eq!(refused.name(), "InvalidParameterValueException", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn pages_together_are_the_list(
            keys in proptest::collection::btree_set(any::<u64>(), 0..20),
            size in 1_i64..5,
        ) {
            let (mut all, mut marker) = (Vec::new(), None);
            for _ in 0..=keys.len() {
                let (items, next) = page(marker.as_deref(), Some(size)).cut(keys.iter().copied(), |item| *item);
                all.extend(items);
                marker = next;
                if marker.is_none() {
                    break;
                }
            }
            prop_assert_eq!(all, keys.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn no_marker_is_our_fault(marker in ".{0,40}") {
            let _ = Page::<u64>::read(Some(&marker), None, 3, number);
        }
    }
}
