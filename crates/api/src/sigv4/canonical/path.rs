//! The canonical path.
//!
//! S3 signs a path as it is once encoded, with nothing removed. Everybody else encodes the already encoded path again
//! (`%3A` becomes `%253A`), after removing dot segments and empty ones; the clients for Go do not remove them.

use super::percent::{self, Plus};

/// How a path is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum PathForm {
    /// S3.
    Once,
    /// Everybody else.
    TwiceNormalised,
    /// Everybody else, without the removals.
    TwiceAsSent,
}

impl PathForm {
    /// The forms in which clients of a service may have signed this path.
    pub(in super::super) fn of(service: &str, path: &str) -> &'static [Self] {
        if service == super::super::S3 {
            &[Self::Once]
        } else if is_normal(path) {
            &[Self::TwiceNormalised]
        } else {
            &[Self::TwiceNormalised, Self::TwiceAsSent]
        }
    }
}

pub(super) fn write(path: &str, form: PathForm, text: &mut Vec<u8>) {
    let path = if path.is_empty() { "/" } else { path };
    match form {
        PathForm::Once => percent::encode_again(path, is_slash, Plus::Itself, text),
        PathForm::TwiceAsSent => percent::encode_but(path.as_bytes(), is_slash, text),
        PathForm::TwiceNormalised if is_normal(path) => percent::encode_but(path.as_bytes(), is_slash, text),
        PathForm::TwiceNormalised => write_normalised(path, text),
    }
}

fn is_slash(byte: u8) -> bool {
    byte == b'/'
}

/// Whether there is nothing to remove.
fn is_normal(path: &str) -> bool {
    let Some(relative) = path.strip_prefix('/') else { return false };
    let mut segments = relative.split('/');
    // An empty segment at the end is a trailing slash, which stays.
    let last = segments.next_back().unwrap_or_default();
    segments.all(|segment| !matches!(segment, "" | "." | "..")) && !matches!(last, "." | "..")
}

fn write_normalised(path: &str, text: &mut Vec<u8>) {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    for segment in &kept {
        text.push(b'/');
        percent::encode_but(segment.as_bytes(), |_| false, text);
    }
    if kept.is_empty() || path.ends_with('/') {
        text.push(b'/');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(path: &str, form: PathForm) -> String {
        let mut text = Vec::new();
        write(path, form, &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn each_form() {
        let cases = [
            ("", "/", "/", "/"),
            ("/", "/", "/", "/"),
            ("/a%3Ab", "/a%3Ab", "/a%253Ab", "/a%253Ab"),
            ("/a:b", "/a%3Ab", "/a%3Ab", "/a%3Ab"),
            ("/a%2Fb", "/a/b", "/a%252Fb", "/a%252Fb"),
            ("/a+b", "/a%2Bb", "/a%2Bb", "/a%2Bb"),
            ("/a//b/", "/a//b/", "/a/b/", "/a//b/"),
            ("/a/./b/../c", "/a/./b/../c", "/a/c", "/a/./b/../c"),
            ("/../..", "/../..", "/", "/../.."),
            ("/a/.", "/a/.", "/a", "/a/."),
            ("/a/./", "/a/./", "/a/", "/a/./"),
            ("/.a/..b", "/.a/..b", "/.a/..b", "/.a/..b"),
            ("*", "%2A", "/%2A", "%2A"),
        ];
        for (path, once, normalised, as_sent) in cases {
            assert_eq!(written(path, PathForm::Once), once, "{path}");
            assert_eq!(written(path, PathForm::TwiceNormalised), normalised, "{path}");
            assert_eq!(written(path, PathForm::TwiceAsSent), as_sent, "{path}");
        }
    }

    #[test]
    fn only_what_could_be_normalised_is_tried_twice() {
        assert_eq!(PathForm::of("s3", "/a//b").len(), 1);
        assert_eq!(PathForm::of("lambda", "/a/b/").len(), 1);
        for path in ["/a//b", "/a/../b", "/a/.", "//"] {
            assert_eq!(PathForm::of("lambda", path).len(), 2, "{path}");
        }
    }
}
