//! Where a project's data and the person's key live on this machine.
//!
//! The server, its command line and the desktop app share these rules and nothing else:
//!
//! - [`ProjectHome`] names the files of one project below the data root.
//! - [`private`] writes files that only their owner may read, whole or not at all.
//! - [`KeyText`] is the text of a key, and [`key_hash`] the only form of it that is stored.
//! - [`person_key`] keeps the person's own key in the system's keyring, or in a private file.
//! - [`write_project_config`] writes the `.meshpilot/mcp.json` that agents connect with.
//!
//! Everything blocks; a caller on an async executor moves it to a blocking thread.

mod config;
mod error;
mod key;
mod person;
pub mod private;
mod project;
mod store;

pub use config::{ProjectConfig, read_project_config, write_project_config};
pub use error::{Error, Result};
pub use key::{KeyText, key_hash, key_id, new_key};
pub use person::{PersonKey, forget_person_key, load_person_key, person_key, replace_person_key};
pub use project::{DATA_DIR_VARIABLE, ProjectHome, data_root};
pub use store::{KEY_STORE_VARIABLE, KeyStore};
