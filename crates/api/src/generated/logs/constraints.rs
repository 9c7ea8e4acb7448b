// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

//! What the service model demands of request members.

use crate::model::{Count, Pattern, Text, Whole};

pub static ACCOUNT_ID: Text = Text {
    min: Some(12),
    max: Some(12),
    pattern: Some(Pattern::new(r"^\d{12}$", "^[0-9]{12}$")),
    values: &[],
    sensitive: false,
};

pub static ACCOUNT_IDS: Count = Count { min: Some(0), max: Some(20) };

pub static DESCRIBE_LIMIT: Whole = Whole { min: Some(1), max: Some(50) };

pub static DESCRIBE_LOG_GROUPS_LOG_GROUP_IDENTIFIERS: Count = Count { min: Some(1), max: Some(50) };

pub static EVENTS_LIMIT: Whole = Whole { min: Some(1), max: Some(10000) };

pub static FILTER_PATTERN: Text =
    Text { min: Some(0), max: Some(1024), pattern: None, values: &[], sensitive: false };

pub static INPUT_LOG_STREAM_NAMES: Count = Count { min: Some(1), max: Some(100) };

pub static LOG_GROUP_CLASS: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"],
    sensitive: false,
};

pub static LOG_GROUP_IDENTIFIER: Text = Text {
    min: Some(1),
    max: Some(2048),
    pattern: Some(Pattern::new(r"[\w#+=/:,.@-]*", "[0-9A-Za-z_#+=/:,.@-]*")),
    values: &[],
    sensitive: false,
};

pub static LOG_GROUP_NAME: Text = Text {
    min: Some(1),
    max: Some(512),
    pattern: Some(Pattern::new(r"[\.\-_/#A-Za-z0-9]+", r"[\.\-_/#A-Za-z0-9]+")),
    values: &[],
    sensitive: false,
};

pub static LOG_GROUP_NAME_PATTERN: Text = Text {
    min: Some(0),
    max: Some(512),
    pattern: Some(Pattern::new(r"[\.\-_/#A-Za-z0-9]*", r"[\.\-_/#A-Za-z0-9]*")),
    values: &[],
    sensitive: false,
};

pub static LOG_STREAM_NAME: Text = Text {
    min: Some(1),
    max: Some(512),
    pattern: Some(Pattern::new("[^:*]*", "[^:*]*")),
    values: &[],
    sensitive: false,
};

pub static NEXT_TOKEN: Text = Text { min: Some(1), max: None, pattern: None, values: &[], sensitive: false };

pub static ORDER_BY: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["LogStreamName", "LastEventTime"],
    sensitive: false,
};

pub static TIMESTAMP: Whole = Whole { min: Some(0), max: None };

/// Every text constraint, so that a test can prove each pattern usable.
pub static TEXTS: &[&Text] = &[
    &ACCOUNT_ID,
    &FILTER_PATTERN,
    &LOG_GROUP_CLASS,
    &LOG_GROUP_IDENTIFIER,
    &LOG_GROUP_NAME,
    &LOG_GROUP_NAME_PATTERN,
    &LOG_STREAM_NAME,
    &NEXT_TOKEN,
    &ORDER_BY,
];
