//! The one error type: a stable code, its status, a sentence for people and a hint that says what to do next.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The result of everything a client can ask for.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $text:literal, $status:literal, $retry:literal, $hint:literal;)*) => {
        /// What kind of refusal or fault it is. Clients match on this, never on the text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
        pub enum Code { $($(#[doc = $doc])* #[serde(rename = $text)] $variant,)* }

        impl Code {
            /// All codes, in the order the documentation shows them.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];
            /// The code as clients see it.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Code::$variant => $text,)* } }
            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Code::$variant => $status,)* } }
            /// Whether the same call may succeed later without a change.
            #[must_use]
            pub const fn retryable(self) -> bool { match self { $(Code::$variant => $retry,)* } }
            /// What to do next, when the error itself has nothing more precise to say.
            #[must_use]
            pub const fn hint(self) -> &'static str { match self { $(Code::$variant => $hint,)* } }
            /// What it means, for the documentation.
            #[must_use]
            pub const fn meaning(self) -> &'static str { match self { $(Code::$variant => concat!($($doc,)*),)* } }
        }
    };
}

codes! {
    /// The input has a wrong, missing or unknown field; names the field, the limit and the value's size.
    ValidationError = "VALIDATION_ERROR", 400, false, "Correct the named field and call again.";
    /// No key, or one that is unknown, expired or revoked.
    Unauthenticated = "UNAUTHENTICATED", 401, false, "Send `Authorization: Bearer <key>` with the key from .meshpilot/mcp.json.";
    /// The key does not have the scope that the operation needs.
    Forbidden = "FORBIDDEN", 403, false, "Ask the person for a key with the named scope, or let them do it on the board.";
    /// The key is bound to one agent and the call names another.
    SourceMismatch = "SOURCE_MISMATCH", 403, false, "Leave `agent` out, or give the name that the key is bound to.";
    /// The request's Host is not an address of this server (a rebound DNS name, perhaps).
    HostNotAllowed = "HOST_NOT_ALLOWED", 403, false, "Call the address that stands in .meshpilot/mcp.json.";
    /// The request comes from a web page of another origin.
    OriginNotAllowed = "ORIGIN_NOT_ALLOWED", 403, false, "Only the board itself may call from a browser.";
    /// There is no such thing, or no such route.
    NotFound = "NOT_FOUND", 404, false, "Check the id with the matching list operation.";
    /// The route exists, but not for this method.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405, false, "Use a method that the Allow header names.";
    /// Somebody else has the task, or something it waits for is not done.
    TaskNotClaimable = "TASK_NOT_CLAIMABLE", 409, true, "Call claim_next_task to get another task.";
    /// A path overlaps one that another agent has locked.
    FilesLocked = "FILES_LOCKED", 409, true, "Work on something else, or wait with wait_for and `paths`.";
    /// The caller held this lease once and does not any more.
    LeaseLost = "LEASE_LOST", 409, false, "Stop working on it and call claim_next_task; your text was kept as a comment.";
    /// The status table does not allow this change.
    InvalidTransition = "INVALID_TRANSITION", 409, false, "Choose one of the allowed changes named in `details`.";
    /// It contradicts the current state.
    Conflict = "CONFLICT", 409, false, "Read the thing again and decide anew.";
    /// A call with this `requestId` is still running.
    RequestInProgress = "REQUEST_IN_PROGRESS", 409, true, "Wait for the first call's answer, or ask again with the same requestId.";
    /// The thing has changed since the caller read it; the current one is in `details`.
    VersionMismatch = "VERSION_MISMATCH", 412, false, "Apply your change to the current version and call again.";
    /// The body or a value is too large.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", 413, false, "Send less, or in parts.";
    /// The body is not `application/json`.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415, false, "Send `Content-Type: application/json`.";
    /// The `requestId` was used for another call.
    RequestIdReused = "REQUEST_ID_REUSED", 422, false, "Use a new requestId for a new call.";
    /// Nobody of that name is known.
    UnknownRecipient = "UNKNOWN_RECIPIENT", 422, false, "Check the name.";
    /// The dependency would make a circle; its path is in `details`.
    DependencyCycle = "DEPENDENCY_CYCLE", 422, false, "Leave out one of the dependencies on the path.";
    /// Too many calls in a minute.
    RateLimited = "RATE_LIMITED", 429, true, "Wait for the seconds in Retry-After.";
    /// The money set aside is spent.
    BudgetExceeded = "BUDGET_EXCEEDED", 402, false, "Ask the person to raise the budget in Settings.";
    /// More is waiting than the server takes.
    Overloaded = "OVERLOADED", 503, true, "Ask again in a second, with the same requestId.";
    /// Writes are switched off: paused by the person, or the server is in safe mode.
    ReadOnly = "READ_ONLY", 503, true, "Reading works. Wait until the person switches writes on again.";
    /// The disk is full; nothing was changed.
    DiskFull = "DISK_FULL", 507, true, "Free space on the disk and ask again with the same requestId.";
    /// A fault of the server. It is in the log under the correlation id.
    Internal = "INTERNAL", 500, true, "Ask again with the same requestId; if it stays, see the server's log.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal or a fault, as clients see it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Error {
    /// The kind.
    pub code: Code,
    /// What is wrong, naming the thing and the value.
    pub message: String,
    hint: Option<String>,
    details: Map<String, Value>,
}

impl Error {
    /// An error of a kind, with a message that names the thing.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, details: Map::new() }
    }

    /// `VALIDATION_ERROR` for one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(Code::ValidationError, message).detail("field", field)
    }

    /// `NOT_FOUND` for a thing.
    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("there is no {what} `{id}`")).detail("id", id.to_string())
    }

    /// `INTERNAL`: logged here, once, and told to the client without its inside.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(Code::Internal, "the server could not do this")
    }

    /// Replaces the code's general hint by a precise one.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds one fact to `details`.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The error object, the same over REST, MCP and the command line.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "code": self.code.as_str(),
            "message": self.message,
            "hint": self.hint.as_deref().unwrap_or(self.code.hint()),
            "retryable": self.code.retryable(),
            "details": self.details,
        })
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Sql;
        match error.sqlite_error_code() {
            Some(Sql::DiskFull) => {
                Self::new(Code::DiskFull, "the disk is full, nothing was changed")
            }
            Some(Sql::OperationInterrupted) => {
                Self::new(Code::Overloaded, "the read took longer than it may")
                    .hint("Ask for less: add a filter or a smaller `limit`.")
            }
            Some(Sql::ReadOnly) => Self::new(Code::ReadOnly, "the database can't be written to"),
            _ => Self::internal(error),
        }
    }
}
