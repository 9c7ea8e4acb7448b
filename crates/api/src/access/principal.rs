//! Who a caller is, in AWS's words.

use lambent_domain::arn::AccountId;
use lambent_store::access::{KeyName, RoleName};

/// A caller whose signature was right, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// `arn:aws:iam::<account>:user/<key's name>`, or `arn:aws:sts::<account>:assumed-role/<role>/<function>`.
    pub arn: String,
    pub account: AccountId,
    /// The ARN of the role that was assumed, which policies name too.
    pub role_arn: Option<String>,
    /// The ARN of the function that calls.
    pub function_arn: Option<String>,
}

impl Principal {
    /// The user that an access key stands for.
    #[must_use]
    pub fn user(name: &KeyName, account: &AccountId) -> Self {
        Self {
            arn: format!("arn:aws:iam::{}:user/{name}", account.as_str()),
            account: account.clone(),
            role_arn: None,
            function_arn: None,
        }
    }

    /// A function in its role. A role whose ARN has no name in it is none that anybody could give rights to.
    #[must_use]
    pub fn function(
        role: Option<&RoleName>,
        role_arn: &str,
        function_arn: &str,
        account: &AccountId,
    ) -> Self {
        let role = role.map_or("-", RoleName::as_str);
        let name = function_arn.split(':').nth(6).unwrap_or_default();
        Self {
            arn: format!("arn:aws:sts::{}:assumed-role/{role}/{name}", account.as_str()),
            account: account.clone(),
            role_arn: Some(role_arn.to_owned()),
            function_arn: Some(function_arn.to_owned()),
        }
    }
}
