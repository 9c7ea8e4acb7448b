//! Every request's way in: whether it may come in at all, whose it is, what it asks for, its body, its answer.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderValue, Request};
use hyper::body::Body;
use lambent_domain::request_id::RequestId;
use tokio::time::timeout;
use uuid::Uuid;

use crate::access::Auth;
use crate::authenticate::{Admission, Side, admit};
use crate::authorization::{Asked, Peer};
use crate::body::{Reader, Room, Unread};
use crate::control::{self, Call};
use crate::error::ApiError;
use crate::function_urls::UrlCall;
use crate::guard::Guard;
use crate::invoke;
use crate::logs;
use crate::model;
use crate::own;
use crate::plan::{Plan, is_for_logs};
use crate::response::{Answer, AnswersFor, REQUEST_ID};
use crate::server::Limits;
use crate::state::AppState;
use crate::url::UrlHost;

/// How long anything may take that does not wait for a function.
const HANDLING_MAX: Duration = Duration::from_secs(120);

/// The way in for one kind of listener, or for one connection of it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Door {
    shared: Arc<Shared>,
    peer: Peer,
}

#[derive(Debug)]
struct Shared {
    state: Arc<AppState>,
    side: Side,
    guard: Guard,
    reader: Reader,
    limits: Limits,
}

impl Door {
    /// For clients of the server.
    pub fn public(state: Arc<AppState>, guard: Guard, limits: Limits) -> Self {
        let room = Room::new(limits.body_bytes_in_memory_max);
        Self::new(state, Side::Public, guard, limits, room)
    }

    /// For the function in one sandbox, which has to sign. Its bodies take from `room`.
    pub(crate) fn private(state: Arc<AppState>, guard: Guard, limits: Limits, room: Room) -> Self {
        Self::new(state, Side::Sandbox, guard, limits, room)
    }

    fn new(state: Arc<AppState>, side: Side, guard: Guard, limits: Limits, room: Room) -> Self {
        let reader = Reader::new(&limits, room);
        let peer = Peer { ip: IpAddr::V4(Ipv4Addr::LOCALHOST), secure: false };
        Self { shared: Arc::new(Shared { state, side, guard, reader, limits }), peer }
    }

    /// The same way in, for a connection from `peer`.
    #[must_use]
    pub fn at(&self, peer: Peer) -> Self {
        Self { shared: Arc::clone(&self.shared), peer }
    }

    /// Whether clients reach this server by https through a proxy.
    pub(crate) fn is_behind_tls(&self) -> bool {
        self.shared.side == Side::Public && self.shared.state.access.https
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
        let url = self.shared.url_of(&parts);
        let answered = match &url {
            Some(host) => {
                let state = &*self.shared.state;
                let call = UrlCall { state, parts: &parts, host, peer: self.peer, request_id };
                Box::pin(call.answer(&self.shared.reader, body)).await
            }
            None => self.shared.handle(&parts, body, request_id, self.peer).await,
        };
        let mut answer = answered.unwrap_or_else(|error| {
            report(&error, &parts, request_id);
            if url.is_none() && is_for_logs(&parts) {
                error.into_json_1_1_answer()
            } else {
                error.into_answer()
            }
        });
        let told = answer.extensions().get().map_or(request_id, |AnswersFor(first)| *first);
        if let Ok(id) = HeaderValue::from_str(&told.to_string()) {
            // A function may have filled the map with headers of its own.
            let _ = answer.headers_mut().try_insert(REQUEST_ID, id);
        }
        answer
    }
}

impl Shared {
    async fn handle<B>(
        &self,
        parts: &Parts,
        body: B,
        request_id: RequestId,
        peer: Peer,
    ) -> Result<Answer, ApiError>
    where
        B: Body<Data = Bytes>,
    {
        let (admission, plan) = match self.receive(parts) {
            Ok(received) => received,
            Err(error) => {
                // A refusal can only be read by a client that got rid of its body.
                self.reader.refuse(&parts.headers, body).await;
                return Err(error);
            }
        };
        let received = self.reader.read(&parts.headers, body, plan.bytes_max()).await;
        let received = received.map_err(|unread| match unread {
            Unread::TooLarge(bytes) => plan.too_large(bytes),
            other => other.into(),
        })?;
        let (state, body) = (&*self.state, received.bytes.clone());
        let (identity, access, now) = (&state.identity, &state.access, state.clock.now());
        let (caller, body) = admission.verify(parts, body, plan.service(), identity, access, now).await?;
        caller.hold_to_rate(access)?;
        let asked = Asked {
            state,
            caller: &caller,
            peer,
            headers: &parts.headers,
            names: &self.guard.names,
            request_id,
        };
        execute(&asked, plan, body).await
    }

    /// What can be said of a request by its head: who may have sent it, and what it asks for.
    fn receive<'a>(&self, parts: &'a Parts) -> Result<(Admission<'a>, Plan<'a>), ApiError> {
        let state = &self.state;
        // Where everybody has to sign, no web page can do anything that it was not given a key for.
        if self.side == Side::Sandbox || state.access.auth == Auth::Loopback {
            self.guard.check(&parts.uri, &parts.headers)?;
        }
        let is_open = own::is_open(&parts.method, parts.uri.path());
        let admission = admit(parts, &state.access, self.side, is_open, state.clock.now())?;
        admission.check_chunks(parts)?;
        Ok((admission, Plan::of(parts, &state.identity)?))
    }

    /// The function URL that a request is for, if it is for one. A name in the request line counts before the header.
    fn url_of(&self, parts: &Parts) -> Option<UrlHost> {
        let host = match parts.uri.authority() {
            Some(authority) => authority.as_str(),
            None => parts.headers.get(HOST)?.to_str().ok()?,
        };
        UrlHost::parse(host, &self.guard.names)
    }
}

async fn execute(asked: &Asked<'_>, plan: Plan<'_>, body: Bytes) -> Result<Answer, ApiError> {
    if plan.waits_for_a_function() {
        // Bounded by the function's own timeout, in the engine, or by one flush of the disk.
        return dispatch(asked, plan, body).await;
    }
    let handling = dispatch(asked, plan, body);
    let late = |_| Err(ApiError::internal("a request was not handled in time"));
    timeout(HANDLING_MAX, handling).await.unwrap_or_else(late)
}

async fn dispatch(asked: &Asked<'_>, plan: Plan<'_>, body: Bytes) -> Result<Answer, ApiError> {
    match plan {
        Plan::Invoke(request) => invoke::invoke(asked, request, asked.request_id, body).await,
        Plan::Control { operation, labels, query } => {
            control::authorize(asked, operation, &labels, &query, &body).await?;
            let parts = model::Parts { labels: &labels, query: &query, headers: asked.headers };
            let call = Call { state: asked.state, operation, parts, body, names: asked.names };
            // Its size is that of the largest handler; nobody waits for a function here.
            Box::pin(control::answer(&call)).await
        }
        Plan::Logs(target) => {
            let answered = logs::answer(asked, target, body).await?;
            Ok(answered.map(Into::into))
        }
        Plan::Own(request) => Box::pin(own::handle(asked, request, body)).await,
    }
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
