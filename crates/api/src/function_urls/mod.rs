//! Requests to function URLs: whose URL it is, whether the caller may, and the function's answer.
//!
//! A URL is reached by its host name alone, so none of the paths of the API counts here, nor does the guard against web
//! pages: a page may call a URL, and [`crate::url::decorate`] tells its browser what it may know. Where a URL's
//! `AuthType` is `NONE`, whatever signature a request has is the function's business; where it is `AWS_IAM`, everybody
//! signs, whether or not the server asks for that otherwise. Either way the function's resource policy and the caller's
//! own must allow both `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction`, as in AWS since October 2025.

mod answer;
mod index;

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use hyper::body::Body;
use lambent_domain::arn::FunctionArn;
use lambent_domain::function::{Function, FunctionUrl, Scope, UrlAuthType};
use lambent_domain::invocation::Invocation;
use lambent_domain::limits::SYNCHRONOUS_REQUEST_BYTES_MAX;
use lambent_domain::policy::Principal;
use lambent_domain::request_id::RequestId;
use uuid::Uuid;

pub(crate) use index::UrlIndex;

use crate::authenticate::{Admission, Caller, admit_signed};
use crate::authorization::{Asked, Peer, Subject};
use crate::body::{Reader, Unread};
use crate::error::ApiError;
use crate::invoke::chance;
use crate::response::Answer;
use crate::sigv4::SignatureError;
use crate::state::AppState;
use crate::trace::{TRACE_ID, Trace};
use crate::url::{self, IamCaller, UrlHost, UrlRequest};

/// What signatures are made for.
const SERVICE: &str = "lambda";

/// A request to a URL, as far as its head says.
#[derive(Debug)]
pub(crate) struct UrlCall<'a> {
    pub(crate) state: &'a AppState,
    pub(crate) parts: &'a Parts,
    pub(crate) host: &'a UrlHost,
    pub(crate) peer: Peer,
    pub(crate) request_id: RequestId,
}

/// The URL that is called, and what it is one of.
#[derive(Clone, Copy, Debug)]
struct Called<'a> {
    url: &'a FunctionUrl,
    function: &'a Function,
    arn: &'a FunctionArn,
}

