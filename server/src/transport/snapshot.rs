//! The whole board at one position, for a page that opens.

use serde_json::{Map, Value, json};

use super::App;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::task::Status;
use crate::store::ReadTx;

/// The snapshot as JSON, and the position from which events go on.
///
/// # Errors
/// When the board can't be read.
pub fn take(db: &ReadTx<'_>, project: Value) -> Result<(i64, String)> {
    let (_, seq) = db.log_bounds()?;
    let mut counts: Map<String, Value> =
        Status::ALL.iter().map(|status| (status.to_string(), 0.into())).collect();
    for (status, count) in db.count_tasks()? {
        counts.insert(status.to_string(), count.into());
    }
    let beyond = |status: Status| {
        counts
            .get(status.as_str())
            .and_then(Value::as_i64)
            .is_some_and(|count| count > limits::SNAPSHOT_FINISHED)
    };
    let truncated = json!({"done": beyond(Status::Done), "failed": beyond(Status::Failed), "cancelled": beyond(Status::Cancelled)});
    let snapshot = json!({
        "seq": seq,
        "at": db.now(),
        "project": project,
        "tasks": db.board_tasks()?,
        "agents": db.agents()?,
        "chat": db.chat(None, None, u64::try_from(limits::SNAPSHOT_CHAT).unwrap_or(0))?,
        "settings": db.settings()?,
        "truncated": truncated,
        "counts": counts,
    });
    Ok((seq, serde_json::to_string(&snapshot).map_err(Error::internal)?))
}

/// What the page shows of the project.
#[must_use]
pub fn project(app: &App) -> Value {
    let folder =
        app.project.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let settings = app.context.access.settings();
    let name =
        if settings.project_name.is_empty() { folder } else { settings.project_name.clone() };
    json!({
        "name": name,
        "path": short(&app.project),
        "boardId": app.context.store.board(),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// A folder as people write it, with `~` for their own.
fn short(folder: &std::path::Path) -> String {
    let own = directories::BaseDirs::new()
        .and_then(|folders| folder.strip_prefix(folders.home_dir()).ok());
    match own {
        Some(below) => std::path::Path::new("~").join(below).to_string_lossy().into_owned(),
        None => folder.to_string_lossy().into_owned(),
    }
}
