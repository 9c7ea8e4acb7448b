//! `LoggingConfig`: what an owner says of it, laid over what was there.

use lambent_domain::configuration::{LogFormat, LoggingConfig};

use crate::error::ApiError;
use crate::generated::lambda::shapes;

/// What AWS sets when nobody says anything.
const LEVEL_DEFAULT: &str = "INFO";

/// Members that are not given stay; whoever asks for JSON gets both levels anew, and text has none (R
/// `test_function_partial_advanced_logging_configuration_update`).
pub(super) fn merged(
    present: &LoggingConfig,
    given: shapes::LoggingConfig,
) -> Result<LoggingConfig, ApiError> {
    let format = match given.log_format.as_deref() {
        Some("JSON") => LogFormat::Json,
        Some(_) => LogFormat::Text,
        None => present.format,
    };
    let group = given.log_group.or_else(|| present.group.clone());
    if format == LogFormat::Text {
        if given.application_log_level.is_some() || given.system_log_level.is_some() {
            return Err(ApiError::invalid_parameter(
                "ApplicationLogLevel and SystemLogLevel can only be set if LogFormat is JSON.",
            ));
        }
        return Ok(LoggingConfig { format, application_level: None, system_level: None, group });
    }
    let kept = given.log_format.is_none();
    let level = |given: Option<String>, present: &Option<String>| {
        let present = present.clone().filter(|_| kept);
        given.or(present).or_else(|| Some(LEVEL_DEFAULT.to_owned()))
    };
    Ok(LoggingConfig {
        format,
        application_level: level(given.application_log_level, &present.application_level),
        system_level: level(given.system_log_level, &present.system_level),
        group,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(format: &str, application: &str, system: &str, group: &str) -> shapes::LoggingConfig {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        shapes::LoggingConfig {
            log_format: some(format),
            application_log_level: some(application),
            system_log_level: some(system),
            log_group: some(group),
        }
    }

    /// What is there, what is given, and what comes of it, as format, levels and group.
    #[test]
    fn what_is_given_is_laid_over_what_is_there() {
        let json = ["JSON", "WARN", "DEBUG", "mine"];
        for (before, given, after) in [
            (["", "", "", ""], ["", "", "", ""], ["Text", "", "", ""]),
            (["", "", "", ""], ["JSON", "", "", ""], ["JSON", "INFO", "INFO", ""]),
            (["", "", "", ""], ["JSON", "DEBUG", "", ""], ["JSON", "DEBUG", "INFO", ""]),
            (["", "", "", ""], ["", "", "", "g"], ["Text", "", "", "g"]),
            (json, ["", "", "", "yours"], ["JSON", "WARN", "DEBUG", "yours"]),
            (json, ["", "TRACE", "", ""], ["JSON", "TRACE", "DEBUG", "mine"]),
            (json, ["JSON", "", "", ""], ["JSON", "INFO", "INFO", "mine"]),
            (json, ["Text", "", "", ""], ["Text", "", "", "mine"]),
        ] {
            let of =
                |[format, application, system, group]: [&str; 4]| config(format, application, system, group);
            let present = merged(&LoggingConfig::default(), of(before)).unwrap();
            let made = merged(&present, of(given)).unwrap();
            let wanted = merged(&LoggingConfig::default(), of(after)).unwrap();
            assert_eq!(made, wanted, "{before:?} {given:?}");
        }
        for (before, given) in [
            (config("", "", "", ""), config("", "INFO", "", "")),
            (config("", "", "", ""), config("Text", "", "WARN", "")),
            (config("JSON", "", "", ""), config("Text", "INFO", "", "")),
        ] {
            let present = merged(&LoggingConfig::default(), before).unwrap();
            assert_eq!(merged(&present, given).unwrap_err().name(), "InvalidParameterValueException");
        }
    }
}
