//! Tasks: what agents live from.

pub mod claim;
pub mod create;
pub mod explain;
pub mod life;
pub mod read;
pub mod remove;
pub mod review;
pub mod update;
pub mod work;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::task::Task;

/// One task.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TaskOutput {
    /// The task.
    pub task: Task,
}
