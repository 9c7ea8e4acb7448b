//! Instants as policies write them: the ISO 8601 forms that the W3C's note allows, or seconds since 1970.

use crate::time::{Timestamp, civil};

const DAY_SECS: i64 = 86_400;

/// Milliseconds since 1970, if the text is a date.
pub(super) fn parse(text: &str) -> Option<i64> {
    if text.len() != 4 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<i64>().ok()?.checked_mul(1_000);
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut fields = date.split('-');
    let year = digits(fields.next()?, 4)?;
    let month = fields.next().map_or(Some(1), |month| digits(month, 2))?;
    let day = fields.next().map_or(Some(1), |day| digits(day, 2))?;
    let whole_date = date.len() == "2012-10-17".len();
    if fields.next().is_some() || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let midnight = days_since_1970(year, month, day) * DAY_SECS * 1_000;
    match time {
        Some(time) if whole_date => Some(midnight + millis_of_day(time)?),
        Some(_) => None,
        None => Some(midnight),
    }
}

/// `2026-11-28T04:48:47Z`, the form of `aws:CurrentTime`.
pub(super) fn written(at: Timestamp) -> String {
    let secs = i64::try_from(at.as_millis() / 1_000).unwrap_or(i64::MAX);
    let (days, second) = (secs.div_euclid(DAY_SECS), secs.rem_euclid(DAY_SECS));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`, with `Z`, an offset, or nothing for UTC.
fn millis_of_day(text: &str) -> Option<i64> {
    let zone_at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let offset_minutes = match zone.split_at_checked(1) {
        None | Some(("Z", "")) => 0,
        Some((sign @ ("+" | "-"), offset)) => {
            let (hours, minutes) = offset.split_once(':')?;
            let minutes = digits(hours, 2)? * 60 + digits(minutes, 2)?;
            if sign == "+" { minutes } else { -minutes }
        }
        Some(_) => return None,
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, fraction),
        None => (clock, "0"),
    };
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis = format!("{fraction:0<3}").get(..3)?.parse::<i64>().ok()?;
    let mut fields = clock.split(':');
    let (hour, minute) = (digits(fields.next()?, 2)?, digits(fields.next()?, 2)?);
    let second = fields.next().map_or(Some(0), |second| digits(second, 2))?;
    if fields.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((hour * 60 + minute - offset_minutes) * 60 + second) * 1_000 + millis)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let legal = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if legal { text.parse().ok() } else { None }
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days before `year` since the year 0 of the proleptic Gregorian calendar.
fn days_before_year(year: i64) -> i64 {
    let last = year - 1;
    year * 365 + last.div_euclid(4) - last.div_euclid(100) + last.div_euclid(400)
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let months: i64 = (1..month).map(|earlier| days_in(year, earlier)).sum();
    days_before_year(year) - days_before_year(1970) + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_of_the_note_and_seconds() {
        for (text, millis) in [
            ("1970", 0),
            ("1970-01", 0),
            ("1970-01-02", 86_400_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("2026-11-28T04:48:47Z", 1_795_841_327_000),
            ("2026-11-28T04:48Z", 1_795_841_280_000),
            ("2026-11-28T05:48:47+01:00", 1_795_841_327_000),
            ("2026-11-28T04:48:47.25Z", 1_795_841_327_250),
            ("1795841327", 1_795_841_327_000),
            ("0", 0),
        ] {
            assert_eq!(parse(text), Some(millis), "{text}");
        }
        for bad in
            ["", "x", "2026-13-01", "2026-02-29", "2026-1-1", "2026-11T00:00Z", "2026-11-28T24:00Z", "-1"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(secs in 0u64..253_402_300_800) {
            let written = written(Timestamp::from_millis(secs * 1_000));
            prop_assert_eq!(parse(&written), Some(i64::try_from(secs).unwrap() * 1_000));
        }

        #[test]
        fn any_text_is_a_date_or_not(text in "[-0-9T:.Z+]{0,30}|.{0,20}") {
            let _ = parse(&text);
        }
    }
}
