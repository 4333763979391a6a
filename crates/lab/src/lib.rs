//! Starts the workspace's programs, waits for what they print, presses Ctrl+C, and tells how they ended.
//!
//! For tests and experiments only: no program of the lessons depends on it. Nothing here sleeps: it waits for a line or
//! for an end. Where that does not come, or anything else is wrong, it panics, with all that was printed
//! so far: that is how a test fails.
//!
//! ```no_run
//! use lab::{Running, program};
//!
//! let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
//! let client = lab::run(program("tcp-client").arg(server.address().to_string()));
//! assert!(client.status.success(), "{client}");
//! assert!(client.stdout.starts_with("Welcome!\n"));
//!
//! server.wait_for("closed.");
//! # #[cfg(unix)]
//! server.ctrl_c();
//! assert!(server.finish().status.success());
//! ```

#![warn(rustdoc::broken_intra_doc_links)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate
)]

mod build;
pub mod claim;
mod client;
mod datagram;
mod folder;
pub mod interval;
pub mod nobody;
pub mod packet;
mod python;
mod running;
mod server;
mod talk;

pub use build::{example, program};
pub use claim::{Claim, outcome};
pub use client::{connect, connection, welcomed};
pub use datagram::{receive_from, udp_socket};
pub use folder::Folder;
pub use python::python;
pub use running::{Ended, PATIENCE, Running, run};
#[cfg(unix)]
pub use rustix::process::Signal;
pub use server::Server;
pub use talk::Talk;
