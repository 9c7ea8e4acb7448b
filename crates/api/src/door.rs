//! Every request's way in: whether it may come in at all, what it asks for, its body, its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request};
use hyper::body::Body;
use lambent_domain::limits::CODE_REQUEST_BYTES_MAX;
use lambent_domain::request_id::RequestId;
use tokio::time::timeout;
use uuid::Uuid;

use crate::body::{self, Reader, Room, Unread};
use crate::control::{self, Call};
use crate::error::ApiError;
use crate::generated::lambda::operations::Operation;
use crate::guard::Guard;
use crate::invoke::{self, InvokeRequest};
use crate::logs;
use crate::model;
use crate::naming::Identity;
use crate::own::{self, OwnRequest};
use crate::response::{Answer, REQUEST_ID};
use crate::route::{self, Labels, Query, Unroutable};
use crate::server::Limits;
use crate::state::AppState;

/// Body of a request that has no business having a large one.
const ORDINARY_BODY_BYTES_MAX: usize = 1_048_576;
/// How long anything may take that does not wait for a function.
const HANDLING_MAX: Duration = Duration::from_secs(120);

/// What may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Everything,
    /// From inside a sandbox: running functions.
    Invocations,
}

/// The way in for one kind of listener. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Door {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Arc<AppState>,
    scope: Scope,
    guard: Guard,
    reader: Reader,
    limits: Limits,
}

/// What a request asks for, its members outside the body already judged.
#[derive(Debug)]
enum Plan<'a> {
    Invoke(InvokeRequest),
    Control {
        operation: Operation,
        labels: Labels<'a>,
        query: Query,
    },
    /// With the whole value of `X-Amz-Target`.
    Logs(Option<String>),
    Own(OwnRequest),
}

impl Door {
    /// The whole API, for a listener on loopback.
    pub fn public(state: Arc<AppState>, guard: Guard, limits: Limits) -> Self {
        let room = Room::new(limits.body_bytes_in_memory_max);
        Self::new(state, Scope::Everything, guard, limits, room)
    }

    /// Invoke and InvokeAsync only: what a function may reach until policies can say more. Its bodies take from `room`.
    pub(crate) fn private(state: Arc<AppState>, guard: Guard, limits: Limits, room: Room) -> Self {
        Self::new(state, Scope::Invocations, guard, limits, room)
    }

    fn new(state: Arc<AppState>, scope: Scope, guard: Guard, limits: Limits, room: Room) -> Self {
        let reader = Reader::new(&limits, room);
        Self { shared: Arc::new(Shared { state, scope, guard, reader, limits }) }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Answers one request, whatever it is.
    pub async fn answer<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes>,
    {
        let request_id = RequestId::from(Uuid::new_v4());
        let (parts, body) = request.into_parts();
        let answered = self.shared.handle(&parts, body, request_id).await;
        let mut answer = answered.unwrap_or_else(|error| {
            report(&error, &parts, request_id);
            error.into_answer()
        });
        if let Ok(id) = HeaderValue::from_str(&request_id.to_string()) {
            answer.headers_mut().insert(REQUEST_ID, id);
        }
        answer
    }
}

impl Shared {
    async fn handle<B>(&self, parts: &Parts, body: B, request_id: RequestId) -> Result<Answer, ApiError>
    where
        B: Body<Data = Bytes>,
    {
        let plan = match self.plan(parts) {
            Ok(plan) => plan,
            Err(error) => {
                // A refusal can only be read by a client that got rid of its body.
                self.reader.refuse(&parts.headers, body).await;
                return Err(error);
            }
        };
        let received = self.reader.read(&parts.headers, body, plan.bytes_max()).await;
        let received = received.map_err(|unread| match unread {
            Unread::TooLarge(bytes) => plan.too_large(bytes),
            Unread::TooSlow => ApiError::timed_out("The request's body came too slowly."),
            Unread::Lost => ApiError::invalid_content("The request's body ended early."),
            Unread::NoRoom => ApiError::unavailable("Too many large requests at a time. Try again later."),
        })?;
        self.execute(plan, parts, request_id, received.bytes.clone()).await
    }

