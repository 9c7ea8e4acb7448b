//! Station 3, validate: a request's members against the service model, all complaints in one answer.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use lambent_domain::limits::CLIENT_CONTEXT_BYTES_MAX;
use lambent_domain::tenant::TenantId;

use super::Kind;
use super::event_options::{self, EventOptions};
use crate::error::ApiError;
use crate::generated::lambda::constraints;
use crate::json;
use crate::model::{Text, Violations};
use crate::naming::{self, Identity, Target};
use crate::route::Query;

/// A valid request to run a function.
#[derive(Debug)]
pub(crate) struct InvokeRequest {
    pub(crate) kind: Kind,
    pub(crate) target: Target,
    /// Whether the answer carries the tail of the log.
    pub(crate) tail: bool,
    pub(crate) client_context: Option<Bytes>,
    pub(crate) tenant_id: Option<TenantId>,
    pub(crate) durable_execution_name: bool,
    /// What the sender asks of an event beyond AWS's contract.
    pub(crate) options: Option<Box<EventOptions>>,
}

/// A valid request to send many events to one function.
#[derive(Debug)]
pub(crate) struct BatchRequest {
    pub(crate) target: Target,
    pub(crate) tenant_id: Option<TenantId>,
    pub(crate) options: EventOptions,
}

/// InvokeAsync has a name, and nothing else of AWS's.
pub(crate) fn parse_invoke_async(
    name: &str,
    headers: &HeaderMap,
    identity: &Identity,
) -> Result<InvokeRequest, ApiError> {
    let mut found = Violations::default();
    let reference = naming::reference(name, &constraints::NAMESPACED_FUNCTION_NAME, &mut found);
    let reference = reference.ok_or_else(|| violated(found))?;
    Ok(InvokeRequest {
        kind: Kind::InvokeAsync,
        target: identity.target(reference, None)?,
        tail: false,
        client_context: None,
        tenant_id: None,
        durable_execution_name: false,
        options: EventOptions::read(headers)?,
    })
}

/// Reads what a batch has outside its body, which is what Invoke has.
pub(crate) fn parse_batch(
    name: &str,
    query: &Query,
    headers: &HeaderMap,
    identity: &Identity,
) -> Result<BatchRequest, ApiError> {
    let mut found = Violations::default();
    let qualifier = naming::qualifier(query.get("Qualifier"), &mut found);
    let reference = naming::reference(name, &constraints::NAMESPACED_FUNCTION_NAME, &mut found);
    let tenant_id = header(headers, "x-amz-tenant-id");
    found.text("tenantId", tenant_id.as_deref(), &constraints::TENANT_ID);
    let reference = reference.filter(|_| found.is_empty()).ok_or_else(|| violated(found))?;
    let target = identity.target(reference, qualifier)?;
    let options = EventOptions::read(headers)?.map(|options| *options).unwrap_or_default();
    options.check_for_batch()?;
    let tenant_id = tenant_id.and_then(|tenant_id| TenantId::parse(&tenant_id));
    Ok(BatchRequest { target, tenant_id, options })
}

/// Reads the members of Invoke.
pub(crate) fn parse(
    name: &str,
    query: &Query,
    headers: &HeaderMap,
    identity: &Identity,
) -> Result<InvokeRequest, ApiError> {
    members(name, query, headers, identity, &constraints::INVOCATION_TYPE)
}

/// Reads the members of InvokeWithResponseStream: those of Invoke, but for fewer types.
pub(crate) fn parse_streaming(
    name: &str,
    query: &Query,
    headers: &HeaderMap,
    identity: &Identity,
) -> Result<InvokeRequest, ApiError> {
    let types = &constraints::RESPONSE_STREAMING_INVOCATION_TYPE;
    let mut request = members(name, query, headers, identity, types)?;
    if request.kind == Kind::RequestResponse {
        request.kind = Kind::ResponseStream;
    }
    Ok(request)
}

