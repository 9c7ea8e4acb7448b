//! What a request to Lambent's own API asks for, by method, path and query. A pure function.

use std::borrow::Cow;

use http::{HeaderMap, Method};
use lambent_domain::request_id::RequestId;

use super::listing::Listing;
use super::{OwnRequest, event, queues, retry_policy, wait};
use crate::control::functions;
use crate::error::ApiError;
use crate::generated::lambda::constraints;
use crate::invoke;
use crate::model::Violations;
use crate::naming::{self, Identity, Target};
use crate::route::{Query, decode};

/// A request's parts that count here.
struct Head<'a> {
    method: &'a Method,
    query: &'a Query,
    headers: &'a HeaderMap,
    identity: &'a Identity,
}

pub(crate) fn parse(
    method: &Method,
    path: &str,
    query: &Query,
    headers: &HeaderMap,
    identity: &Identity,
) -> Result<OwnRequest, ApiError> {
    let head = Head { method, query, headers, identity };
    let request = match path {
        "/" => OwnRequest::FirstPage,
        "/metrics" => OwnRequest::Metrics,
        "/_lambent/health" => OwnRequest::Health,
        _ => {
            let below = path.strip_prefix("/_lambent/v1/").ok_or_else(ApiError::unknown_operation)?;
            return head.versioned(below);
        }
    };
    head.read_only().map(|()| request)
}

impl Head<'_> {
    fn versioned(&self, path: &str) -> Result<OwnRequest, ApiError> {
        let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
        match (first, rest) {
            ("code", Some(code)) => {
                self.read_only()?;
                Ok(OwnRequest::Code(functions::Ticket::parse(code, self.query)))
            }
            ("events", None) => {
                self.read_only()?;
                Ok(OwnRequest::Events(Box::new(Listing::parse(self.query)?)))
            }
            ("events", Some("redrive")) => {
                self.only(&Method::POST)?;
                self.knows(&[])?;
                Ok(OwnRequest::Redrive)
            }
            ("events", Some(rest)) => self.event(rest),
            ("functions", Some(rest)) => self.of_function(rest),
            _ => Err(ApiError::unknown_operation()),
        }
    }

    fn event(&self, rest: &str) -> Result<OwnRequest, ApiError> {
        use event::Wish;
        let (id, what) = rest.split_once('/').map_or((rest, None), |(id, what)| (id, Some(what)));
        let id = RequestId::parse(id)
            .ok_or_else(|| ApiError::invalid_parameter("An event is named by its request id, a UUID."))?;
        let wish = match what {
            None => {
                self.read_only()?;
                self.knows(&[wait::PARAMETER])?;
                return Ok(OwnRequest::Event(id, Wish::Status(wait::read(self.query)?)));
            }
            Some("payload") => self.read_only().map(|()| Wish::Payload)?,
            Some("result") => self.read_only().map(|()| Wish::Result)?,
            Some("cancel") => self.only(&Method::POST).map(|()| Wish::Cancel)?,
            Some("redrive") => self.only(&Method::POST).map(|()| Wish::Redrive)?,
            Some(_) => return Err(ApiError::unknown_operation()),
        };
        self.knows(&[])?;
        Ok(OwnRequest::Event(id, wish))
    }

    fn of_function(&self, rest: &str) -> Result<OwnRequest, ApiError> {
        let (name, what) = rest.split_once('/').ok_or_else(ApiError::unknown_operation)?;
        let undecodable = |_| ApiError::invalid_content("The request's path must be percent-encoded UTF-8.");
        let name: Cow<'_, str> = decode(name).map_err(undecodable)?;
        if what == "events" && self.method == Method::POST {
            self.knows(&["Qualifier"])?;
            let request = invoke::parse_batch(&name, self.query, self.headers, self.identity)?;
            return Ok(OwnRequest::Batch(Box::new(request)));
        }
        let wish = match what {
            "events" => self.read_only().map(|()| queues::Wish::Summary)?,
            "events/purge" => self.only(&Method::POST).map(|()| queues::Wish::Purge)?,
            "events/pause" => self.only(&Method::POST).map(|()| queues::Wish::Pause)?,
            "events/resume" => self.only(&Method::POST).map(|()| queues::Wish::Resume)?,
            "retry-policy" => return self.retry_policy(&name),
            _ => return Err(ApiError::unknown_operation()),
        };
        self.knows(&[])?;
        Ok(OwnRequest::Queue(self.function(&name)?, wish))
    }

    fn retry_policy(&self, name: &str) -> Result<OwnRequest, ApiError> {
        let wish = match *self.method {
            Method::PUT => retry_policy::Wish::Put,
            Method::DELETE => retry_policy::Wish::Delete,
            _ => self.read_only().map(|()| retry_policy::Wish::Get)?,
        };
        self.knows(&[])?;
        Ok(OwnRequest::RetryPolicy(self.function(name)?, wish))
    }

    /// A function as a whole, named in any of the forms that AWS's operations take.
    fn function(&self, name: &str) -> Result<Target, ApiError> {
        let mut found = Violations::default();
        let reference = naming::reference(name, &constraints::NAMESPACED_FUNCTION_NAME, &mut found);
        let Some(reference) = reference else {
            return Err(ApiError::validation(found.into_message().unwrap_or_default()));
        };
        let target = self.identity.target(reference, None)?;
        if target.arn.qualifier.is_some() { Err(ApiError::functions_only()) } else { Ok(target) }
    }

    fn read_only(&self) -> Result<(), ApiError> {
        if self.method == Method::HEAD { Ok(()) } else { self.only(&Method::GET) }
    }

    fn only(&self, method: &Method) -> Result<(), ApiError> {
        if self.method == method { Ok(()) } else { Err(ApiError::wrong_method(self.method)) }
    }

    fn knows(&self, names: &[&str]) -> Result<(), ApiError> {
        known(self.query, names)
    }
}

