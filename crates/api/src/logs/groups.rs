//! DescribeLogGroups.

use lambent_engine::logs::{GroupPage, GroupSummary, LogStore, NameMatch};

use super::failure::Failure;
use super::{Owner, page_limit, page_token, target, wire_millis};
use crate::generated::logs::shapes::{DescribeLogGroupsRequest, DescribeLogGroupsResponse, LogGroup};

const PAGE_DEFAULT: usize = 50;

pub(super) fn describe(
    store: &LogStore,
    owner: &Owner,
    request: &DescribeLogGroupsRequest,
) -> Result<DescribeLogGroupsResponse, Failure> {
    let prefix = request.log_group_name_prefix.as_deref();
    let pattern = request.log_group_name_pattern.as_deref().filter(|pattern| !pattern.is_empty());
    let names = match (prefix, pattern) {
        (Some(_), Some(_)) => {
            return Err(Failure::invalid_parameter(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
            ));
        }
        (Some(prefix), None) => NameMatch::Prefix(prefix),
        (None, Some(pattern)) => NameMatch::Containing(pattern),
        (None, None) => NameMatch::All,
    };
    let after = request.next_token.as_deref().map(page_token::name).transpose()?;
    let limit = page_limit(request.limit, PAGE_DEFAULT);
    let page = match (&request.log_group_identifiers, request.log_group_class.as_deref()) {
        // All groups here are of the standard class.
        (_, Some(class)) if class != "STANDARD" => GroupPage { groups: Vec::new(), more: false },
        (Some(identifiers), _) => GroupPage { groups: identified(store, owner, identifiers), more: false },
        (None, _) => store.groups(names, after.as_deref(), limit),
    };
    let next = page.groups.last().filter(|_| page.more);
    Ok(DescribeLogGroupsResponse {
        next_token: next.map(|last| page_token::of_name(&last.name)),
        log_groups: Some(
            page.groups.iter().map(|group| described(owner, group, pattern.is_some())).collect(),
        ),
    })
}

/// The groups asked for one by one; those that do not exist are left out. The model allows fifty.
fn identified(store: &LogStore, owner: &Owner, identifiers: &[String]) -> Vec<GroupSummary> {
    let names = identifiers.iter().filter_map(|identifier| target::identified(owner, identifier));
    names.filter_map(|name| store.group_summary(name)).collect()
}

/// A search by pattern answers with fewer members (recorded).
fn described(owner: &Owner, group: &GroupSummary, brief: bool) -> LogGroup {
    let arn = target::group_arn(owner, &group.name);
    LogGroup {
        log_group_name: Some(group.name.to_string()),
        creation_time: Some(wire_millis(group.created)),
        metric_filter_count: Some(0),
        arn: Some(format!("{arn}:*")),
        log_group_arn: Some(arn),
        log_group_class: Some("STANDARD".to_owned()),
        stored_bytes: (!brief).then(|| wire_millis(group.stored_bytes)),
        deletion_protection_enabled: (!brief).then_some(false),
        ..LogGroup::default()
    }
}
