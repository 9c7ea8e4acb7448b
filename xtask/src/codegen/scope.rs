//! What is generated: the services, and the operations whose members get structs and checks.
//!
//! An issue that adds a handler adds its operation here and runs `cargo xtask codegen`.

/// One AWS service as Lambent sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// The folder below `generated`.
    pub(crate) folder: &'static str,
    /// The folder of the model below `botocore/data`.
    pub(crate) model: &'static str,
    /// Operations whose request and response structs are written.
    pub(crate) typed: &'static [&'static str],
    /// Operations of which only the members' constraints are written: their requests are read by hand.
    pub(crate) constrained: &'static [&'static str],
    /// Whether requests are routed by method and path (`rest-json`) rather than by a target header (`json`).
    pub(crate) routed: bool,
    /// Whether the model gives the errors their statuses and message keys.
    pub(crate) errors: bool,
}

pub(crate) const SERVICES: &[Service] = &[
    Service {
        folder: "lambda",
        model: "lambda/2015-03-31",
        typed: &[
            "CreateFunction",
            "DeleteFunction",
            "GetFunction",
            "GetFunctionConfiguration",
            "ListFunctions",
            "UpdateFunctionCode",
            "UpdateFunctionConfiguration",
        ],
        constrained: &["Invoke", "InvokeAsync"],
        routed: true,
        errors: true,
    },
    Service {
        folder: "logs",
        model: "logs/2014-03-28",
        typed: &["DescribeLogGroups", "DescribeLogStreams", "FilterLogEvents", "GetLogEvents"],
        constrained: &[],
        routed: false,
        errors: false,
    },
];
