//! What a request is about, in the one form that it is judged by.
//!
//! Callers may write an ARN in several ways that mean the same here: with another partition, with a qualifier beside it,
//! with parts left out. A subject is made only by the parsers that the handlers use, and printed from what they found, so
//! no way of writing a thing has it judged as something else than what is acted on.

use std::fmt;
use std::sync::Arc;

use lambent_domain::arn::{AccountId, FunctionArn, Region};
use lambent_domain::function::{Function, Scope};
use lambent_domain::layer::{Layer, LayerArn};
use lambent_domain::policy::Policy;
use lambent_store::resources::Resources;

use crate::naming::Identity;

/// Longest ARN that is looked at; no resource here has a longer one.
const ARN_BYTES_MAX: usize = 2_048;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A function, or a version or alias of it.
    Function(FunctionArn),
    /// A layer, or a version of it.
    Layer(LayerArn),
    /// By its ARN: something that has no policy of its own.
    Other(String),
    /// `*`: nothing in particular, or what cannot be said.
    Anything,
}

impl Subject {
    /// What has the given ARN of Lambda's and is neither a function nor a layer to whoever acts on it.
    pub(crate) fn other(text: &str) -> Option<Self> {
        let (_, behind) = text.strip_prefix("arn:")?.split_once(':')?;
        let mut fields = behind.splitn(4, ':');
        let (service, region, account, rest) =
            (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        if service != "lambda" || rest.is_empty() || text.len() > ARN_BYTES_MAX {
            return None;
        }
        let (region, account) = (Region::new(region).ok()?, AccountId::new(account).ok()?);
        // Whatever the partition is called, it is this server.
        Some(Self::Other(format!("arn:aws:lambda:{region}:{account}:{rest}")))
    }

    /// The resource, if it is here and of a kind that has policies.
    pub(super) fn find(&self, identity: &Identity, resources: &Resources) -> Option<Found> {
        let is_here =
            |region: &Region, account: &AccountId| *region == identity.region && *account == identity.account;
        match self {
            Self::Function(arn) if is_here(&arn.region, &arn.account) => {
                let function = resources.functions.find(arn.name.as_str())?;
                Some(Found::Function(function, Scope(arn.qualifier.clone())))
            }
            Self::Layer(arn) if is_here(&arn.region, &arn.account) => {
                Some(Found::Layer(resources.layers.find(arn.name.as_str())?, arn.version?))
            }
            Self::Function(_) | Self::Layer(_) | Self::Other(_) | Self::Anything => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(arn) => arn.fmt(out),
            Self::Layer(arn) => arn.fmt(out),
            Self::Other(arn) => out.write_str(arn),
            Self::Anything => out.write_str("*"),
        }
    }
}

/// A resource that may have a policy.
#[derive(Debug)]
pub(super) enum Found {
    Function(Arc<Function>, Scope),
    Layer(Arc<Layer>, u64),
}

impl Found {
    pub(super) fn policy(&self) -> Option<&Policy> {
        let attached = match self {
            Self::Function(function, scope) => function.policies.get(scope)?,
            Self::Layer(layer, version) => layer.policies.get(version)?,
        };
        Some(&attached.policy)
    }

    /// The resource's tags as keys and values; layers have none.
    pub(super) fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        let tags = match self {
            Self::Function(function, _) => Some(&function.tags),
            Self::Layer(..) => None,
        };
        tags.into_iter().flatten().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}
