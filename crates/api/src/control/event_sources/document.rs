//! What is kept of a mapping: the members its owner set, and AWS's defaults for its kind of source.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::rules;
use super::source::Source;
use crate::error::ApiError;
use crate::generated::lambda::shapes::EventSourceMappingConfiguration;

/// A mapping's document on its way into its record.
#[derive(Debug)]
pub(super) struct Document {
    kept: Map<String, Value>,
    /// The same, read as what it will be read as: nothing is stored that cannot be given back.
    mapping: EventSourceMappingConfiguration,
}

impl Document {
    /// A new mapping's, but for its function.
    pub(super) fn new(source: Source, request: &impl Serialize) -> Result<Self, ApiError> {
        Self::merged(source, defaults(source), request)
    }

    /// A changed mapping's: what is not given stays.
    pub(super) fn changed(document: &str, request: &impl Serialize) -> Result<Self, ApiError> {
        let present: EventSourceMappingConfiguration =
            serde_json::from_str(document).map_err(ApiError::internal)?;
        let source = Source::of(present.event_source_arn.as_deref())
            .ok_or_else(|| ApiError::internal("a mapping has no source"))?;
        Self::merged(source, serde_json::from_str(document).map_err(ApiError::internal)?, request)
    }

    pub(super) fn mapping(&self) -> &EventSourceMappingConfiguration {
        &self.mapping
    }

    /// What is stored, for the given function.
    pub(super) fn of_function(mut self, arn: Option<String>) -> String {
        if let Some(arn) = arn {
            self.kept.insert("FunctionArn".to_owned(), arn.into());
        }
        Value::Object(self.kept).to_string()
    }

    fn merged(source: Source, base: Value, request: &impl Serialize) -> Result<Self, ApiError> {
        let (Value::Object(mut kept), Value::Object(given)) =
            (base, serde_json::to_value(request).map_err(ApiError::internal)?)
        else {
            return Err(ApiError::internal("a mapping is no object"));
        };
        // The others are said by the record itself, or are what a mapping is told rather than what it is.
        let told = |member: &str| matches!(member, "FunctionName" | "Enabled" | "Tags");
        kept.extend(given.into_iter().filter(|(member, _)| !told(member)));
        // An empty one takes the setting away.
        kept.retain(|member, value| match member.as_str() {
            "FilterCriteria" => value["Filters"].as_array().is_some_and(|filters| !filters.is_empty()),
            "ScalingConfig" => value.as_object().is_some_and(|scaling| !scaling.is_empty()),
            _ => true,
        });
        if source == Source::Stream
            && let Some(Value::Object(destinations)) = kept.get_mut("DestinationConfig")
        {
            destinations.entry("OnFailure").or_insert_with(|| json!({}));
        }
        let mapping = serde_json::from_value(Value::Object(kept.clone())).map_err(ApiError::internal)?;
        rules::check(source, &mapping)?;
        Ok(Self { kept, mapping })
    }
}

/// What a mapping of this kind has without its owner saying so (recorded).
fn defaults(source: Source) -> Value {
    match source {
        Source::Queue => {
            json!({"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []})
        }
        Source::Stream => json!({
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
        Source::Topic => json!({"BatchSize": 100, "LastProcessingResult": "No records processed"}),
    }
}
