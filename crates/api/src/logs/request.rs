//! A request as it was read, once: what is judged is what is answered.

use lambent_engine::logs::LogStore;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::target::group_name;
use super::{Owner, events, filter_events, groups, streams};
use crate::generated::logs::operations::Operation;
use crate::generated::logs::shapes::{
    DescribeLogGroupsRequest, DescribeLogStreamsRequest, FilterLogEventsRequest, GetLogEventsRequest,
};
use crate::model::{Check, Violations};

#[derive(Debug)]
pub(super) enum Request {
    Groups(DescribeLogGroupsRequest),
    Streams(DescribeLogStreamsRequest),
    Events(GetLogEventsRequest),
    Filter(FilterLogEventsRequest),
    /// Of an operation that is not implemented.
    Other(Operation),
}

/// What a request reads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Extent<'a> {
    /// One stream of a group, or with an empty name any of its streams.
    Streams {
        group: &'a str,
        stream: &'a str,
    },
    /// The list of groups.
    Groups,
    Nothing,
}

impl Request {
    /// Reads a body as its operation's own request.
    pub(super) fn read(operation: Operation, body: &[u8]) -> Result<Self, Failure> {
        match operation {
            Operation::DescribeLogGroups => read(body).map(Self::Groups),
            Operation::DescribeLogStreams => read(body).map(Self::Streams),
            Operation::GetLogEvents => read(body).map(Self::Events),
            Operation::FilterLogEvents => read(body).map(Self::Filter),
            other => Ok(Self::Other(other)),
        }
    }

    /// A stream counts only where the operation reads no other.
    pub(super) fn extent(&self, owner: &Owner) -> Result<Extent<'_>, Failure> {
        let (name, identifier, stream) = match self {
            Self::Groups(_) => return Ok(Extent::Groups),
            Self::Other(_) => return Ok(Extent::Nothing),
            Self::Streams(request) => (&request.log_group_name, &request.log_group_identifier, None),
            Self::Filter(request) => (&request.log_group_name, &request.log_group_identifier, None),
            Self::Events(request) => {
                (&request.log_group_name, &request.log_group_identifier, request.log_stream_name.as_deref())
            }
        };
        let group = group_name(owner, name.as_deref(), identifier.as_deref())?;
        Ok(Extent::Streams { group, stream: stream.unwrap_or_default() })
    }

    pub(super) fn answer(&self, store: &LogStore, owner: &Owner) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Groups(request) => written(&groups::describe(store, owner, request)?),
            Self::Streams(request) => written(&streams::describe(store, owner, request)?),
            Self::Events(request) => written(&events::get(store, owner, request)?),
            Self::Filter(request) => written(&filter_events::filter(store, owner, request)?),
            Self::Other(operation) => Err(Failure::not_implemented(operation.name())),
        }
    }
}

/// The request, held against the service model's constraints.
fn read<T: DeserializeOwned + Default + Check>(body: &[u8]) -> Result<T, Failure> {
    let request: T = if body.is_empty() {
        T::default()
    } else {
        serde_json::from_slice(body).map_err(|_| Failure::not_json())?
    };
    let mut found = Violations::default();
    request.check(&mut found);
    found.into_message().map_or(Ok(request), |message| Err(Failure::invalid_parameter(message)))
}

fn written<T: Serialize>(response: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(response).map_err(|error| Failure::internal(&error))
}
