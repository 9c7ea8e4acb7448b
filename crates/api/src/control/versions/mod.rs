//! Versions are published and listed; [`super::functions::delete`] removes them.

mod list;
mod publish;

pub(crate) use list::list;
pub(crate) use publish::publish;

use super::{Call, functions};
