//! A board to test with: a store in a temporary folder, a clock that stands until it is moved, seeded randomness, and
//! operations called without HTTP. Everything that is called, answered and announced is written into a transcript.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use meshpilot::access::Access;
use meshpilot::api::{Answer, Api, Call, Context};
use meshpilot::env::Env;
use meshpilot::error::{Error, Result};
use meshpilot::model::text::{AgentName, RequestId};
use meshpilot::model::things::{Event, KeyKind, Scope};
use meshpilot::model::time::Timestamp;
use meshpilot::ops::{self, upkeep};
use meshpilot::store::{Caller, ReadTx, Seen, Store};
use rand::rngs::ChaCha8Rng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::print::{self, brief, event_line};

/// When every board begins: 2026-01-01T09:00:00Z.
pub(crate) const START: i64 = 1_767_258_000_000;

/// Time and randomness under a test's control.
pub(crate) struct FakeEnv {
    now: AtomicI64,
    random: Mutex<ChaCha8Rng>,
}

impl FakeEnv {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(START),
            random: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
        })
    }

    pub(crate) fn advance(&self, time: Duration) {
        self.now.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Env for FakeEnv {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.random.lock().unwrap().fill_bytes(bytes);
    }
}

/// A board and all that is said about it.
pub(crate) struct World {
    pub(crate) env: Arc<FakeEnv>,
    pub(crate) api: Api,
    context: Option<Context>,
    folder: tempfile::TempDir,
    /// Events up to here stand in the transcript, or were left out of it on purpose.
    shown: AtomicI64,
    calls: AtomicU64,
    script: Mutex<String>,
}

impl World {
    /// An empty board.
    pub(crate) async fn new() -> Self {
        Self::seeded(1).await
    }

    /// An empty board with the randomness of a seed.
    pub(crate) async fn seeded(seed: u64) -> Self {
        let folder = scratch();
        let env = FakeEnv::new(seed);
        let context = open(&folder, &env).await;
        Self {
            env,
            api: ops::all(),
            shown: AtomicI64::new(context.store.feed().head()),
            context: Some(context),
            folder,
            calls: AtomicU64::new(0),
            script: Mutex::default(),
        }
    }

    pub(crate) fn context(&self) -> &Context {
        self.context.as_ref().unwrap()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.context().store
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("board.db")
    }

