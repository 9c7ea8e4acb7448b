//! Which sender is for which target: the operator's own routes first, then the service that the ARN names.

use crate::aws::{eventbridge::EventBridge, s3::S3, sns::Sns, sqs::Sqs};
use crate::courier::Parts;
use crate::fault::Fault;
use crate::file::Files;
use crate::function::Functions;
use crate::http::Http;
use crate::nats::Nats;
use crate::options::{Options, OwnTarget};
use crate::pattern::Pattern;
use crate::sender::Sender;
use crate::webhook::Webhook;
use std::sync::Arc;

/// All senders.
#[derive(Debug)]
pub(crate) struct Routes {
    own: Vec<(Pattern, Arc<dyn Sender>)>,
    sqs: Arc<dyn Sender>,
    sns: Arc<dyn Sender>,
    eventbridge: Arc<dyn Sender>,
    s3: Arc<dyn Sender>,
    functions: Arc<dyn Sender>,
}

impl Routes {
    pub(crate) fn new(options: &Options, parts: &Parts, http: &Http) -> Self {
        let files = Files::new(options.files.clone());
        let nats = options.nats.clone().map(|nats| Nats::new(nats, options.tls.clone()));
        let mut sorted: Vec<_> = options.routes.iter().collect();
        sorted.sort_by_key(|route| route.pattern.rank());
        let own = sorted.into_iter().map(|route| {
            let sender: Arc<dyn Sender> = match &route.target {
                OwnTarget::Webhook(uri) => Arc::new(Webhook::new(
                    uri.clone(),
                    options.webhook_secret.clone(),
                    http.clone(),
                    Arc::clone(&parts.clock),
                )),
                OwnTarget::File(name) => Arc::new(files.file(name)),
                OwnTarget::Nats(subject) => Arc::new(Nats::publisher(nats.clone(), subject)),
            };
            (route.pattern.clone(), sender)
        });
        let services = &options.services;
        Self {
            own: own.collect(),
            sqs: Arc::new(Sqs::new(services.sqs.clone(), http.clone())),
            sns: Arc::new(Sns::new(services.sns.clone(), http.clone())),
            eventbridge: Arc::new(EventBridge::new(services.eventbridge.clone(), http.clone())),
            s3: Arc::new(S3::new(services, http.clone(), options.region.as_str(), Arc::clone(&parts.clock))),
            functions: Arc::new(Functions::new(options, parts)),
        }
    }

    /// The sender for a target.
    pub(crate) fn find(&self, target: &str) -> Result<Arc<dyn Sender>, Fault> {
        if let Some((_, sender)) = self.own.iter().find(|(pattern, _)| pattern.matches(target)) {
            return Ok(Arc::clone(sender));
        }
        let mut parts = target.split(':');
        let sender = match (parts.next(), parts.next(), parts.next()) {
            (Some("arn"), Some(_), Some("sqs")) => &self.sqs,
            (Some("arn"), Some(_), Some("sns")) => &self.sns,
            (Some("arn"), Some(_), Some("events")) => &self.eventbridge,
            (Some("arn"), Some(_), Some("s3")) => &self.s3,
            (Some("arn"), Some(_), Some("lambda")) => &self.functions,
            _ => {
                return Err(Fault::unsendable(
                    "nothing is known of such a target: [destinations] can map it to a webhook, a file or a NATS subject",
                ));
            }
        };
        Ok(Arc::clone(sender))
    }
}
