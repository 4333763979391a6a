//! The parts of `http-fetch` that the tutorial leaves out. None of them touches a socket: every socket
//! call stands in main.rs, and in the examples.

mod head;
mod response;
pub mod save;
pub mod status;
pub mod timeout;
mod url;

pub use head::Head;
pub use response::Response;
pub use url::{PRACTISE, Url};
