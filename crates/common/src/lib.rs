//! What the five programs share, and the tutorial leaves out: addresses and times as people type them,
//! Ctrl+C, bytes that are safe to show, and how a program fails.
//!
//! The socket calls that the tutorial teaches are not here: they stay in the programs.

#![warn(rustdoc::broken_intra_doc_links)]

mod address;
mod example;
mod output;
mod report;
mod seconds;
mod stop;
mod warnings;

pub use address::{Address, destination, name, warn_of_ports};
pub use example::run_example;
pub use output::{print_line, print_or_warn, printable};
pub use report::{Peer, advise, exit_status, output_error};
pub use seconds::{seconds, timeout};
pub use stop::{Stop, reachable, wake_accept, wake_recv};
pub use warnings::start_log;