    /// An agent that calls with the project's shared key.
    pub(crate) fn agent(&self, name: &str) -> Actor<'_> {
        Actor {
            world: self,
            caller: caller("project", KeyKind::Project, Scope::Plan, Some(name), None),
        }
    }

    /// A caller with the project's shared key and no name.
    pub(crate) fn nobody(&self) -> Actor<'_> {
        Actor { world: self, caller: caller("project", KeyKind::Project, Scope::Plan, None, None) }
    }

    /// The person.
    pub(crate) fn person(&self) -> Actor<'_> {
        Actor {
            world: self,
            caller: caller("person", KeyKind::Person, Scope::Admin, Some("human"), Some("human")),
        }
    }

    /// Moves the clock.
    pub(crate) fn advance(&self, seconds: u64) {
        self.env.advance(Duration::from_secs(seconds));
        self.say(&format!("… {seconds} s later"));
    }

    /// Runs the upkeep that the server's timer runs.
    pub(crate) async fn sweep(&self) {
        upkeep::sweep(self.store()).await.unwrap();
        self.say("upkeep");
        self.announce().await;
    }

    /// Runs what the server does after the machine slept or it was started.
    pub(crate) async fn grace(&self) {
        self.store().write(Arc::new(Caller::system()), upkeep::grant_grace).await.unwrap();
        self.say("grace");
        self.announce().await;
    }

    /// Closes the board and opens it again, as a restart of the server does.
    pub(crate) async fn restart(&mut self) {
        // The old server is gone when its writer is: two writers on one board would be no restart.
        let old = Arc::downgrade(self.store().feed());
        self.context = None;
        while old.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
        self.context = Some(open(&self.folder, &self.env).await);
        self.say("restart");
        let head = self.store().feed().head();
        let after = self.shown.load(Ordering::SeqCst);
        for event in self.look(move |db| db.events_after(after, i64::MAX)).await {
            self.say(&format!("   * {}", event_line(&event)));
        }
        self.shown.store(head, Ordering::SeqCst);
    }

    /// Looks at the board in one consistent state.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        f: impl FnOnce(&ReadTx<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.store().read(Arc::new(Caller::system()), f).await.unwrap()
    }

    /// Makes an agent known, so that its first call announces nothing but what it does.
    pub(crate) async fn introduce(&self, name: &str, role: Option<&str>) {
        let seen =
            Seen { name: name.to_owned(), role: role.map(str::to_owned), at: self.env.now() };
        let before = self.store().feed().head();
        self.store()
            .write(Arc::new(Caller::system()), move |tx| tx.see_agent(&seen))
            .await
            .unwrap();
        let after = self.store().feed().head();
        if self.shown.load(Ordering::SeqCst) == before {
            self.shown.store(after, Ordering::SeqCst);
        }
    }

    /// Events that were published since the transcript last showed some. The feed and the log must agree.
    pub(crate) async fn fresh_events(&self) -> Vec<Event> {
        let after = self.shown.load(Ordering::SeqCst);
        let published: Vec<Event> = self
            .store()
            .feed()
            .after(after, usize::MAX)
            .unwrap()
            .iter()
            .map(|frame| {
                let wire = std::str::from_utf8(&frame.wire).unwrap();
                let data = wire.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
                serde_json::from_str(data).unwrap()
            })
            .collect();
        let upto = published.last().map_or(after, |last| last.seq);
        let stored = self.look(move |db| db.events_after(after, i64::MAX)).await;
        let stored: Vec<Event> = stored.into_iter().filter(|event| event.seq <= upto).collect();
        assert_eq!(published, stored, "the feed and the log differ");
        self.shown.store(upto, Ordering::SeqCst);
        published
    }

    async fn announce(&self) {
        for event in self.fresh_events().await {
            let line = format!("   * {}", event_line(&event));
            self.say(&line);
        }
    }

    fn script(&self) -> MutexGuard<'_, String> {
        self.script.lock().unwrap()
    }

    fn say(&self, line: &str) {
        writeln!(self.script(), "{line}").unwrap();
    }

    /// What was called, answered (`=`), refused (`!`), noticed (`~`) and announced (`*`) since this was last asked.
    pub(crate) fn transcript(&self) -> String {
        std::mem::take(&mut *self.script())
    }

    /// Leaves what was said so far out of the transcript: the scene, not the play.
    pub(crate) fn begin(&self) {
        self.script().clear();
    }

    /// The whole board as text.
    pub(crate) async fn board(&self) -> String {
        super::print::board(self).await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let left = self.script().clone();
            assert!(left.is_empty(), "nobody has looked at this part of the transcript:\n{left}");
        }
    }
}

/// A folder for a board: in memory where there is one, since no test here pulls the plug and a sync costs only time.
fn scratch() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

async fn open(folder: &tempfile::TempDir, env: &Arc<FakeEnv>) -> Context {
    let store =
        Store::open(&folder.path().join("board.db"), Arc::clone(env) as Arc<dyn Env>).unwrap();
    store.write(Arc::new(Caller::system()), |tx| upkeep::begin(tx, "shop")).await.unwrap();
    let access = Access::load(&store).await.unwrap();
    Context { store, access, stopping: CancellationToken::new() }
}

pub(crate) fn caller(
    key: &str,
    kind: KeyKind,
    scope: Scope,
    agent: Option<&str>,
    role: Option<&str>,
) -> Caller {
    Caller {
        key: key.to_owned(),
        kind,
        scope,
        agent: agent.map(|name| AgentName::parse(name).unwrap()),
        role: role.map(str::to_owned),
        call: String::new(),
        since: 0,
        mcp: false,
    }
}

