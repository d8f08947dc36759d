//! MeshPilot's server: one board per project, reached over REST, MCP and the command line.
//!
//! `ARCHITECTURE.md` at the top of the repository is the map. Modules depend on each other in one direction only:
//! `model ← store ← ops ← api ← transport ← main`.

pub mod access;
pub mod api;
pub mod env;
pub mod error;
pub mod limits;
pub mod model;
pub mod ops;
pub mod store;
