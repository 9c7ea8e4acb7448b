// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

pub mod constraints;
pub mod operations;
pub mod shapes;
