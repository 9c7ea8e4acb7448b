//! The Runtime API, version 2018-06-01, as one execution environment's runtime sees it (facts:
//! execution-environment §1).
//!
//! [`state`] is the recorded state machine and nothing else. [`RuntimeApi`] holds it between the two sides: the
//! environment delivers invocations and waits for answers, the runtime asks and answers over HTTP ([`server`]). There
//! is no token: whoever reaches the listener is the runtime, so the listener is made inside its own network.

mod answer;
mod http;
mod server;
mod state;

pub(crate) use answer::{Answer, InitSignal, NextInvocation};
pub(crate) use server::serve;

use crate::response_stream::ResponseWriter;
use lambent_domain::request_id::RequestId;
use state::{Rejection, RuntimeState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};

/// The meeting point of an environment and its runtime.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    inner: Mutex<Inner>,
    /// Wakes a waiting `next`.
    wake: Notify,
    /// One body is read at a time, so that a function cannot make the server hold many.
    bodies: tokio::sync::Mutex<()>,
}

/// Counts the lives of the runtime's process: a call on a connection of an earlier life must not touch this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life(u64);

#[derive(Debug)]
struct Inner {
    state: RuntimeState,
    life: Life,
    current: Option<Arc<NextInvocation>>,
    answer: Option<oneshot::Sender<Answer>>,
    /// Where a streamed response to it goes, if its caller takes one.
    stream: Option<ResponseWriter>,
    init: Option<oneshot::Sender<InitSignal>>,
    idle: Option<oneshot::Sender<()>>,
}

impl RuntimeApi {
    pub(crate) fn new() -> Self {
        Self {
            inner: Mutex::new(Inner {
                state: RuntimeState::Started,
                life: Life(0),
                current: None,
                answer: None,
                stream: None,
                init: None,
                idle: None,
            }),
            wake: Notify::new(),
            bodies: tokio::sync::Mutex::new(()),
        }
    }

