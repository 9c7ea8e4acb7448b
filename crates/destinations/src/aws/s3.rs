//! S3: one object in the bucket that the ARN names. Only for failures, as in AWS.
//!
//! AWS's client for S3 is six times as large as the one for SQS and brings 41 packages; this needs one PUT, so it is signed
//! with AWS's own signer and sent by the client that all senders share.

use super::{Arn, Settings, of_service, settings};
use crate::fault::Fault;
use crate::http::Http;
use crate::message::Message;
use crate::options::{Addressing, ServiceOptions, Services};
use crate::sender::Sender;
use async_trait::async_trait;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use jiff::tz::TimeZone;
use lambent_domain::arn::FunctionName;
use lambent_domain::invocation_record::Purpose;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_engine::deliveries::TargetKind;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// The sender.
#[derive(Debug)]
pub(crate) struct S3 {
    options: ServiceOptions,
    addressing: Addressing,
    /// A bucket's ARN names no region.
    region: String,
    http: Http,
    clock: Arc<dyn Clock>,
}

impl S3 {
    pub(crate) fn new(services: &Services, http: Http, region: &str, clock: Arc<dyn Clock>) -> Self {
        let (options, addressing) = (services.s3.clone(), services.s3_addressing);
        Self { options, addressing, region: region.to_owned(), http, clock }
    }
}

#[async_trait]
impl Sender for S3 {
    fn kind(&self) -> TargetKind {
        TargetKind::S3
    }

    async fn send(&self, message: &Message<'_>) -> Result<(), Fault> {
        if message.purpose() != Purpose::OnFailure {
            return Err(Fault::unsendable("a bucket is a destination for failures only"));
        }
        let bucket = Arn::parse(message.target())?.resource;
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if !bucket.bytes().all(legal) {
            return Err(Fault::unsendable("the target is no bucket"));
        }
        let settings = settings("s3", &self.options, &self.region)?;
        let record = message.record();
        let key = key(&record.function, record.settled_at, record.request_id);
        let url = url(&settings.endpoint, self.addressing, bucket, &key)?;
        let request = signed(&url, message.body.clone(), &settings, self.clock.now())?;
        let answer = self.http.exchange(request).await?;
        if answer.status().is_success() {
            return Ok(());
        }
        let complaint = String::from_utf8_lossy(answer.body());
        Err(of_service(answer.status().as_u16(), element(&complaint, "Code"), element(&complaint, "Message")))
    }
}

/// The object's key. AWS ends it in any UUID; the request id makes a repeated try write the same object again.
fn key(function: &FunctionName, settled_at: Timestamp, request_id: RequestId) -> String {
    let millis = i64::try_from(settled_at.as_millis()).unwrap_or(i64::MAX);
    let at =
        jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX).to_zoned(TimeZone::UTC);
    let (day, time) = (at.strftime("%Y/%m/%d"), at.strftime("%Y-%m-%dT%H.%M.%S"));
    format!("aws/lambda/async/{function}/{day}/{time}-{request_id}")
}

/// Bucket and key hold nothing that would have to be escaped.
fn url(endpoint: &str, addressing: Addressing, bucket: &str, key: &str) -> Result<String, Fault> {
    let endpoint = endpoint.trim_end_matches('/');
    match addressing {
        Addressing::Path => Ok(format!("{endpoint}/{bucket}/{key}")),
        Addressing::VirtualHosted => {
            let (scheme, rest) = endpoint
                .split_once("://")
                .ok_or_else(|| Fault::unsendable("the endpoint of s3 is no URL"))?;
            Ok(format!("{scheme}://{bucket}.{rest}/{key}"))
        }
    }
}

fn signed(url: &str, body: Bytes, settings: &Settings, now: Timestamp) -> Result<Request<Bytes>, Fault> {
    let unfit = |error: &dyn std::error::Error| Fault::unsendable(crate::http::chain(error));
    let mut form = SigningSettings::default();
    form.percent_encoding_mode = PercentEncodingMode::Single;
    form.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    form.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    let identity = settings.credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&settings.region)
        .name("s3")
        .time(UNIX_EPOCH + Duration::from_millis(now.as_millis()))
        .settings(form)
        .build()
        .map_err(|error| unfit(&error))?
        .into();
    let headers = [(CONTENT_TYPE.as_str(), "application/json")];
    let signable = SignableRequest::new("PUT", url, headers.into_iter(), SignableBody::Bytes(&body));
    let signed =
        sign(signable.map_err(|error| unfit(&error))?, &parameters).map_err(|error| unfit(&error))?;
    let (instructions, _) = signed.into_parts();
    let mut request = Request::put(url)
        .header(CONTENT_TYPE, "application/json")
        .body(body)
        .map_err(|error| unfit(&error))?;
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}

/// The text of the first element of that name. S3's complaints are flat, so this is all that has to be known of XML.
fn element<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_lies_where_aws_puts_it() {
        let id = RequestId::from_bytes([0xAB; 16]);
        let key = key(&FunctionName::new("f").unwrap(), Timestamp::from_millis(1_767_323_045_678), id);
        assert_eq!(key, format!("aws/lambda/async/f/2026/01/02/2026-01-02T03.04.05-{id}"));
        for (endpoint, addressing, expected) in [
            ("http://127.0.0.1:9000/", Addressing::Path, "http://127.0.0.1:9000/b/k"),
            ("https://s3.test", Addressing::VirtualHosted, "https://b.s3.test/k"),
        ] {
            assert_eq!(url(endpoint, addressing, "b", "k").unwrap(), expected);
        }
        assert_eq!(element("<Error><Code>NoSuchBucket</Code></Error>", "Code"), Some("NoSuchBucket"));
    }
}
