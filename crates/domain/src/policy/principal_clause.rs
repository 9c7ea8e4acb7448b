//! The `Principal` and `NotPrincipal` of a resource's policy.

use super::VALUES_MAX;
use super::json::Node;
use super::malformed::{Fault, quoted};
use super::principal::Principal;
use crate::arn::AccountId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PrincipalClause {
    pub(super) negated: bool,
    listed: Vec<Listed>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Listed {
    Everybody,
    /// An account, which stands for every principal it has.
    Account(Box<str>),
    Arn(Box<str>),
    Service(Box<str>),
    /// Identities that Lambent does not have: kept, and matched by nobody.
    Foreign,
}

/// How a statement reaches who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Through its account, whose identity policies then have the say.
    Account,
    /// By name, or as one of everybody.
    Direct,
}

impl PrincipalClause {
    pub(super) fn parse(node: &Node, negated: bool) -> Result<Self, Fault> {
        let listed = match node {
            Node::Text(text) if text == "*" => vec![Listed::Everybody],
            Node::Object(kinds) => {
                let mut listed = Vec::new();
                for (kind, names) in kinds {
                    for name in names.elements() {
                        let name = name.as_text().ok_or(Fault::Expected { expected: "a text" })?;
                        listed.push(Listed::parse(kind, name)?);
                    }
                }
                listed
            }
            Node::Text(text) => return Err(Fault::Principal(quoted(text))),
            _ => return Err(Fault::Expected { expected: "\"*\" or an object" }),
        };
        match listed.len() {
            0 => Err(Fault::Empty("principals")),
            1..=VALUES_MAX => Ok(Self { negated, listed }),
            _ => Err(Fault::TooMany { of: "principals", limit: VALUES_MAX }),
        }
    }

    /// Whether an `Allow` speaks of `who`. A negated one does if nothing that `who` is, is listed.
    pub(super) fn allows(&self, who: &Principal) -> Option<Reach> {
        let by_name = self.listed.iter().any(|listed| listed.names(who));
        let by_account = self.listed.iter().any(|listed| listed.is_account_of(who));
        match (self.negated, by_name, by_account) {
            (false, true, _) | (true, false, false) => Some(Reach::Direct),
            (false, false, true) => Some(Reach::Account),
            _ => None,
        }
    }

    /// Whether a `Deny` speaks of `who`. A negated one does unless everything that `who` is, is listed: AWS asks for a
    /// user and its account, and for a session, its role and its account.
    pub(super) fn denies(&self, who: &Principal) -> bool {
        if !self.negated {
            return self.allows(who).is_some();
        }
        let everybody = self.listed.contains(&Listed::Everybody);
        let account = who.account().is_none() || self.listed.iter().any(|listed| listed.is_account_of(who));
        let lists =
            |arn: &str| self.listed.iter().any(|listed| matches!(listed, Listed::Arn(own) if **own == *arn));
        let named = match who {
            Principal::Anonymous => false,
            Principal::Root { .. } => true,
            Principal::User { arn, .. } => lists(arn),
            Principal::AssumedRole { role_arn, session_arn, .. } => lists(role_arn) && lists(session_arn),
            Principal::Service { .. } => self.listed.iter().any(|listed| listed.names(who)),
        };
        !(everybody || (account && named))
    }
}

impl Listed {
    fn parse(kind: &str, name: &str) -> Result<Self, Fault> {
        let invalid = || Fault::Principal(quoted(name));
        match kind {
            "AWS" if name == "*" => Ok(Self::Everybody),
            "AWS" => {
                if AccountId::new(name).is_ok() {
                    return Ok(Self::Account(name.into()));
                }
                let account = account_and_name(name).ok_or_else(invalid)?;
                match account {
                    (account, "root") => Ok(Self::Account(account.into())),
                    // No part of an ARN may be left open here, only everybody.
                    (_, rest) if !rest.is_empty() && !name.contains(['*', '?']) => Ok(Self::Arn(name.into())),
                    _ => Err(invalid()),
                }
            }
            "Service" if name.contains('.') && !name.contains(['*', '?', ' ']) => {
                Ok(Self::Service(name.into()))
            }
            "Federated" | "CanonicalUser" if !name.is_empty() => Ok(Self::Foreign),
            "Service" | "Federated" | "CanonicalUser" => Err(invalid()),
            _ => Err(Fault::UnknownElement(quoted(kind))),
        }
    }

    /// Whether `who` is meant itself, and not only through its account.
    fn names(&self, who: &Principal) -> bool {
        match (self, who) {
            (Self::Everybody, _) => true,
            (Self::Account(own), Principal::Root { account }) => **own == *account.as_str(),
            (Self::Arn(own), Principal::User { arn, .. }) => **own == **arn,
            (Self::Arn(own), Principal::AssumedRole { role_arn, session_arn, .. }) => {
                **own == **role_arn || **own == **session_arn
            }
            (Self::Service(own), Principal::Service { name }) => own.eq_ignore_ascii_case(name),
            _ => false,
        }
    }

    fn is_account_of(&self, who: &Principal) -> bool {
        match (self, who.account()) {
            (Self::Everybody, _) => true,
            (Self::Account(own), Some(account)) => **own == *account.as_str(),
            _ => false,
        }
    }
}

/// The account and what follows it, of an ARN of IAM or of a session.
fn account_and_name(arn: &str) -> Option<(&str, &str)> {
    let mut fields = arn.splitn(6, ':');
    let (scheme, partition, service) = (fields.next()?, fields.next()?, fields.next()?);
    let (region, account, name) = (fields.next()?, fields.next()?, fields.next()?);
    let ours = scheme == "arn"
        && partition.starts_with("aws")
        && matches!(service, "iam" | "sts")
        && region.is_empty();
    (ours && AccountId::new(account).is_ok()).then_some((account, name))
}
