//! MeshPilot's server: one board per project, reached over REST, MCP and the command line.
//!
//! `ARCHITECTURE.md` at the top of the repository is the map. Modules depend on each other in one direction only:
//! `model ← store ← ops ← api ← transport ← main`.

pub mod access;
pub mod api;
pub mod background;
pub mod cli;
pub mod client;
pub mod clients;
pub mod config;
pub mod demo;
pub mod env;
pub mod error;
pub mod lifeline;
pub mod limits;
pub mod model;
pub mod ops;
pub mod serve;
pub mod store;
pub mod transport;
pub mod wire;