/// Somebody who calls.
#[derive(Clone)]
pub(crate) struct Actor<'w> {
    world: &'w World,
    pub(crate) caller: Caller,
}

impl Actor<'_> {
    /// With another role.
    pub(crate) fn role(mut self, role: &str) -> Self {
        self.caller.role = Some(role.to_owned());
        self
    }

    /// With another scope.
    pub(crate) fn scope(mut self, scope: Scope) -> Self {
        self.caller.scope = scope;
        self
    }

    /// With another key.
    pub(crate) fn key(mut self, key: &str) -> Self {
        self.caller.key = key.to_owned();
        self
    }

    /// Over MCP.
    pub(crate) fn mcp(mut self) -> Self {
        self.caller.mcp = true;
        self
    }

    /// Calls an operation and leaves the transcript alone.
    pub(crate) async fn ask(
        &self,
        operation: &str,
        input: Value,
        request_id: Option<&str>,
    ) -> Result<Answer> {
        let mut caller = self.caller.clone();
        caller.call = format!("call-{}", self.world.calls.fetch_add(1, Ordering::SeqCst));
        if let Some(agent) = caller.agent.as_deref().filter(|agent| *agent != "human") {
            self.world.introduce(agent, caller.role.as_deref()).await;
        }
        let Value::Object(input) = input else { panic!("an input is an object") };
        let request_id = request_id.map(|id| RequestId::parse(id).unwrap());
        let endpoint = self
            .world
            .api
            .find(operation)
            .unwrap_or_else(|| panic!("there is no operation {operation}"));
        endpoint.call(self.world.context(), Call { caller, input, request_id }).await
    }

    /// Calls an operation that must succeed, and gives its data.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Value {
        let outcome = self.ask(operation, input.clone(), None).await;
        self.record(operation, &input, None, &outcome).await;
        match outcome {
            Ok(answer) => serde_json::from_str(&answer.data).unwrap(),
            Err(error) => {
                panic!("{operation} was refused: {}\n{}", error.to_json(), self.world.transcript())
            }
        }
    }

    /// Calls an operation that must be refused, and gives the refusal.
    pub(crate) async fn refused(&self, operation: &str, input: Value) -> Error {
        let outcome = self.ask(operation, input.clone(), None).await;
        self.record(operation, &input, None, &outcome).await;
        outcome.expect_err("it was not refused")
    }

    /// Calls an operation with a `requestId`.
    pub(crate) async fn once(
        &self,
        request_id: &str,
        operation: &str,
        input: Value,
    ) -> Result<Answer> {
        let outcome = self.ask(operation, input.clone(), Some(request_id)).await;
        self.record(operation, &input, Some(request_id), &outcome).await;
        outcome
    }

    async fn record(
        &self,
        operation: &str,
        input: &Value,
        request_id: Option<&str>,
        outcome: &Result<Answer>,
    ) {
        let who = self.caller.agent.as_deref().unwrap_or("nobody");
        let empty = Map::new();
        let mut line =
            format!("{who}: {operation} {}", print::input(input.as_object().unwrap_or(&empty)));
        if let Some(id) = request_id {
            write!(line, " (requestId {id})").unwrap();
        }
        self.world.say(line.trim_end());
        match outcome {
            Ok(answer) => {
                let data: Value = serde_json::from_str(&answer.data).unwrap();
                let status = if answer.status == 200 {
                    String::new()
                } else {
                    format!("{} ", answer.status)
                };
                let replayed = if answer.replayed { "replayed " } else { "" };
                self.world.say(format!("   = {status}{replayed}{}", brief(&data)).trim_end());
                for notice in &answer.notices {
                    self.world.say(&format!("   ~ {} {}", notice.kind, notice.text));
                }
            }
            Err(error) => self.world.say(&format!("   ! {error}")),
        }
        self.world.announce().await;
    }
}
