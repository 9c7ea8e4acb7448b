//! Which log group a request is about: by its name, or by an identifier that is a name or an ARN.

use super::Owner;
use super::failure::Failure;

pub(super) fn group_name<'a>(
    owner: &Owner,
    name: Option<&'a str>,
    identifier: Option<&'a str>,
) -> Result<&'a str, Failure> {
    match (name, identifier) {
        (Some(_), Some(_)) => {
            Err(Failure::validation("LogGroup name and LogGroup ARN are mutually exclusive parameters."))
        }
        (Some(name), None) => Ok(name),
        (None, Some(identifier)) => identified(owner, identifier).ok_or_else(Failure::no_group),
        (None, None) => Err(Failure::validation("Either LogGroup name or LogGroup ARN must be given.")),
    }
}

/// The name in an identifier; `None` if it is an ARN of somebody else's group.
pub(super) fn identified<'a>(owner: &Owner, identifier: &'a str) -> Option<&'a str> {
    if !identifier.starts_with("arn:") {
        return Some(identifier);
    }
    let mut parts = identifier.splitn(7, ':').skip(1);
    let (partition, service, region) = (parts.next()?, parts.next()?, parts.next()?);
    let (account, kind, name) = (parts.next()?, parts.next()?, parts.next()?);
    let ours = partition == "aws" && region == owner.region && account == owner.account;
    (ours && service == "logs" && kind == "log-group").then_some(name)
}

pub(super) fn group_arn(owner: &Owner, name: &str) -> String {
    format!("arn:aws:logs:{}:{}:log-group:{name}", owner.region, owner.account)
}
