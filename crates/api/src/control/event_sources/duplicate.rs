//! A source, or a topic of one, is mapped to the same function once.

use lambent_domain::arn::FunctionName;

use super::Call;
use super::source::service;
use crate::error::ApiError;
use crate::generated::lambda::shapes::EventSourceMappingConfiguration as Mapping;

/// Refuses a mapping of what another one maps to the same version or alias of the function.
pub(super) fn refuse_second(
    call: &Call<'_>,
    new: &Mapping,
    name: &FunctionName,
    function_arn: &str,
) -> Result<(), ApiError> {
    for record in call.state.resources.event_source_mappings.list(None, usize::MAX) {
        if record.function.as_ref() != Some(name) {
            continue;
        }
        let kept: Mapping = serde_json::from_str(&record.document).map_err(ApiError::internal)?;
        if kept.function_arn.as_deref() == Some(function_arn) && is_of_the_same(new, &kept) {
            return Err(ApiError::conflict(told(new, &record.id, name, function_arn)));
        }
    }
    Ok(())
}

fn is_of_the_same(new: &Mapping, kept: &Mapping) -> bool {
    let (wanted, present) = (sources(new), sources(kept));
    if !wanted.iter().any(|source| present.contains(source)) {
        return false;
    }
    match (&new.topics, &kept.topics) {
        (Some(wanted), Some(present)) => wanted.iter().any(|topic| present.contains(topic)),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// The source's ARN, or the servers of a Kafka of the owner's own.
fn sources(mapping: &Mapping) -> Vec<&str> {
    let endpoints = mapping.self_managed_event_source.as_ref().and_then(|source| source.endpoints.as_ref());
    let servers = endpoints.iter().flat_map(|endpoints| endpoints.values()).flatten();
    mapping.event_source_arn.iter().chain(servers).map(String::as_str).collect()
}

/// The three texts are recorded; the space in the parentheses is AWS's.
fn told(new: &Mapping, uuid: &str, name: &FunctionName, function_arn: &str) -> String {
    let please = format!("Please update or delete the existing mapping with UUID {uuid}");
    if let Some(topics) = &new.topics {
        let (sources, topics) = (sources(new).join(","), topics.join(","));
        return format!(
            "An event source mapping with event source (\"{sources}\"), function (\"{function_arn}\"), topics \
             (\"{topics}\") already exists. {please}"
        );
    }
    let arn = new.event_source_arn.as_deref().unwrap_or_default();
    if service(arn) == "sqs" {
        return format!(
            "An event source mapping with SQS arn (\" {arn} \") and function (\" {name} \") already exists. {please}"
        );
    }
    format!(
        "The event source arn (\" {arn} \") and function (\" {name} \") provided mapping already exists. {please}"
    )
}
