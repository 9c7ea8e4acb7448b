//! What is kept of a mapping: the members its owner set, and AWS's defaults for its kind of source.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::generated::lambda::shapes::EventSourceMappingConfiguration;

/// The kinds of source, as far as their defaults differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Queue,
    Stream,
    Topic,
}

impl Source {
    /// The kind of a source's ARN; without one it is a Kafka of the owner's own.
    pub(super) fn of(arn: Option<&str>) -> Option<Self> {
        match arn.map(|arn| arn.split(':').nth(2)) {
            None | Some(Some("kafka" | "mq" | "docdb" | "rds")) => Some(Self::Topic),
            Some(Some("sqs")) => Some(Self::Queue),
            Some(Some("kinesis" | "dynamodb")) => Some(Self::Stream),
            Some(_) => None,
        }
    }

    /// What a mapping of this kind has without its owner saying so (recorded).
    fn defaults(self) -> Value {
        match self {
            Self::Queue => {
                json!({"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []})
            }
            Self::Stream => json!({
                "BatchSize": 100,
                "MaximumBatchingWindowInSeconds": 0,
                "ParallelizationFactor": 1,
                "DestinationConfig": {"OnFailure": {}},
                "MaximumRecordAgeInSeconds": -1,
                "BisectBatchOnFunctionError": false,
                "MaximumRetryAttempts": -1,
                "TumblingWindowInSeconds": 0,
                "FunctionResponseTypes": [],
                "LastProcessingResult": "No records processed",
            }),
            Self::Topic => json!({"BatchSize": 100, "LastProcessingResult": "No records processed"}),
        }
    }
}

/// A new mapping's document.
pub(super) fn of_creation(
    source: Source,
    request: &impl Serialize,
    function_arn: String,
) -> Result<String, ApiError> {
    merged(source.defaults(), request, Some(function_arn))
}

/// A changed mapping's document: what is not given stays.
pub(super) fn of_update(
    document: &str,
    request: &impl Serialize,
    function_arn: Option<String>,
) -> Result<String, ApiError> {
    merged(serde_json::from_str(document).map_err(ApiError::internal)?, request, function_arn)
}

fn merged(base: Value, request: &impl Serialize, function_arn: Option<String>) -> Result<String, ApiError> {
    let (Value::Object(mut kept), Value::Object(given)) =
        (base, serde_json::to_value(request).map_err(ApiError::internal)?)
    else {
        return Err(ApiError::internal("a mapping is no object"));
    };
    // The others are said by the record itself, or are what a mapping is told rather than what it is.
    let told = |member: &str| matches!(member, "FunctionName" | "Enabled" | "Tags");
    kept.extend(given.into_iter().filter(|(member, _)| !told(member)).collect::<Map<_, _>>());
    if let Some(arn) = function_arn {
        kept.insert("FunctionArn".to_owned(), arn.into());
    }
    // Read once as what it will be read as, so that nothing is stored that cannot be given back.
    let kept = Value::Object(kept);
    serde_json::from_value::<EventSourceMappingConfiguration>(kept.clone()).map_err(ApiError::internal)?;
    Ok(kept.to_string())
}
