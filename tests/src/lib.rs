//! What the suites share: starting the real binary on a free port and a temporary directory.
