//! Lambent's own events API: what becomes of an asynchronous event.

use super::{Client, ClientError, segment};
use bytes::Bytes;
use http::Method;
use lambent_domain::event::EventStatus;

impl Client {
    /// What is known of an event by its request id.
    pub(crate) async fn event(&self, request_id: &str) -> Result<EventStatus, ClientError> {
        let path = format!("/_lambent/v1/events/{}", segment(request_id));
        let answer = self.call(Method::GET, &path, &[], Bytes::new()).await?;
        self.json(&answer)
    }
}
