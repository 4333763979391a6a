//! The claims of docs/claims.md, each put to the test.
//!
//! To read the answer to one of them: `cargo test -q -p lab --test claims claim_49 -- --nocapture`
//!
//! How such a test is written stands in [`lab::claim`].

#![allow(clippy::expect_used, clippy::unwrap_used)] // in the helpers of tests, as in tests

mod http;
mod ports;
mod sockets;
mod tcp;
mod udp;
