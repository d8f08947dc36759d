//! What an operation is, and what the list of them can do: be called, and be described.
//!
//! An operation is a struct: its fields are the input, its doc comment is the documentation, its one method takes a
//! transaction. REST, MCP, the command line, OpenAPI and the reference are walks over [`Api`]; after this file nothing
//! is generic over operations any more.

mod call;
mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

pub use self::call::{Answer, Call};
use self::schema::lean;
pub use self::schema::openapi_components;
use crate::access::Access;
use crate::error::{Code, Error, Result};
use crate::model::text::RequestId;
use crate::model::things::Scope;
use crate::store::{Frame, ReadTx, Store, WriteTx};

/// A group of operations that an MCP client can ask to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Toolset {
    /// Tasks, chat, knowledge, waiting.
    Board,
    /// Locks.
    Memory,
    /// Keys.
    Keys,
    /// Settings and health.
    Observe,
}

impl Toolset {
    /// All groups, in the order the documentation shows them.
    pub const ALL: &'static [Self] = &[Self::Board, Self::Memory, Self::Keys, Self::Observe];

    /// The word that clients use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Memory => "memory",
            Self::Keys => "keys",
            Self::Observe => "observe",
        }
    }
}

/// What is fixed about an operation, beside its types.
#[derive(Debug, Clone)]
pub struct Spec {
    /// `verb_noun`, at most 32 characters.
    pub name: &'static str,
    /// Another name that is accepted and not listed.
    pub alias: Option<&'static str>,
    /// The method of its route.
    pub method: Method,
    /// The path of its route, with `{fieldName}` for fields of the input.
    pub path: &'static str,
    /// The least scope a key needs.
    pub scope: Scope,
    /// Where it is listed.
    pub toolset: Toolset,
    /// Whether it belongs to the working agent's default tools.
    pub default_tool: bool,
    /// Whether it can destroy something.
    pub destructive: bool,
    /// Whether doing it twice is the same as once.
    pub idempotent: bool,
    /// Whether it is a lifeline of running work (renewing, ending, giving back), with a rate budget of its own.
    pub lifeline: bool,
    /// Fields of the rows of its list that an agent needs; empty: all. Over MCP every row costs tokens.
    pub rows: &'static [&'static str],
    /// The refusals it has beyond those that every operation has.
    pub fails: &'static [Code],
    /// An input that works on the board that the reference's examples run on: `T1` waits, `builder-1` holds `T2`, `T3`
    /// is in review, `T4` was deleted, `builder-2` holds a lock, `old/decision` is known, and `KEY` stands for a key.
    pub example: &'static str,
}

impl Spec {
    /// An operation with a name, a route, a scope and a group.
    #[must_use]
    pub const fn new(
        name: &'static str,
        method: Method,
        path: &'static str,
        scope: Scope,
        toolset: Toolset,
    ) -> Self {
        Self {
            name,
            alias: None,
            method,
            path,
            scope,
            toolset,
            default_tool: false,
            destructive: false,
            idempotent: false,
            lifeline: false,
            rows: &[],
            fails: &[],
            example: "{}",
        }
    }

    /// Accepts another name.
    #[must_use]
    pub const fn alias(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }

    /// Shows it to a working agent by default.
    #[must_use]
    pub const fn default_tool(mut self) -> Self {
        self.default_tool = true;
        self
    }

    /// Marks it as able to destroy something.
    #[must_use]
    pub const fn destructive(mut self) -> Self {
        self.destructive = true;
        self
    }

    /// Marks it as having the same effect twice as once.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Gives it the rate budget of running work.
    #[must_use]
    pub const fn lifeline(mut self) -> Self {
        self.lifeline = true;
        self
    }

    /// Narrows the rows of its list for agents.
    #[must_use]
    pub const fn rows(mut self, rows: &'static [&'static str]) -> Self {
        self.rows = rows;
        self
    }

    /// Declares its refusals.
    #[must_use]
    pub const fn fails(mut self, fails: &'static [Code]) -> Self {
        self.fails = fails;
        self
    }

    /// Gives an input that works.
    #[must_use]
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }
}

/// Refusals that any operation can answer and none has to declare.
pub const UNIVERSAL: &[Code] = &[
    Code::ValidationError,
    Code::Unauthenticated,
    Code::Forbidden,
    Code::SourceMismatch,
    Code::HostNotAllowed,
    Code::OriginNotAllowed,
    Code::RateLimited,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
    Code::RequestIdReused,
    Code::RequestInProgress,
    Code::Overloaded,
    Code::ReadOnly,
    Code::DiskFull,
    Code::Internal,
];

/// One thing a client can ask: its type is its input.
pub trait Operation: DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {
    /// Name, route, rights.
    const SPEC: Spec;
    /// What it answers.
    type Output: Serialize + JsonSchema + Send + 'static;

    /// The HTTP status of a success.
    fn status(_output: &Self::Output) -> u16 {
        200
    }

    /// How long the call may be held until there is something to answer, in seconds.
    fn wait_seconds(&self) -> u64 {
        0
    }

    /// Whether the answer says "nothing yet", so that a held call goes on waiting.
    fn is_pending(_output: &Self::Output) -> bool {
        false
    }

    /// Whether a held call looks again after this event.
    fn wakes(&self, _event: &Frame) -> bool {
        false
    }

    /// How often a held call looks again without an event, for what has to go on while it waits.
    fn pulse(&self) -> Option<std::time::Duration> {
        None
    }
}

