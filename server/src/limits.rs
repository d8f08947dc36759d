//! Every limit of the server in one place. Text limits count characters (Unicode scalar values), not bytes.

use std::time::Duration;

/// Longest title of a task.
pub const TITLE: usize = 500;
/// Longest description of a task.
pub const DESCRIPTION: usize = 32_000;
/// Longest result of a task.
pub const RESULT: usize = 32_000;
/// Longest reason of a reject.
pub const REJECT_REASON: usize = 4_000;
/// Longest reason of a release, a block or a cancellation.
pub const REASON: usize = 2_000;
/// Longest progress note.
pub const NOTE: usize = 500;
/// Longest comment on a task.
pub const COMMENT: usize = 8_000;
/// Longest chat message.
pub const CHAT: usize = 2_000;
/// Longest name: agent, role, label, type, group.
pub const NAME: usize = 100;
/// Most labels of a task, and tags of a piece of knowledge.
pub const LABELS: usize = 50;
/// Tasks whose titles a new task's title is compared with: the newest that share its longest word.
pub const SIMILAR_CANDIDATES: i64 = 30;
/// Most files (paths or globs) of a task.
pub const FILES: usize = 200;
/// Most paths of one `acquire_locks`.
pub const LOCK_PATHS: usize = 100;
/// Longest path or glob.
pub const PATH: usize = 1_000;
/// Most dependencies of a task.
pub const DEPENDENCIES: usize = 100;
/// Longest key of a piece of knowledge.
pub const KNOWLEDGE_KEY: usize = 255;
/// Longest text of a piece of knowledge.
pub const KNOWLEDGE_TEXT: usize = 65_536;
/// Versions kept of a piece of knowledge.
pub const KNOWLEDGE_VERSIONS: i64 = 50;
/// Longest name of a project event.
pub const EVENT_NAME: usize = 100;
/// Largest payload of a project event, as compact JSON, in bytes.
pub const PAYLOAD_BYTES: usize = 65_536;
/// Longest full-text query.
pub const QUERY: usize = 500;
/// Longest `requestId`.
pub const REQUEST_ID: usize = 100;
/// How long a `requestId` gives its first answer again.
pub const REQUEST_ID_KEPT: Duration = Duration::from_secs(7 * 86_400);
/// Most tokens that one report of cost can tell.
pub const TOKENS: u64 = 1_000_000_000_000;
/// Most US dollars that one report of cost can tell.
pub const COST_USD: f64 = 1_000_000.0;
/// Most updates of one `bulk_update_tasks`.
pub const BULK: usize = 500;
/// Longest wait of a held call, in seconds.
pub const WAIT_SECONDS: u64 = 600;
/// Shortest lease, in seconds.
pub const LEASE_SECONDS_MIN: u64 = 30;
/// Longest lease, in seconds.
pub const LEASE_SECONDS_MAX: u64 = 86_400;
/// Default page of a list over REST.
pub const PAGE: u64 = 50;
/// Default page of a list over MCP, where every row costs tokens.
pub const PAGE_MCP: u64 = 20;
/// Largest page of a list.
pub const PAGE_MAX: u64 = 200;
/// How long a deleted task can be restored.
pub const RESTORE_WINDOW: Duration = Duration::from_secs(30 * 86_400);
/// A lease with less than this left is worth a notice.
pub const LEASE_NOTICE: Duration = Duration::from_secs(90);
/// Finished cards of each kind in a board snapshot; older ones come by `list_tasks`.
pub const SNAPSHOT_FINISHED: i64 = 200;
/// Chat messages in a board snapshot.
pub const SNAPSHOT_CHAT: i64 = 50;

/// Largest request body, in bytes.
pub const BODY_BYTES: usize = 12 * 1024 * 1024;
/// Largest body of the one route that reads one from a caller without a key, in bytes.
pub const CODE_BODY_BYTES: usize = 4 * 1024;
/// Largest head of a request, in bytes.
pub const HEAD_BYTES: usize = 64 * 1024;
/// A client that does not finish its request head in this time is cut off.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// A client that does not finish its request body in this time is cut off.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Failed authentications per minute and address before `RATE_LIMITED`.
pub const AUTH_FAILURES_PER_MINUTE: u32 = 60;
/// How long a one-time code opens the board.
pub const BOARD_CODE: Duration = Duration::from_secs(60);
/// How long a browser's token is good.
pub const BOARD_TOKEN: Duration = Duration::from_secs(30 * 86_400);

/// Commands that may wait for the writer; one more is refused with `OVERLOADED`.
pub const WRITE_QUEUE: usize = 4_096;
/// Commands of one commit.
pub const BATCH: usize = 64;
/// Reads that may wait for a reader; one more is refused with `OVERLOADED`.
pub const READ_QUEUE: usize = 4_096;
/// Connections (and threads) that read.
pub const READERS: u32 = 4;
/// A read that takes longer is interrupted, so that it cannot hold back the checkpoint.
pub const READ_TIME: Duration = Duration::from_secs(2);
/// The writer checkpoints when the write-ahead log has grown to this many pages (4 KiB each).
pub const CHECKPOINT_PAGES: i32 = 4_096;
/// Live events kept in memory for streams; an older position is read from the database.
pub const RING: usize = 8_192;
/// Events of one thing that are shown: the newest.
pub const HISTORY: i64 = 1_000;
/// How far back wait_for looks for events: a look is part of a write, so it must stay short.
pub const WAIT_BACK: i64 = 50_000;
/// Events read at once when a stream catches up from the database.
pub const CATCH_UP: i64 = 500;
/// Bytes a stream may have pending before its reader counts as too slow.
pub const STREAM_BUFFER_FRAMES: usize = 256;
/// A comment on an idle stream this often, so that both ends notice a dead connection.
pub const STREAM_KEEPALIVE: Duration = Duration::from_secs(15);
/// How often leases and locks are looked at.
pub const TICK: Duration = Duration::from_millis(500);
/// A gap between two looks of more than this means that the machine slept: leases get their full time again.
pub const SLEPT: Duration = Duration::from_secs(10);
/// MCP sessions of one key in memory; the project's key is shared by all its agents.
pub const SESSIONS_LIVE_PER_KEY: usize = 256;
/// MCP sessions kept per key.
pub const SESSIONS_PER_KEY: i64 = 500;
