//! The X-Ray context of a request: taken over from the caller, or begun here.

use http::{HeaderMap, HeaderName, HeaderValue};
use lambent_domain::function::FunctionVersion;
use lambent_domain::lineage::lineage_alone;
use lambent_domain::time::Timestamp;
use uuid::Uuid;

pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Longer contexts are not carried along.
const TRACE_BYTES_MAX: usize = 1_024;

/// A trace context, as the function gets it and as the caller does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    /// `Root=…;Parent=…;Sampled=0`, with whatever else the caller's had.
    pub(crate) for_function: String,
    /// `root=…;sampled=0`.
    pub(crate) for_caller: HeaderValue,
}

impl Trace {
    /// The caller's context if it has a root, else a new one; `random` is the source of the latter's identifiers. Where the
    /// caller does not say whether the call is sampled, the function's `TracingConfig` decides: `Active` samples it.
    pub(crate) fn of(headers: &HeaderMap, version: &FunctionVersion, now: Timestamp, random: Uuid) -> Self {
        let sampled = u8::from(version.configuration.tracing_mode == "Active");
        let header = sent(headers);
        let sent = header.filter(|sent| sent.len() <= TRACE_BYTES_MAX && part(sent, "Root").is_some());
        let mut for_function = match sent {
            Some(sent) if part(sent, "Sampled").is_some() => sent.to_owned(),
            Some(sent) => format!("{sent};Sampled={sampled}"),
            None => {
                let (high, low) = random.as_u64_pair();
                let root = (u128::from(high) << 64 | u128::from(low)) >> 32;
                let secs = now.as_millis() / 1_000;
                format!("Root=1-{secs:08x}-{root:024x};Parent={low:016x};Sampled={sampled}")
            }
        };
        // The chain of calls goes on also where no trace does.
        if sent.is_none()
            && let Some(lineage) = lineage(headers)
        {
            for_function.push(';');
            for_function.push_str(&lineage);
        }
        let root = part(&for_function, "Root").unwrap_or_default();
        let sampled = part(&for_function, "Sampled").unwrap_or("0");
        let for_caller = HeaderValue::from_str(&format!("root={root};sampled={sampled}"));
        Self { for_caller: for_caller.unwrap_or(HeaderValue::from_static("sampled=0")), for_function }
    }
}

/// What the chain of calls has been so far, without the trace; none for a call from outside.
pub(crate) fn lineage(headers: &HeaderMap) -> Option<String> {
    lineage_alone(sent(headers)?)
}

fn sent(headers: &HeaderMap) -> Option<&str> {
    headers.get(&TRACE_ID).and_then(|value| value.to_str().ok())
}

fn part<'a>(context: &'a str, name: &str) -> Option<&'a str> {
    context.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use lambent_domain::arn::FunctionName;
    use lambent_domain::configuration::FunctionConfiguration;
    use lambent_domain::function::{CodePackage, CodeSha256};
    use lambent_domain::qualifier::Version;

    use super::*;

    fn of(sent: Option<&str>) -> Trace {
        traced(sent, "PassThrough")
    }

    fn traced(sent: Option<&str>, tracing_mode: &str) -> Trace {
        let name = FunctionName::new("f").unwrap();
        let version = FunctionVersion {
            configuration: FunctionConfiguration {
                tracing_mode: tracing_mode.to_owned(),
                ..FunctionConfiguration::new(name)
            },
            version: Version::Latest,
            code: CodePackage { sha256: CodeSha256::new([0; 32]), zip_bytes: 0 },
            revision_id: Uuid::nil(),
            last_modified: Timestamp::from_millis(0),
        };
        let mut headers = HeaderMap::new();
        if let Some(sent) = sent {
            headers.insert(TRACE_ID, sent.parse().unwrap());
        }
        let now = Timestamp::from_millis(0x0190_0000_0000);
        Trace::of(&headers, &version, now, Uuid::from_u128(0xabcd_ef01 << 96 | 7))
    }

    #[test]
    fn a_trace_is_begun_where_none_comes_in() {
        for sent in [None, Some("nonsense"), Some("Parent=1"), Some(&*"Root=1;".repeat(1_000))] {
            let trace = of(sent);
            let root = trace.for_function.strip_prefix("Root=1-").unwrap();
            assert_eq!(root.find('-'), Some(8), "{root}");
            assert_eq!(root.find(";Parent="), Some(8 + 1 + 24), "{root}");
            assert!(trace.for_function.ends_with(";Parent=0000000000000007;Sampled=0"));
            assert!(trace.for_caller.to_str().unwrap().starts_with("root=1-"));
        }
    }

    #[test]
    fn a_chain_of_calls_goes_on_without_a_trace() {
        let begun = of(Some("Lineage=1:0a0b0c0d:3")).for_function;
        assert!(
            begun.starts_with("Root=1-") && begun.ends_with(";Sampled=0;Lineage=1:0a0b0c0d:3"),
            "{begun}"
        );
        let long = format!("Root=1;Lineage=1:0a0b0c0d:3;Self={}", "x".repeat(TRACE_BYTES_MAX));
        assert!(of(Some(&long)).for_function.ends_with(";Sampled=0;Lineage=1:0a0b0c0d:3"));
    }

    #[test]
    fn active_tracing_samples_what_nobody_has_decided() {
        const ROOT: &str = "Root=1-5759e988-bd862e3fe1be46a994272793";
        assert!(traced(None, "Active").for_caller.to_str().unwrap().ends_with(";sampled=1"));
        assert!(traced(Some(ROOT), "Active").for_function.ends_with(";Sampled=1"));
        let decided = format!("{ROOT};Sampled=0");
        assert_eq!(traced(Some(&decided), "Active").for_function, decided);
    }

    #[test]
    fn the_callers_is_taken_over() {
        let trace = of(Some(
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:2",
        ));
        assert!(trace.for_function.ends_with("Sampled=1;Lineage=1:2"));
        assert_eq!(trace.for_caller, "root=1-5759e988-bd862e3fe1be46a994272793;sampled=1");
        let unsampled = of(Some("Root=1-5759e988-bd862e3fe1be46a994272793"));
        assert!(unsampled.for_function.ends_with(";Sampled=0"));
    }
}
