//! How functions fail, and that they run again: what the caller sees, what the log shows and what becomes of the
//! environment, for Python, Node.js and a native Rust function alike.

#[cfg(test)]
mod asynchronous;
#[cfg(test)]
mod custom_runtime;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod function;
#[cfg(test)]
mod init;
#[cfg(test)]
mod log;
#[cfg(test)]
mod output;
