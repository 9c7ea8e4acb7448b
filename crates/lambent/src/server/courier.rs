//! The courier, put together from the configuration.

use crate::config::Config;
use crate::config::services::Service;
use crate::failure::{Exit, Failure};
use lambent_api::s3;
use lambent_destinations::{Addressing, FileOptions, Options, ServiceOptions, Services};
use rustls::ClientConfig;
use std::path::Path;
use std::sync::Arc;

/// The directory of files of records, in the data directory.
const DIRECTORY: &str = "destinations";

/// What the courier runs on.
pub(super) fn options(config: &Config, data_dir: &Path) -> Result<Options, Failure> {
    let destinations = &config.destinations;
    let directory = destinations.directory.clone().unwrap_or_else(|| data_dir.join(DIRECTORY));
    Ok(Options {
        region: config.server.region.clone(),
        account: config.server.account.clone(),
        schedule: destinations.schedule,
        concurrency: destinations.concurrency,
        timeout: destinations.timeout,
        services: Services {
            sqs: service(&config.aws.sqs),
            sns: service(&config.aws.sns),
            eventbridge: service(&config.aws.eventbridge),
            s3: service(&config.aws.s3),
            s3_addressing: match config.aws.addressing {
                s3::Addressing::Path => Addressing::Path,
                s3::Addressing::VirtualHosted => Addressing::VirtualHosted,
            },
        },
        tls: tls(config)?,
        routes: destinations.routes.clone(),
        webhook_secret: destinations.webhook_secret.clone(),
        files: FileOptions {
            directory,
            bytes_max: destinations.file_bytes_max,
            kept_max: destinations.files_kept_max,
        },
        nats: destinations.nats.clone(),
    })
}

fn service(service: &Service) -> ServiceOptions {
    let Service { endpoint, region, credentials } = service.clone();
    ServiceOptions { endpoint, region, credentials }
}

/// A system without any certificates is no obstacle where nobody speaks TLS.
fn tls(config: &Config) -> Result<Option<Arc<ClientConfig>>, Failure> {
    let aws = &config.aws;
    let mut endpoints = [&aws.sqs, &aws.sns, &aws.eventbridge, &aws.s3].into_iter();
    let services = endpoints
        .any(|service| service.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("https:")));
    let nats = config.destinations.nats.as_ref();
    let needed = services
        || config.destinations.routes.iter().any(|route| route.target.is_https())
        || nats.is_some_and(|nats| nats.tls);
    // A NATS server may ask for TLS when it is connected to.
    if !needed && nats.is_none() {
        return Ok(None);
    }
    match s3::client_config(aws.ca_file.as_deref()) {
        Ok(tls) => Ok(Some(tls)),
        Err(_) if !needed => Ok(None),
        Err(error) => Err(Failure::new(Exit::Configuration, "prepare to send records with TLS", &error)
            .hint("aws.ca_file names a file with the certificates to believe")),
    }
}
