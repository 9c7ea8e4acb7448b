//! Dates as the control plane's answers have them.

use lambent_domain::time::Timestamp;

use crate::error::ApiError;

/// `2025-11-25T12:00:00.000+0000`: AWS's form, without the colon.
pub(crate) fn text(at: Timestamp) -> Result<String, ApiError> {
    formatted(at, "%Y-%m-%dT%H:%M:%S%.3f+0000")
}

/// `2025-11-25T12:00:00.000Z`: the form of function URLs.
pub(crate) fn utc(at: Timestamp) -> Result<String, ApiError> {
    formatted(at, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

fn formatted(at: Timestamp, format: &str) -> Result<String, ApiError> {
    let millis = i64::try_from(at.as_millis()).map_err(ApiError::internal)?;
    let at = jiff::Timestamp::from_millisecond(millis).map_err(ApiError::internal)?;
    Ok(at.strftime(format).to_string())
}

/// Seconds since 1970 with a fraction.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact in a double")]
pub(crate) fn epoch_seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_has_its_milliseconds_and_no_colon_in_its_zone() {
        let at = |millis| text(Timestamp::from_millis(millis)).unwrap();
        assert_eq!(at(1_764_072_000_000), "2025-11-25T12:00:00.000+0000");
        assert_eq!(at(1_764_072_000_007), "2025-11-25T12:00:00.007+0000");
        assert_eq!(utc(Timestamp::from_millis(1_764_072_000_007)).unwrap(), "2025-11-25T12:00:00.007Z");
    }
}
