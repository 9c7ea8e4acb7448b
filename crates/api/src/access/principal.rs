//! Who a caller is, in AWS's words.

use lambent_domain::arn::AccountId;
use lambent_domain::policy::Principal;
use lambent_store::access::{AccessKeyId, KeyName, RoleName};

/// The user that an access key stands for: `arn:aws:iam::<account>:user/<key's name>`.
pub(super) fn user(id: &AccessKeyId, name: &KeyName, account: &AccountId) -> Principal {
    Principal::User {
        arn: format!("arn:aws:iam::{account}:user/{name}"),
        name: name.to_string(),
        // AWS has an id of its own for each user; here a user is a key.
        user_id: id.to_string(),
        account: account.clone(),
    }
}

/// A function in its role: `arn:aws:sts::<account>:assumed-role/<role>/<function>`. A role that cannot be one of
/// this account is none that anybody could give rights to.
pub(super) fn function(
    role: Option<&RoleName>,
    role_arn: &str,
    function_arn: &str,
    account: &AccountId,
) -> Principal {
    let role = role.map_or("-", RoleName::as_str);
    let name = function_arn.split(':').nth(6).unwrap_or_default();
    Principal::AssumedRole {
        role_arn: role_arn.to_owned(),
        session_arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        user_id: format!("{role}:{name}"),
        account: account.clone(),
    }
}