    async fn execute(
        &self,
        plan: Plan<'_>,
        parts: &Parts,
        request_id: RequestId,
        body: Bytes,
    ) -> Result<Answer, ApiError> {
        let state = &self.state;
        let waits_for_a_function = matches!(&plan, Plan::Invoke(_));
        let handling = async {
            match plan {
                Plan::Invoke(request) => {
                    invoke::invoke(state, request, &parts.headers, request_id, body).await
                }
                Plan::Control { operation, labels, query } => {
                    let located = model::Parts { labels: &labels, query: &query, headers: &parts.headers };
                    let call = Call { state, operation, parts: located, body };
                    // Its size is that of the largest handler; nobody waits for a function here.
                    Box::pin(control::answer(&call)).await
                }
                Plan::Logs(target) => {
                    let answer =
                        logs::handle(state.engine.logs(), &owner(state), target.as_deref(), body).await;
                    Ok(answer.map(Into::into))
                }
                Plan::Own(request) => own::handle(state, request).await,
            }
        };
        if waits_for_a_function {
            // Bounded by the function's own timeout, in the engine, or by one flush of the disk.
            return handling.await;
        }
        let late = |_| Err(ApiError::internal("a request was not handled in time"));
        timeout(HANDLING_MAX, handling).await.unwrap_or_else(late)
    }

    /// Station 1, route, and as much of station 3, validate, as needs no body.
    fn plan<'a>(&self, parts: &'a Parts) -> Result<Plan<'a>, ApiError> {
        self.guard.check(&parts.uri, &parts.headers)?;
        check_request_id(&parts.headers)?;
        body::check_encoding(&parts.headers)?;
        let query = Query::parse(parts.uri.query()).map_err(|_| undecodable())?;
        let (method, path) = (&parts.method, parts.uri.path());
        if path == "/" && method == Method::POST {
            self.demand_everything()?;
            let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
            return Ok(Plan::Logs(target.map(str::to_owned)));
        }
        if own::is_own(path) {
            self.demand_everything()?;
            return own::parse(method, path, &query).map(Plan::Own);
        }
        let routed = route::route(method.as_str(), path, &query).map_err(|unroutable| match unroutable {
            Unroutable::UnknownPath => ApiError::unknown_operation(),
            Unroutable::WrongMethod => ApiError::wrong_method(method),
            Unroutable::Undecodable => undecodable(),
        })?;
        let [name, ..] = &routed.labels;
        let identity = &self.state.identity;
        match routed.operation {
            Operation::InvokeAsync => invoke::parse_invoke_async(name, identity).map(Plan::Invoke),
            Operation::Invoke => invoke::parse(name, &query, &parts.headers, identity).map(Plan::Invoke),
            operation => {
                self.demand_everything()?;
                Ok(Plan::Control { operation, labels: routed.labels, query })
            }
        }
    }

    fn demand_everything(&self) -> Result<(), ApiError> {
        match self.scope {
            Scope::Everything => Ok(()),
            Scope::Invocations => Err(ApiError::access_denied(
                "Functions may call Invoke and InvokeAsync; everything else is closed to them.",
            )),
        }
    }
}

impl Plan<'_> {
    fn bytes_max(&self) -> usize {
        match self {
            Self::Invoke(request) => request.kind.bytes_max(),
            Self::Control { operation, .. } if control::has_code(*operation) => CODE_REQUEST_BYTES_MAX,
            Self::Control { .. } | Self::Logs(_) | Self::Own(_) => ORDINARY_BODY_BYTES_MAX,
        }
    }

    fn too_large(&self, bytes: u64) -> ApiError {
        match self {
            Self::Invoke(request) => request.kind.too_large(bytes),
            Self::Control { operation, .. } => {
                ApiError::request_too_large(operation.traits().name, self.bytes_max())
            }
            Self::Logs(_) | Self::Own(_) => ApiError::request_too_large("requested", self.bytes_max()),
        }
    }
}

/// The model says that a request id which is no UUID is refused; one that is a UUID is not taken over, because it could
/// be that of an event already in the queue.
fn check_request_id(headers: &HeaderMap) -> Result<(), ApiError> {
    let is_uuid = |id: &HeaderValue| id.to_str().is_ok_and(|id| RequestId::parse(id).is_some());
    if headers.get(&REQUEST_ID).is_none_or(is_uuid) {
        return Ok(());
    }
    Err(ApiError::invalid_content("The x-amzn-RequestId header must be a UUID."))
}

fn owner(state: &AppState) -> logs::Owner {
    let Identity { region, account } = &state.identity;
    logs::Owner { region: region.to_string(), account: account.to_string() }
}

fn undecodable() -> ApiError {
    ApiError::invalid_content("The request's path and query must be percent-encoded UTF-8.")
}

/// A client's mistake is of interest only to whoever looks for it; a fault of ours is not.
fn report(error: &ApiError, parts: &Parts, request_id: RequestId) {
    let (status, name) = (error.status().as_u16(), error.name());
    match error.operator() {
        Some(cause) => tracing::error!(
            request.id = %request_id, http.method = %parts.method, http.status = status, error.name = name, cause,
            "a request failed through a fault of the server"
        ),
        None => tracing::debug!(
            request.id = %request_id, http.method = %parts.method, http.status = status, error.name = name,
            "a request was refused"
        ),
    }
}
