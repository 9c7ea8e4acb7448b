//! The tables and properties of the policy engine.

mod matrix;
mod parsing;
mod permissions;
mod properties;
mod unjudged;
