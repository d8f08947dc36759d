//! What things are and the rules they keep by themselves: no SQL, no HTTP, no clock, no async.

pub mod glob;
pub mod ids;
pub mod settings;
pub mod task;
pub mod text;
pub mod things;
pub mod time;