    /// A new runtime process is about to start: forgets all about the one before. The receiver learns how the
    /// initialisation ends.
    pub(crate) fn begin_life(&self) -> oneshot::Receiver<InitSignal> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut inner = self.lock();
            let life = Life(inner.life.0.wrapping_add(1));
            *inner = Inner {
                state: RuntimeState::Started,
                life,
                current: None,
                answer: None,
                stream: None,
                init: Some(sender),
                idle: None,
            };
        }
        self.wake.notify_waiters();
        receiver
    }

    /// Hands an invocation to the runtime's present or next `next`. The receiver gets its answer; a response that the
    /// runtime streams goes into `stream`, if there is one, and only its end is the answer.
    pub(crate) fn deliver(
        &self,
        invocation: NextInvocation,
        stream: Option<ResponseWriter>,
    ) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut inner = self.lock();
            inner.current = Some(Arc::new(invocation));
            inner.answer = Some(sender);
            inner.stream = stream;
        }
        self.wake.notify_one();
        receiver
    }

    /// The present life.
    fn life(&self) -> Life {
        self.lock().life
    }

    /// Waits for the right to read a body.
    async fn body_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.bodies.lock().await
    }

    /// Whether the runtime waits for an invocation now.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.lock().state, RuntimeState::Ready)
    }

    /// Resolves when the runtime has asked for its next invocation; `None` if it has already.
    pub(crate) fn idle(&self) -> Option<oneshot::Receiver<()>> {
        let mut inner = self.lock();
        if matches!(inner.state, RuntimeState::Ready) {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        inner.idle = Some(sender);
        Some(receiver)
    }

    /// `GET next`: waits for an invocation. Asking again while one runs gives the same one again.
    async fn next(&self, life: Life) -> Result<Arc<NextInvocation>, Rejection> {
        {
            let mut inner = self.lock();
            if inner.life != life {
                return Err(inner.state.rejected("Ready"));
            }
            inner.state = inner.state.next()?;
            if matches!(inner.state, RuntimeState::Ready) {
                if let Some(init) = inner.init.take() {
                    let _ = init.send(InitSignal::Ready);
                }
                if let Some(idle) = inner.idle.take() {
                    let _ = idle.send(());
                }
            }
        }
        loop {
            // Registered before looking, so that a delivery in between is not missed.
            let woken = self.wake.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if let Some(invocation) = self.lock().take_up(life)? {
                return Ok(invocation);
            }
            woken.await;
        }
    }

    /// Checks that an answer may come now, before its body is read.
    fn begin_answer(&self, life: Life, request_id: Option<RequestId>) -> Result<(), Rejection> {
        let inner = self.lock();
        if inner.life != life {
            return Err(Rejection::InvalidRequestId);
        }
        inner.state.may_answer(request_id)
    }

    /// Takes the answer of the running invocation. A second answer is refused by the state.
    fn answer(&self, life: Life, request_id: RequestId, answer: Answer) -> Result<(), Rejection> {
        let mut inner = self.lock();
        if inner.life != life {
            return Err(Rejection::InvalidRequestId);
        }
        inner.state = inner.state.answer(Some(request_id))?;
        inner.answered(answer);
        Ok(())
    }

    /// The runtime begins to stream its response: gives the way to the caller, or `None` if the caller wants the
    /// response in one piece and it must be collected.
    fn begin_stream(&self, life: Life, request_id: RequestId) -> Result<Option<ResponseWriter>, Rejection> {
        let mut inner = self.lock();
        if inner.life != life {
            return Err(Rejection::InvalidRequestId);
        }
        let begun = inner.state.begin_stream(request_id)?;
        let Some(writer) = inner.stream.take() else { return Ok(None) };
        inner.state = begun;
        Ok(Some(writer))
    }

    /// The stream has ended, with this answer.
    fn end_stream(&self, life: Life, request_id: RequestId, answer: Answer) -> Result<(), Rejection> {
        let mut inner = self.lock();
        if inner.life != life {
            return Err(Rejection::InvalidRequestId);
        }
        inner.state = inner.state.end_stream(request_id)?;
        inner.answered(answer);
        Ok(())
    }

    /// Whether an initialisation error may come now.
    fn begin_init_error(&self, life: Life) -> Result<(), Rejection> {
        let inner = self.lock();
        if inner.life != life {
            return Err(inner.state.rejected("InitError"));
        }
        inner.state.init_error().map(|_| ())
    }

    /// `POST init/error`.
    fn init_error(&self, life: Life, signal: InitSignal) -> Result<(), Rejection> {
        let mut inner = self.lock();
        if inner.life != life {
            return Err(inner.state.rejected("InitError"));
        }
        inner.state = inner.state.init_error()?;
        if let Some(init) = inner.init.take() {
            let _ = init.send(signal);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while it is held; and if something did, the state is still one of the legal ones.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The running invocation has its answer.
    fn answered(&mut self, answer: Answer) {
        self.current = None;
        self.stream = None;
        if let Some(waiting) = self.answer.take() {
            let _ = waiting.send(answer);
        }
    }

    /// Gives the current invocation to a `next` of this life.
    fn take_up(&mut self, life: Life) -> Result<Option<Arc<NextInvocation>>, Rejection> {
        if self.life != life {
            return Err(self.state.rejected("Ready"));
        }
        let Some(current) = &self.current else { return Ok(None) };
        self.state = RuntimeState::Running(current.request_id);
        Ok(Some(Arc::clone(current)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn invocation(byte: u8) -> NextInvocation {
        NextInvocation {
            request_id: RequestId::from_bytes([byte; 16]),
            deadline_ms: 1,
            invoked_arn: "arn".to_owned(),
            trace: None,
            client_context: None,
            tenant_id: None,
            payload: Bytes::from_static(b"{}"),
        }
    }

    fn returned(text: &'static str) -> Answer {
        Answer::Response { content_type: None, body: Bytes::from_static(text.as_bytes()) }
    }

    #[tokio::test]
    async fn an_invocation_goes_to_next_and_its_answer_comes_back() {
        let api = Arc::new(RuntimeApi::new());
        let init = api.begin_life();
        let asking = tokio_test_spawn({
            let api = Arc::clone(&api);
            async move { api.next(api.life()).await.map(|next| next.request_id) }
        });
        assert_eq!(init.await, Ok(InitSignal::Ready));
        let answer = api.deliver(invocation(1), None);
        let id = asking.await.unwrap().unwrap();
        // Asked again while running: the same one again.
        let life = api.life();
        assert_eq!(api.next(life).await.unwrap().request_id, id);
        api.begin_answer(life, Some(id)).unwrap();
        api.answer(life, id, returned("1")).unwrap();
        assert_eq!(answer.await, Ok(returned("1")));
        // A second answer is a matter of state, not of the id.
        assert!(matches!(api.begin_answer(life, Some(id)), Err(Rejection::InvalidState { .. })));
    }

    #[tokio::test]
    async fn an_answer_of_an_earlier_life_is_refused() {
        let api = RuntimeApi::new();
        let _init = api.begin_life();
        let _first = api.deliver(invocation(1), None);
        let life = api.life();
        let id = api.next(life).await.unwrap().request_id;
        api.begin_answer(life, Some(id)).unwrap();
        let _init = api.begin_life();
        let mut second = api.deliver(invocation(1), None);
        assert_eq!(api.answer(life, id, returned("late")), Err(Rejection::InvalidRequestId));
        assert!(second.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_waiting_next_of_an_earlier_life_does_not_take_the_invocation() {
        let api = Arc::new(RuntimeApi::new());
        let init = api.begin_life();
        let stale = tokio_test_spawn({
            let api = Arc::clone(&api);
            async move { api.next(api.life()).await.is_err() }
        });
        assert_eq!(init.await, Ok(InitSignal::Ready));
        let _init = api.begin_life();
        let _answer = api.deliver(invocation(2), None);
        assert!(stale.await.unwrap());
        assert_eq!(api.next(api.life()).await.unwrap().request_id, RequestId::from_bytes([2; 16]));
    }

    #[expect(clippy::disallowed_methods, reason = "a test waits for its task itself")]
    fn tokio_test_spawn<T: Send + 'static>(
        task: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        tokio::spawn(task)
    }
}
