//! `cargo xtask codegen [--check]`: the wire types, written from AWS's published service model.

use crate::failure::Failure;

/// Writes the generated files; with `--check` compares them with the committed ones instead.
pub(crate) fn run(_args: &[String]) -> Result<(), Failure> {
    Err(Failure::new("the generator is not written yet"))
}