/// Refuses parameters that would be passed over: a misspelt filter must not let everything through. Those of a signature
/// in the query are no business of ours.
pub(super) fn known(query: &Query, names: &[&str]) -> Result<(), ApiError> {
    let unknown = query.names().find(|name| !names.contains(name) && !name.starts_with("X-Amz-"));
    unknown.map_or(Ok(()), |name| {
        Err(ApiError::invalid_parameter(format!("There is no parameter {name} here.")).shortened(200))
    })
}

#[cfg(test)]
mod tests {
    use lambent_domain::arn::{AccountId, Region};

    use super::*;

    const ID: &str = "01010101-0101-4101-8101-010101010101";

    fn asked(method: &str, target: &str) -> Result<String, u16> {
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let identity = Identity {
            region: Region::new("us-east-1").unwrap(),
            account: AccountId::new("000000000000").unwrap(),
        };
        let query = Query::parse(query).unwrap();
        let request = parse(&method.parse().unwrap(), path, &query, &HeaderMap::new(), &identity);
        let request = request.map_err(|error| error.status().as_u16())?;
        let text = format!("{request:?}");
        Ok(text.split([' ', '{']).next().unwrap_or_default().to_owned()
            + text.rsplit(' ').next().unwrap_or_default())
    }

    #[test]
    fn every_path_has_its_methods() {
        let event = format!("/_lambent/v1/events/{ID}");
        for (target, reads, posts, puts, deletes) in [
            ("/_lambent/v1/events".to_owned(), true, false, false, false),
            ("/_lambent/v1/events/redrive".to_owned(), false, true, false, false),
            (event.clone(), true, false, false, false),
            (format!("{event}/payload"), true, false, false, false),
            (format!("{event}/result"), true, false, false, false),
            (format!("{event}/cancel"), false, true, false, false),
            (format!("{event}/redrive"), false, true, false, false),
            ("/_lambent/v1/functions/f/events".to_owned(), true, true, false, false),
            ("/_lambent/v1/functions/f/events/purge".to_owned(), false, true, false, false),
            ("/_lambent/v1/functions/f/events/pause".to_owned(), false, true, false, false),
            ("/_lambent/v1/functions/f/events/resume".to_owned(), false, true, false, false),
            ("/_lambent/v1/functions/f/retry-policy".to_owned(), true, false, true, true),
            ("/metrics".to_owned(), true, false, false, false),
            ("/_lambent/health".to_owned(), true, false, false, false),
        ] {
            let may = [
                ("GET", reads),
                ("HEAD", reads),
                ("POST", posts),
                ("PUT", puts),
                ("DELETE", deletes),
                ("PATCH", false),
            ];
            for (method, taken) in may {
                let asked = asked(method, &target).map(drop);
                assert_eq!(asked, if taken { Ok(()) } else { Err(405) }, "{method} {target}");
            }
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        let event = format!("/_lambent/v1/events/{ID}");
        for (target, status) in [
            ("/_lambent/v1/events/redrive/".to_owned(), 400),
            ("/_lambent/v1/events/x".to_owned(), 400),
            (format!("{event}/"), 404),
            (format!("{event}/else"), 404),
            (format!("{event}?waitSeconds=61"), 400),
            (format!("{event}?waitseconds=1"), 400),
            (format!("{event}/payload?x"), 400),
            ("/_lambent/v1/events?acceptedfrom=1".to_owned(), 400),
            ("/_lambent/v1/functions/f".to_owned(), 404),
            ("/_lambent/v1/functions/f/else".to_owned(), 404),
            ("/_lambent/v1/functions/f!/events".to_owned(), 400),
            ("/_lambent/v1/functions/f%/events".to_owned(), 400),
            ("/_lambent/v1/functions/f:1/events".to_owned(), 400),
            ("/_lambent/v1/functions/f:1/retry-policy".to_owned(), 400),
            (
                "/_lambent/v1/functions/arn:aws:lambda:eu-west-1:000000000000:function:f/events".to_owned(),
                404,
            ),
            ("/_lambent/v2/events".to_owned(), 404),
            ("/_lambent/v1".to_owned(), 404),
        ] {
            assert_eq!(asked("GET", &target).map(drop), Err(status), "{target}");
        }
        for target in ["f:1", "f?Qualifier=live", "arn%3Aaws:lambda:us-east-1:000000000000:function:f:live"] {
            let (name, query) = target.split_once('?').unwrap_or((target, ""));
            assert!(
                asked("POST", &format!("/_lambent/v1/functions/{name}/events?{query}")).is_ok(),
                "{target}"
            );
        }
        assert_eq!(asked("POST", "/_lambent/v1/functions/f/events?qualifier=live"), Err(400));
    }
}