impl UrlCall<'_> {
    /// Answers, whatever the request is.
    pub(crate) async fn answer<B>(&self, reader: &Reader, body: B) -> Result<Answer, ApiError>
    where
        B: Body<Data = Bytes>,
    {
        let headers = &self.parts.headers;
        let found = self.find();
        let called =
            found.as_ref().and_then(|(function, scope)| function.urls.get(scope).zip(Some(function)));
        let (Some((url, function)), Some((_, scope))) = (called, &found) else {
            reader.refuse(headers, body).await;
            return Ok(url::no_such_url());
        };
        if let Some(cors) = &url.cors
            && let Some(answer) = url::preflight(cors, &self.parts.method, headers)
        {
            reader.refuse(headers, body).await;
            return Ok(answer);
        }
        let arn = self.state.identity.function_arn(function.name.clone(), scope.0.clone());
        let called = Called { url, function, arn: &arn };
        let admission = match self.admit(called) {
            Ok(admission) => admission,
            Err(error) => {
                // A refusal can only be read by a client that got rid of its body.
                reader.refuse(headers, body).await;
                return Err(error);
            }
        };
        let received = reader.read(headers, body, SYNCHRONOUS_REQUEST_BYTES_MAX).await;
        let received = received.map_err(|unread| match unread {
            Unread::TooLarge(_) => url::too_large(),
            other => ApiError::from(other),
        })?;
        let (caller, body) = self.verify(&admission, called, received.bytes.clone()).await?;
        let answered = self.run(called, &caller, &body).await;
        let mut answer = answered.unwrap_or_else(ApiError::into_answer);
        if let Some(cors) = &url.cors {
            url::decorate(cors, headers, answer.headers_mut());
        }
        Ok(answer)
    }

    /// The function whose URL it is. The index may be a moment behind the store, which therefore has the last word.
    fn find(&self) -> Option<(Arc<Function>, Scope)> {
        let id = self.host.id.as_ref().filter(|_| self.host.region == self.state.identity.region.as_str())?;
        let place = self.state.urls.find(id)?;
        let function = self.state.resources.functions.find(place.function.as_str())?;
        let is_it = function.urls.get(&place.scope).is_some_and(|url| url.url_id == id.as_str());
        is_it.then_some((function, place.scope))
    }

    /// Turns away whoever cannot be right whatever the body is.
    fn admit(&self, called: Called<'_>) -> Result<Admission<'_>, ApiError> {
        match called.url.auth_type {
            UrlAuthType::None => {
                self.authorize(called, &Caller::anonymous())?;
                Ok(Admission::Anonymous)
            }
            UrlAuthType::AwsIam => {
                let admitted = admit_signed(self.parts, &self.state.access, self.state.clock.now());
                admitted.map_err(|error| match error {
                    SignatureError::Missing => url::forbidden(),
                    other => other.into(),
                })
            }
        }
    }

    /// Checks the signature, if there has to be one, and whether its owner may.
    async fn verify(
        &self,
        admission: &Admission<'_>,
        called: Called<'_>,
        body: Bytes,
    ) -> Result<(Caller, Bytes), ApiError> {
        let state = self.state;
        let (identity, access, now) = (&state.identity, &state.access, state.clock.now());
        let (caller, body) = admission.verify(self.parts, body, SERVICE, identity, access, now).await?;
        if called.url.auth_type == UrlAuthType::AwsIam {
            caller.hold_to_rate(access)?;
            self.authorize(called, &caller)?;
        }
        Ok((caller, body))
    }

    fn authorize(&self, called: Called<'_>, caller: &Caller) -> Result<(), ApiError> {
        let headers: &HeaderMap = &self.parts.headers;
        let asked = Asked {
            state: self.state,
            caller,
            peer: self.peer,
            headers,
            names: &[],
            request_id: self.request_id,
        };
        let question = asked.about(Subject::Function(called.arn.clone()));
        let auth_type = called.url.auth_type.as_str();
        let url = question.decide("lambda:InvokeFunctionUrl", |context| {
            context.set("lambda:FunctionUrlAuthType", auth_type);
        });
        let function = url.and_then(|()| {
            question.decide("lambda:InvokeFunction", |context| {
                context.set("lambda:InvokedViaFunctionUrl", "true");
            })
        });
        // Which of the two is missing is for the owner to find out.
        function.map_err(|_| url::forbidden())
    }

    /// Runs the function and makes its response an answer.
    async fn run(&self, called: Called<'_>, caller: &Caller, body: &[u8]) -> Result<Answer, ApiError> {
        let Called { url, function, arn } = called;
        let version = function.resolve(arn.qualifier.as_ref(), chance(self.request_id));
        let version = version.ok_or_else(url::forbidden)?;
        let now = self.state.clock.now();
        let trace = Trace::of(&self.parts.headers, version, now, Uuid::new_v4());
        let payload = self.event(caller, body, &trace.for_function)?;
        let invocation = Invocation {
            request_id: self.request_id,
            version: Arc::clone(version),
            invoked_arn: arn.clone(),
            payload,
            trace: Some(trace.for_function),
            client_context: None,
            tenant_id: None,
        };
        let mut answer = answer::of(&self.state.engine, invocation, url.invoke_mode).await?;
        // A function may have filled the map with headers of its own.
        let _ = answer.headers_mut().try_insert(TRACE_ID, trace.for_caller);
        Ok(answer)
    }

    fn event(&self, caller: &Caller, body: &[u8], trace_id: &str) -> Result<Bytes, ApiError> {
        let id = self.host.id.as_ref().ok_or_else(url::forbidden)?;
        let user_arn = caller.principal.arn();
        let (account, user_id) = match &caller.principal {
            Principal::User { account, user_id, .. } | Principal::AssumedRole { account, user_id, .. } => {
                (account.as_str(), user_id.as_str())
            }
            Principal::Root { account } => (account.as_str(), account.as_str()),
            Principal::Anonymous | Principal::Service { .. } => ("", ""),
        };
        let owner_account = self.state.identity.account.as_str();
        let caller = match &caller.key_id {
            None => url::Caller::Anonymous,
            Some(access_key) => url::Caller::Iam {
                owner_account,
                caller: IamCaller { access_key, account_id: account, user_arn: &user_arn, user_id },
            },
        };
        let tls = self.peer.secure;
        let event = url::event(&UrlRequest {
            parts: self.parts,
            body,
            url_id: id,
            domain_name: &self.host.domain_name,
            caller,
            source_ip: self.peer.ip,
            port: self.host.port.unwrap_or(if tls { 443 } else { 80 }),
            tls,
            request_id: self.request_id,
            trace_id,
            now: self.state.clock.now(),
        });
        event.map_err(|url::TooLarge| url::too_large())
    }
}
