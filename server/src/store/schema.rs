//! Opening the database: settings of every connection, migrations, and the checks before anything is trusted.

use std::ffi::c_int;
use std::path::Path;

use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::writer::end_on_io_error;
use crate::error::Result;
use crate::limits;

/// Marks the file as ours ("Mesh").
const APPLICATION_ID: i64 = 0x4d65_7368;

/// The oldest SQLite without the write-ahead-log reset bug (fixed in 3.51.3).
const OLDEST_SQLITE: i32 = 3_051_003;

/// Forward only, each in one transaction; the position in this list is the schema's version.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_board.sql"),
    include_str!("../../migrations/0002_scale.sql"),
];

/// The URI of the database, with the VFS that keeps every other process out of the file.
pub(super) fn uri(path: &Path) -> String {
    let text = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    if cfg!(unix) { format!("file:{text}?vfs=unix-excl") } else { format!("file:{text}") }
}

/// Flags of a connection that reads.
pub(super) fn reading() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn writing() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// What holds for every connection. The reasons stand in `docs/sqlite.md`.
pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA busy_timeout = 5000;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA mmap_size = 0;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -6000;",
    )?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// Opens the one connection that writes, and brings the schema up to date.
///
/// # Errors
/// When the file is not ours, is newer than this program, or can't be opened or migrated.
pub(super) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    let version = rusqlite::version_number();
    if version < OLDEST_SQLITE {
        return Err(OpenError::OldSqlite(version));
    }
    create_private(path)?;
    let mut connection = Connection::open_with_flags(uri(path), writing())?;
    configure(&connection)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(OpenError::NoWal(mode));
    }
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;",
    )?;
    connection.pragma_update(None, "journal_size_limit", 67_108_864)?;
    connection.wal_hook(Some(checkpoint));
    migrate(&mut connection)?;
    Ok(connection)
}

/// Only the writer's commits checkpoint: rarely, and while nobody else can. SQLite's own hook would pass over a failed
/// fsync, and the next checkpoint would call the pages written that the kernel has dropped.
fn checkpoint(wal: &Wal, pages: c_int) -> rusqlite::Result<()> {
    if pages >= limits::CHECKPOINT_PAGES
        && let Err(error) = wal.checkpoint()
    {
        end_on_io_error(&error);
        // The commit itself is on disk; a checkpoint that found readers or a full disk in its way comes again.
        tracing::debug!(%error, "the log could not be moved into the database; the next commit tries again");
    }
    Ok(())
}

/// A new database is its owner's alone; SQLite gives its write-ahead log the same mode. This is the only other open of
/// the file by this process, before SQLite's: any later one would, when closed, drop SQLite's locks on it.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let version: usize = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let owner: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let empty: bool =
        connection
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))?;
    if !empty && owner != APPLICATION_ID {
        return Err(OpenError::Foreign);
    }
    if version > MIGRATIONS.len() {
        return Err(OpenError::Newer { found: version, known: MIGRATIONS.len() });
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", index + 1)?;
        transaction.commit()?;
        tracing::info!(schema = index + 1, "migrated the database");
    }
    Ok(())
}

/// Why a board could not be opened. Nothing is moved, renamed or repaired: the person decides.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite refused.
    #[error("the database can't be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The pool of readers could not be filled.
    #[error("the database can't be read: {0}")]
    Pool(#[from] r2d2::Error),
    /// The linked SQLite can corrupt a write-ahead log.
    #[error("SQLite {0} is too old; 3.51.3 or later is needed")]
    OldSqlite(i32),
    /// The file system has no write-ahead log.
    #[error(
        "the database can't use a write-ahead log here (mode `{0}`): put it on a local disk with --data-dir"
    )]
    NoWal(String),
    /// The file belongs to another program.
    #[error("the file is no MeshPilot database")]
    Foreign,
    /// A newer MeshPilot wrote it.
    #[error(
        "the database has schema {found}, this MeshPilot knows {known}: use the newer MeshPilot"
    )]
    Newer {
        /// The version found.
        found: usize,
        /// The newest version known.
        known: usize,
    },
    /// The system refused a file or a thread.
    #[error("the system refuses: {0}")]
    System(#[from] std::io::Error),
    /// What was read makes no sense.
    #[error("{0}")]
    Content(String),
}

impl From<crate::error::Error> for OpenError {
    fn from(error: crate::error::Error) -> Self {
        Self::Content(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("board.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
        assert!(matches!(open_writer(&path), Err(OpenError::Foreign)));
    }

    #[test]
    fn a_board_of_the_first_schema_is_brought_up_to_date_with_its_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("board.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        let add = |connection: &Connection, status: &str| {
            let sql = "INSERT INTO tasks (title, description, status, type, priority, created_by, files_owned, labels, depends_on,
                requires_review, fallback, version, created_at, updated_at, warnings, fingerprint)
                VALUES ('t', '', ?, 'task', 1, 'a', '[]', '[]', '[]', 0, '[]', 1, 0, 0, '[]', 't')";
            connection.execute(sql, [status]).unwrap();
        };
        ["todo", "todo", "done"].iter().for_each(|status| add(&old, status));
        drop(old);
        let new = open_writer(&path).unwrap();
        add(&new, "todo");
        new.execute_batch(
            "UPDATE tasks SET status = 'done' WHERE id = 1; UPDATE tasks SET deleted_at = 5 WHERE id = 2;
             UPDATE tasks SET deleted_at = 6, status = 'failed' WHERE id = 2; UPDATE tasks SET title = 'u';",
        )
        .unwrap();
        let counted = "SELECT group_concat(status || ' ' || n, ', ') FROM (SELECT status, count(*) AS n FROM tasks
            WHERE deleted_at IS NULL GROUP BY status ORDER BY status)";
        let kept = "SELECT group_concat(status || ' ' || count, ', ') FROM (SELECT * FROM task_counts WHERE count <> 0 ORDER BY status)";
        let ask = |sql: &str| new.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(ask(kept), "done 2, todo 1");
        assert_eq!(ask(kept), ask(counted));
        new.execute_batch("UPDATE tasks SET deleted_at = NULL WHERE id = 2").unwrap();
        assert_eq!(ask(kept), ask(counted));
    }
}
