//! Who asks.

use std::borrow::Cow;

use crate::arn::AccountId;

/// Who made a request, once its signature is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Nobody in particular: an unsigned request.
    Anonymous,
    /// The owner of an account, whom no identity policy restricts.
    Root {
        /// The account.
        account: AccountId,
    },
    /// The owner of an access key.
    User {
        /// `arn:aws:iam::<account>:user/<name>`.
        arn: String,
        /// The bare name.
        name: String,
        /// What `aws:userid` says.
        user_id: String,
        /// Whose user this is.
        account: AccountId,
    },
    /// A function, by the credentials of its role.
    AssumedRole {
        /// `arn:aws:iam::<account>:role/<name>`.
        role_arn: String,
        /// `arn:aws:sts::<account>:assumed-role/<role>/<session>`.
        session_arn: String,
        /// What `aws:userid` says: the role's id, a colon and the session.
        user_id: String,
        /// Whose role this is.
        account: AccountId,
    },
    /// A service, such as `s3.amazonaws.com`.
    Service {
        /// Its name.
        name: String,
    },
}

impl Principal {
    /// Whose principal this is; services and strangers are nobody's.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Root { account } | Self::User { account, .. } | Self::AssumedRole { account, .. } => {
                Some(account)
            }
            Self::Anonymous | Self::Service { .. } => None,
        }
    }

    /// What AWS calls it in a message: an ARN, a service's name, or `anonymous`.
    #[must_use]
    pub fn arn(&self) -> Cow<'_, str> {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::Root { account } => format!("arn:aws:iam::{account}:root").into(),
            Self::User { arn, .. } => arn.into(),
            Self::AssumedRole { session_arn, .. } => session_arn.into(),
            Self::Service { name } => name.into(),
        }
    }

    /// The value of `aws:PrincipalType`.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "Anonymous",
            Self::Root { .. } => "Account",
            Self::User { .. } => "User",
            Self::AssumedRole { .. } => "AssumedRole",
            Self::Service { .. } => "AWSService",
        }
    }
}