/// An operation that reads. It can't write: its transaction has no way to.
pub trait Query: Operation {
    /// Answers from one consistent state.
    ///
    /// # Errors
    /// The refusals that its [`Spec`] declares.
    fn run(self, db: &ReadTx<'_>) -> Result<Self::Output>;
}

/// An operation that writes. An error means that nothing happened.
pub trait Command: Operation {
    /// Does it, in a transaction of its own.
    ///
    /// # Errors
    /// The refusals that its [`Spec`] declares.
    fn run(self, tx: &mut WriteTx<'_>) -> Result<Self::Output>;

    /// Takes out of an answer what may not be stored, before it is kept for a retry; says whether there was any.
    fn forget(_output: &mut Self::Output) -> bool {
        false
    }
}

/// What every call needs: the board and who may do what on it.
#[derive(Clone)]
pub struct Context {
    /// The board on disk.
    pub store: Store,
    /// Keys, presence, rates.
    pub access: Arc<Access>,
    /// Cancelled when the server stops: held calls end.
    pub stopping: CancellationToken,
}

type Run = dyn Fn(Context, Call) -> BoxFuture<'static, Result<Answer>> + Send + Sync;
type Describe = fn(&mut SchemaGenerator) -> Schema;

/// An operation without its types: what the doors work with.
pub struct Endpoint {
    /// Name, route, rights.
    pub spec: Spec,
    /// Whether it is a command.
    pub writes: bool,
    /// The doc comment.
    pub description: String,
    /// The input's schema with everything in place, as the narrowest client understands it.
    pub input: Map<String, Value>,
    /// The output's schema for MCP: the first level only, since every token of it is paid for.
    pub output: Map<String, Value>,
    /// Fields of the input for which `null` means "clear it".
    clearable: Vec<String>,
    describe_input: Describe,
    describe_output: Describe,
    run: Box<Run>,
}

impl Endpoint {
    fn new<O: Operation>(writes: bool, run: Box<Run>) -> Self {
        let (input, clearable) = schema::input::<O>(writes);
        let description =
            input.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            spec: O::SPEC,
            writes,
            description,
            input,
            output: schema::output::<O::Output>(),
            clearable,
            describe_input: |generator| generator.subschema_for::<O>(),
            describe_output: |generator| generator.subschema_for::<O::Output>(),
            run,
        }
    }

    /// The first line of the documentation.
    #[must_use]
    pub fn summary(&self) -> &str {
        self.description.lines().next().unwrap_or_default()
    }

    /// The input's properties.
    #[must_use]
    pub fn properties(&self) -> Option<&Map<String, Value>> {
        self.input.get("properties").and_then(Value::as_object)
    }

    /// An answer as an agent gets it: without what is null or empty, and with narrow rows.
    #[must_use]
    pub fn lean(&self, data: Value) -> Value {
        let mut data = lean(data);
        if let (Value::Object(fields), false) = (&mut data, self.spec.rows.is_empty()) {
            for row in fields
                .values_mut()
                .filter_map(Value::as_array_mut)
                .flatten()
                .filter_map(Value::as_object_mut)
            {
                row.retain(|name, _| self.spec.rows.contains(&name.as_str()));
            }
        }
        data
    }

    /// The fields of the input that stand in the path.
    pub fn path_fields(&self) -> impl Iterator<Item = &'static str> {
        self.spec
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')))
    }

    /// Calls it: checks the input, the rights and the rates, runs it, and waits if it is asked to.
    ///
    /// # Errors
    /// A declared or universal refusal.
    pub async fn call(&self, context: &Context, call: Call) -> Result<Answer> {
        let call = self.admit(context, call)?;
        let outcome = (self.run)(context.clone(), call).await;
        if cfg!(debug_assertions)
            && let Err(error) = &outcome
            && !self.spec.fails.contains(&error.code)
            && !UNIVERSAL.contains(&error.code)
        {
            tracing::error!(operation = self.spec.name, code = %error.code, "refused with a code that it does not declare");
            debug_assert!(false, "{} answers {} without declaring it", self.spec.name, error.code);
        }
        outcome
    }
}

/// Everything MeshPilot can be asked to do.
#[derive(Default)]
pub struct Api {
    endpoints: Vec<Arc<Endpoint>>,
    names: BTreeMap<&'static str, usize>,
}

impl Api {
    /// Adds an operation that reads.
    #[must_use]
    pub fn query<Q: Query>(self) -> Self {
        self.add(Endpoint::new::<Q>(
            false,
            Box::new(|context, call| Box::pin(call::query::<Q>(context, call))),
        ))
    }

    /// Adds an operation that writes.
    #[must_use]
    pub fn command<C: Command>(self) -> Self {
        self.add(Endpoint::new::<C>(
            true,
            Box::new(|context, call| Box::pin(call::command::<C>(context, call))),
        ))
    }

    fn add(mut self, endpoint: Endpoint) -> Self {
        let at = self.endpoints.len();
        for name in std::iter::once(endpoint.spec.name).chain(endpoint.spec.alias) {
            let before = self.names.insert(name, at);
            debug_assert!(before.is_none(), "two operations are called {name}");
        }
        self.endpoints.push(Arc::new(endpoint));
        self
    }

    /// All operations, in the order the documentation shows them.
    #[must_use]
    pub fn endpoints(&self) -> &[Arc<Endpoint>] {
        &self.endpoints
    }

    /// An operation by its name or alias.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Arc<Endpoint>> {
        self.names.get(name).and_then(|at| self.endpoints.get(*at))
    }
}

/// The `requestId` of a call, checked.
///
/// # Errors
/// `VALIDATION_ERROR` when it is empty, too long or no text.
pub fn request_id(value: Option<Value>) -> Result<Option<RequestId>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            RequestId::parse(text).map(Some).map_err(|problem| Error::invalid("requestId", problem))
        }
        Some(_) => Err(Error::invalid("requestId", "`requestId` must be a text")),
    }
}
