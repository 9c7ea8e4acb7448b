//! The time of a request, to the second, in the one form that is signed: `20150830T123600Z`.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;
use lambent_domain::time::Timestamp;

/// When a request says it was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SigningTime {
    /// Seconds since the Unix epoch.
    seconds: i64,
    text: [u8; TEXT_BYTES],
}

const TEXT_BYTES: usize = "20150830T123600Z".len();
const DATE_BYTES: usize = "20150830".len();

impl SigningTime {
    /// Reads ISO 8601's basic format, and nothing else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text: [u8; TEXT_BYTES] = text.as_bytes().try_into().ok()?;
        let [y0, y1, y2, y3, m0, m1, d0, d1, b'T', h0, h1, n0, n1, s0, s1, b'Z'] = text else { return None };
        let [century, year, month, day] = [two(y0, y1)?, two(y2, y3)?, two(m0, m1)?, two(d0, d1)?];
        let [hour, minute, second] = [two(h0, h1)?, two(n0, n1)?, two(s0, s1)?];
        let year = i16::from(century) * 100 + i16::from(year);
        let civil = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        let seconds = TimeZone::UTC.to_timestamp(civil).ok()?.as_second();
        Some(Self { seconds, text })
    }

    /// Reads a `Date` header: HTTP's own format, or the basic one.
    pub(super) fn parse_http(text: &str) -> Option<Self> {
        if let Some(time) = Self::parse(text) {
            return Some(time);
        }
        let time = DateTimeParser::new().parse_timestamp(text).ok()?;
        Some(Self::from_seconds(time.as_second()))
    }

    pub(super) fn from_seconds(seconds: i64) -> Self {
        let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        let text = time.strftime("%Y%m%dT%H%M%SZ").to_string();
        // A year of more than four digits is beyond any request's life.
        let text = text.as_bytes().try_into().unwrap_or(*b"19700101T000000Z");
        Self { seconds, text }
    }

    pub(super) fn seconds(&self) -> i64 {
        self.seconds
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The day, as in a credential scope.
    pub(super) fn date(&self) -> &str {
        self.text().get(..DATE_BYTES).unwrap_or_default()
    }
}

impl From<Timestamp> for SigningTime {
    fn from(time: Timestamp) -> Self {
        Self::from_seconds(i64::try_from(time.as_millis() / 1_000).unwrap_or(i64::MAX))
    }
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    i8::try_from(digit(tens)? * 10 + digit(ones)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_basic_format() {
        let time = SigningTime::parse("20150830T123600Z").unwrap();
        assert_eq!(
            (time.seconds(), time.text(), time.date()),
            (1_440_938_160, "20150830T123600Z", "20150830")
        );
        assert_eq!(SigningTime::from_seconds(1_440_938_160), time);
        assert_eq!(SigningTime::from(Timestamp::from_millis(1_440_938_160_999)), time);
        assert_eq!(SigningTime::parse_http("Sun, 30 Aug 2015 12:36:00 GMT"), Some(time));
        assert_eq!(SigningTime::parse_http("20150830T123600Z"), Some(time));
        assert_eq!(SigningTime::from_seconds(i64::MAX).text().len(), TEXT_BYTES);
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "",
            "20150830T123600",
            "20150830 123600Z",
            "2015-08-30T12:36:00Z",
            "20151330T123600Z",
            "20150230T123600Z",
            "20150830T243600Z",
            "20150830T126000Z",
            "20150830T123660Z",
            "201508３0T1236Z",
            "+0150830T123600Z",
        ] {
            assert_eq!(SigningTime::parse(bad), None, "{bad}");
            assert_eq!(SigningTime::parse_http(bad), None, "{bad}");
        }
    }
}
