//! The control plane: functions are created, read, changed and removed.

mod change;
mod code;
mod configuration;
mod create;
mod delete;
mod download;
mod environment;
mod get;
mod list;
mod representation;
mod settings;
mod unsupported;
mod update_code;
mod update_configuration;

use bytes::Bytes;
use http::HeaderMap;

pub(crate) use download::{Downloads, download};

use crate::error::ApiError;
use crate::generated::lambda::operations::Operation;
use crate::generated::lambda::shapes;
use crate::json;
use crate::model::{Check, Located, Malformed, Parts, Text, Violations};
use crate::naming::{self, Identity, Target};
use crate::response::Answer;
use crate::state::AppState;

/// A request of the control plane, its members outside the body judged as far as they can be without it.
#[derive(Debug)]
pub(crate) enum ControlRequest {
    Create,
    Get(Target),
    GetConfiguration(Target),
    List(shapes::ListFunctionsRequest),
    UpdateCode(String),
    UpdateConfiguration(String),
    Delete(Target),
}

impl ControlRequest {
    /// Whether the body may be as large as a package.
    pub(crate) fn has_code(&self) -> bool {
        matches!(self, Self::Create | Self::UpdateCode(_))
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Create => "CreateFunction",
            Self::Get(_) => "GetFunction",
            Self::GetConfiguration(_) => "GetFunctionConfiguration",
            Self::List(_) => "ListFunctions",
            Self::UpdateCode(_) => "UpdateFunctionCode",
            Self::UpdateConfiguration(_) => "UpdateFunctionConfiguration",
            Self::Delete(_) => "DeleteFunction",
        }
    }
}

/// Reads what a request says outside its body. An operation that has no handler yet is refused by name.
pub(crate) fn parse(
    operation: Operation,
    parts: &Parts<'_>,
    identity: &Identity,
) -> Result<ControlRequest, ApiError> {
    use crate::generated::lambda::constraints::NAMESPACED_FUNCTION_NAME as READ_NAME;
    let target = || target(parts, identity, &READ_NAME);
    match operation {
        Operation::CreateFunction => Ok(ControlRequest::Create),
        Operation::GetFunction => Ok(ControlRequest::Get(target()?)),
        Operation::GetFunctionConfiguration => Ok(ControlRequest::GetConfiguration(target()?)),
        Operation::DeleteFunction => Ok(ControlRequest::Delete(target()?)),
        Operation::ListFunctions => {
            let mut request = shapes::ListFunctionsRequest::default();
            request.locate(parts).map_err(malformed)?;
            checked(&request)?;
            Ok(ControlRequest::List(request))
        }
        Operation::UpdateFunctionCode => Ok(ControlRequest::UpdateCode(parts.label(0).unwrap_or_default())),
        Operation::UpdateFunctionConfiguration => {
            Ok(ControlRequest::UpdateConfiguration(parts.label(0).unwrap_or_default()))
        }
        other => Err(ApiError::not_implemented(other.traits().name)),
    }
}

pub(crate) async fn handle(
    state: &AppState,
    request: ControlRequest,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Answer, ApiError> {
    match request {
        ControlRequest::Create => create::create(state, body).await,
        ControlRequest::Get(target) => get::get(state, target, headers).await,
        ControlRequest::GetConfiguration(target) => get::get_configuration(state, target).await,
        ControlRequest::List(request) => list::list(state, request).await,
        ControlRequest::UpdateCode(name) => update_code::update(state, name, body).await,
        ControlRequest::UpdateConfiguration(name) => update_configuration::update(state, name, body).await,
        ControlRequest::Delete(target) => delete::delete(state, target).await,
    }
}

/// Judges a body as far as that needs no store; for fuzzing.
pub(crate) fn judge_body(request: &ControlRequest, body: &[u8]) -> Result<(), ApiError> {
    match request {
        ControlRequest::Create => {
            let mut request: shapes::CreateFunctionRequest = read_body(body)?;
            checked(&request)?;
            unsupported::in_create(&request)?;
            code::zip_of(request.code.take().unwrap_or_default())?;
            unsupported::in_settings(&request.into())
        }
        ControlRequest::UpdateCode(_) => read_body::<shapes::UpdateFunctionCodeRequest>(body).map(drop),
        ControlRequest::UpdateConfiguration(name) => {
            let mut request: settings::Settings = read_body(body)?;
            request.function_name = Some(name.clone());
            checked(&request)?;
            unsupported::in_settings(&request)
        }
        ControlRequest::Get(_)
        | ControlRequest::GetConfiguration(_)
        | ControlRequest::List(_)
        | ControlRequest::Delete(_) => Ok(()),
    }
}

/// Name and qualifier as they stand in path and query.
fn target(parts: &Parts<'_>, identity: &Identity, constraint: &Text) -> Result<Target, ApiError> {
    let mut found = Violations::default();
    let qualifier = naming::qualifier(parts.query.get("Qualifier"), &mut found);
    let name = parts.label(0).unwrap_or_default();
    let reference = naming::reference(&name, constraint, &mut found);
    match reference.filter(|_| found.is_empty()) {
        Some(reference) => identity.target(reference, qualifier),
        None => Err(ApiError::validation(found.into_message().unwrap_or_default())),
    }
}

/// The target of an operation that changes `$LATEST`: the request's checks include the name's.
fn changed_target(identity: &Identity, name: &str) -> Result<Target, ApiError> {
    use crate::generated::lambda::constraints::FUNCTION_NAME;
    let mut found = Violations::default();
    let reference = naming::reference(name, &FUNCTION_NAME, &mut found);
    let reference =
        reference.ok_or_else(|| ApiError::validation(found.into_message().unwrap_or_default()))?;
    identity.target(reference, None)
}

fn checked(request: &impl Check) -> Result<(), ApiError> {
    let mut found = Violations::default();
    request.check(&mut found);
    found.into_message().map_or(Ok(()), |message| Err(ApiError::validation(message)))
}

fn malformed(Malformed { member }: Malformed) -> ApiError {
    ApiError::serialization(format!("The value of {member} is not a whole number."))
}

/// Reads a body. What is not JSON is complained about in Jackson's words, what is of the wrong type by its place.
fn read_body<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    json::check(body).map_err(|complaint| ApiError::body_not_json(&complaint))?;
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        ApiError::serialization(format!(
            "A member has a value of the wrong type (line {line}, column {column})."
        ))
    })
}

/// Runs what takes long without waiting: parsing and unpacking packages.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)?
}