/// AWS complains about the qualifier before the name.
fn members(
    name: &str,
    query: &Query,
    headers: &HeaderMap,
    identity: &Identity,
    types: &Text,
) -> Result<InvokeRequest, ApiError> {
    let mut found = Violations::default();
    let qualifier = naming::qualifier(query.get("Qualifier"), &mut found);
    let reference = naming::reference(name, &constraints::NAMESPACED_FUNCTION_NAME, &mut found);
    let mut member = |name: &str, member: &str, constraint: &Text| {
        let value = header(headers, name);
        found.text(member, value.as_deref(), constraint);
        value
    };
    let kind = match member("x-amz-invocation-type", "invocationType", types).as_deref() {
        Some("Event") => Kind::Event,
        Some("DryRun") => Kind::DryRun,
        // Anything else than `RequestResponse` has been complained about.
        _ => Kind::RequestResponse,
    };
    let tail = member("x-amz-log-type", "logType", &constraints::LOG_TYPE).as_deref() == Some("Tail");
    let durable =
        member("x-amz-durable-execution-name", "durableExecutionName", &constraints::DURABLE_EXECUTION_NAME);
    let durable_execution_name = durable.is_some();
    // One that has not the form has been complained about.
    let tenant_id = member("x-amz-tenant-id", "tenantId", &constraints::TENANT_ID)
        .and_then(|tenant_id| TenantId::parse(&tenant_id));
    let reference = reference.filter(|_| found.is_empty()).ok_or_else(|| violated(found))?;
    let target = identity.target(reference, qualifier)?;
    let client_context = client_context(headers)?.filter(|_| kind == Kind::RequestResponse);
    let options = match kind {
        Kind::Event => EventOptions::read(headers)?,
        _ => event_options::refuse(headers).map(|()| None)?,
    };
    Ok(InvokeRequest { kind, target, tail, client_context, tenant_id, durable_execution_name, options })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<Cow<'a, str>> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
}

fn violated(found: Violations) -> ApiError {
    ApiError::validation(found.into_message().unwrap_or_default())
}

fn client_context(headers: &HeaderMap) -> Result<Option<Bytes>, ApiError> {
    let Some(encoded) = headers.get("x-amz-client-context") else { return Ok(None) };
    if encoded.len() > CLIENT_CONTEXT_BYTES_MAX {
        return Err(ApiError::invalid_content(format!(
            "Client context must be no larger than {CLIENT_CONTEXT_BYTES_MAX} bytes of base64."
        )));
    }
    let decoded = STANDARD.decode(encoded.as_bytes()).ok().filter(|decoded| json::check(decoded).is_ok());
    let malformed =
        || ApiError::invalid_content("Client context must be a valid Base64-encoded JSON object.");
    decoded.map(|decoded| Some(Bytes::from(decoded))).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use lambent_domain::arn::{AccountId, Region};

    use super::*;

    fn identity() -> Identity {
        Identity {
            region: Region::new("us-east-1").unwrap(),
            account: AccountId::new("000000000000").unwrap(),
        }
    }

    fn parsed(name: &str, query: &str, headers: &[(&str, &str)]) -> Result<InvokeRequest, ApiError> {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
            })
            .collect();
        parse(name, &Query::parse(Some(query)).unwrap(), &headers, &identity())
    }

    #[test]
    fn the_members_of_a_plain_request() {
        let request = parsed("hello", "", &[]).unwrap();
        assert_eq!((request.kind, request.tail), (Kind::RequestResponse, false));
        assert_eq!(request.target.arn.to_string(), "arn:aws:lambda:us-east-1:000000000000:function:hello");
        let request = parsed(
            "hello:1",
            "Qualifier=1",
            &[("X-Amz-Invocation-Type", "Event"), ("X-Amz-Log-Type", "Tail")],
        );
        let request = request.unwrap();
        assert_eq!((request.kind, request.tail), (Kind::Event, true));
        assert!(request.target.arn.to_string().ends_with(":hello:1"));
    }

    #[test]
    fn a_streaming_call_has_fewer_types() {
        let streaming = |headers: &[(&str, &str)]| {
            let headers = headers.iter().map(|(name, value)| {
                (HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
            });
            parse_streaming("f", &Query::default(), &headers.collect(), &identity())
        };
        let context = ("x-amz-client-context", "eyJhIjoxfQ==");
        let request = streaming(&[("x-amz-log-type", "Tail"), context]).unwrap();
        assert_eq!((request.kind, request.tail), (Kind::ResponseStream, true));
        assert_eq!(request.client_context.unwrap(), r#"{"a":1}"#);
        assert_eq!(streaming(&[("x-amz-invocation-type", "DryRun")]).unwrap().kind, Kind::DryRun);
        assert_eq!(
            streaming(&[("x-amz-invocation-type", "Event")]).unwrap_err().name(),
            "ValidationException"
        );
    }

    #[test]
    fn a_client_context_is_for_synchronous_calls() {
        let context = [("x-amz-client-context", "eyJhIjoxfQ==")];
        assert_eq!(parsed("f", "", &context).unwrap().client_context.unwrap(), r#"{"a":1}"#);
        let event = [context[0], ("x-amz-invocation-type", "Event")];
        assert_eq!(parsed("f", "", &event).unwrap().client_context, None);
        for bad in ["%", "e30", "bm90IGpzb24=", &"A".repeat(3_584)] {
            assert!(parsed("f", "", &[("x-amz-client-context", bad)]).is_err(), "{bad}");
        }
    }
}
