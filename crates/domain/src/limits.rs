//! Sizes and bounds that decide an answer (facts: async-invocation §2, execution-environment §6).

/// Largest body of a synchronous Invoke, in bytes.
pub const SYNCHRONOUS_REQUEST_BYTES_MAX: usize = 6_291_456;
/// Largest body of an Invoke with invocation type `Event`, in bytes.
pub const EVENT_BYTES_MAX: usize = 1_048_576;
/// Largest body of InvokeAsync, in bytes.
pub const INVOKE_ASYNC_BYTES_MAX: usize = 262_144;
/// Largest response of a function: 6 MiB and 100 bytes.
pub const RESPONSE_BYTES_MAX: usize = 6_291_556;
/// Largest response of a function that is handed on as it comes, in bytes.
pub const STREAMED_RESPONSE_BYTES_MAX: u64 = 209_715_200;
/// Largest `X-Amz-Client-Context`, in bytes of base64.
pub const CLIENT_CONTEXT_BYTES_MAX: usize = 3_583;
/// Largest body of CreateFunction and UpdateFunctionCode, in bytes.
pub const CODE_REQUEST_BYTES_MAX: usize = 70_167_211;
/// Largest package, zipped, in bytes.
pub const ZIPPED_BYTES_MAX: usize = 52_428_800;
/// Largest package, unzipped, in bytes.
pub const UNZIPPED_BYTES_MAX: u64 = 262_144_000;
/// The tail of the log that `LogType: Tail` returns, in bytes before base64.
pub const LOG_TAIL_BYTES_MAX: usize = 4_096;
