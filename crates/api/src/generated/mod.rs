// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

pub mod lambda;
pub mod logs;
