//! The harness of the black-box tests: it starts the built programs, talks to them as their users do and looks at what
//! they left on disk. It shares no code with them.

pub mod cli;
pub mod ledger;
pub mod mcp;
pub mod program;
pub mod proxy;
pub mod rest;
pub mod server;
pub mod sse;
pub mod tools;
pub mod wait;
#[cfg(target_os = "linux")]
pub mod webdriver;
pub mod wire;

pub use self::mcp::Mcp;
pub use self::rest::{Answer, Rest};
pub use self::server::{Place, Server};
pub use self::wait::{PATIENCE, Patience, eventually, within};
