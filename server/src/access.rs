//! Who may do what at this moment: keys, one-time codes, presence, rates, and calls under way.
//!
//! Keys are checked against a copy in memory that is changed before the answer of the command that changed them, so a
//! revoked key is refused at the very next call.

mod rates;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use subtle::ConstantTimeEq as _;
use tokio::sync::watch;

use self::rates::Rates;
use crate::env::SharedEnv;
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::settings::Settings;
use crate::model::text::{AgentName, RequestId};
use crate::model::things::{Agent, Scope};
use crate::model::time::Timestamp;
use crate::store::{Caller, KeyRow, Seen, Store, WriteTx};

/// What every door asks before anything is done.
pub struct Access {
    env: SharedEnv,
    keys: RwLock<HashMap<String, Arc<KeyRow>>>,
    /// Grows with every change of a key: open streams look again at their own.
    keys_changed: watch::Sender<u64>,
    used: Mutex<HashMap<String, Timestamp>>,
    settings: RwLock<Arc<Settings>>,
    agents: Mutex<HashMap<String, (Option<String>, Timestamp)>>,
    called: Mutex<HashSet<String>>,
    codes: Mutex<HashMap<[u8; 32], (Timestamp, Scope)>>,
    running: Mutex<HashSet<(String, String)>>,
    rates: Rates,
}

/// What a command has changed about who may do what.
pub struct Rights {
    keys: Option<(Vec<KeyRow>, Settings)>,
    agents: Option<Vec<Agent>>,
}

impl Rights {
    /// Reads what the transaction has changed, if it has changed any.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn changed_by(tx: &WriteTx<'_>) -> Result<Option<Self>> {
        let (keys, agents) = (tx.emitted(&["key.", "settings."]), tx.emitted(&["agent."]));
        if !(keys || agents) {
            return Ok(None);
        }
        let rights = || Ok::<_, Error>((tx.keys()?, tx.settings()?));
        Ok(Some(Self {
            keys: keys.then(rights).transpose()?,
            agents: agents.then(|| tx.agents()).transpose()?,
        }))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Access {
    /// Reads keys, settings and agents of a board.
    ///
    /// # Errors
    /// When they can't be read.
    pub async fn load(store: &Store) -> Result<Arc<Self>> {
        let (keys, settings, agents) = store
            .read(Arc::new(Caller::system()), |db| Ok((db.keys()?, db.settings()?, db.agents()?)))
            .await?;
        Ok(Arc::new(Self {
            env: Arc::clone(store.env()),
            keys: RwLock::new(
                keys.into_iter().map(|key| (key.id.clone(), Arc::new(key))).collect(),
            ),
            keys_changed: watch::Sender::new(0),
            used: Mutex::default(),
            rates: Rates::new(&settings),
            settings: RwLock::new(Arc::new(settings)),
            agents: Mutex::new(
                agents
                    .into_iter()
                    .map(|agent| (agent.name, (agent.role, agent.last_seen_at)))
                    .collect(),
            ),
            called: Mutex::default(),
            codes: Mutex::default(),
            running: Mutex::default(),
        }))
    }

    /// The key of a bearer text.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it is unknown, expired or revoked; `RATE_LIMITED` after too many of these from one
    /// address.
    pub fn authenticate(
        &self,
        text: Option<&str>,
        address: std::net::IpAddr,
    ) -> Result<Arc<KeyRow>> {
        let found = text.and_then(|text| self.check(text));
        match found {
            Some(key) => {
                locked(&self.used).insert(key.id.clone(), self.env.now());
                Ok(key)
            }
            None => {
                self.rates.failed_authentication(address)?;
                let what = if text.is_some() {
                    "the key is unknown, expired or revoked"
                } else {
                    "no key was sent"
                };
                Err(Error::new(Code::Unauthenticated, what))
            }
        }
    }

    fn check(&self, text: &str) -> Option<Arc<KeyRow>> {
        let key = self.key(meshpilot_home::key_id(text)?)?;
        let same: bool = meshpilot_home::key_hash(text).ct_eq(&key.hash).into();
        (same && key.works_at(self.env.now())).then_some(key)
    }

    /// A key by its id.
    #[must_use]
    pub fn key(&self, id: &str) -> Option<Arc<KeyRow>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Runs a command in `store`, with what it changes of keys, settings and roles in force before its answer goes out.
    /// The writer's thread sees to it: a client that asks and hangs up can't keep a revoked key alive.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        store: &Store,
        caller: Arc<Caller>,
        f: impl FnOnce(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let access = Arc::clone(self);
        let run = move |tx: &mut WriteTx<'_>| Ok((f(tx)?, Rights::changed_by(tx)?));
        let (output, _) = store
            .write_then(caller, run, move |(_, rights)| {
                if let Some(rights) = rights {
                    access.put(rights);
                }
            })
            .await?;
        Ok(output)
    }

    /// Puts changed rights into force; only ever in the order of the commits.
    fn put(&self, rights: &Rights) {
        if let Some((keys, settings)) = &rights.keys {
            let keys = keys.iter().map(|key| (key.id.clone(), Arc::new(key.clone()))).collect();
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
            self.keys_changed.send_modify(|version| *version += 1);
            if *self.settings() != *settings {
                self.rates.set(settings);
                *self.settings.write().unwrap_or_else(PoisonError::into_inner) =
                    Arc::new(settings.clone());
            }
        }
        let mut known = locked(&self.agents);
        for agent in rights.agents.iter().flatten().filter(|agent| agent.role.is_some()) {
            // Presence in memory is newer than what is stored of it; the role is not.
            known.entry(agent.name.clone()).or_insert((None, agent.last_seen_at)).0 =
                agent.role.clone();
        }
    }

    /// Whether a key still works; an open stream asks whenever [`Self::keys_changed`] moves.
    #[must_use]
    pub fn still_works(&self, id: &str) -> bool {
        self.key(id).is_some_and(|key| key.works_at(self.env.now()))
    }

    /// Waits until a key has stopped working; for ever when it does not, or is none.
    pub async fn stopped_working(&self, id: &str) {
        let mut changed = self.keys_changed();
        while self.key(id).is_none_or(|key| key.works_at(self.env.now())) {
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Tells whenever any key changes.
    #[must_use]
    pub fn keys_changed(&self) -> watch::Receiver<u64> {
        self.keys_changed.subscribe()
    }

    /// The last uses since this was last asked. Whoever has not called for a while takes no memory any more.
    pub fn take_used(&self) -> Vec<(String, Timestamp)> {
        self.rates.forget_idle();
        locked(&self.used).drain().collect()
    }

    /// The board's settings at this moment.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Checks pause and rates of a call, and notes that its agent is there.
    ///
    /// # Errors
    /// `READ_ONLY` while the board is paused, `RATE_LIMITED` after too many calls.
    pub fn admit(
        &self,
        caller: &Caller,
        writes: bool,
        lifeline: bool,
        store: &Store,
    ) -> Result<()> {
        if caller.is_person() {
            return Ok(());
        }
        if writes && self.settings().paused {
            return Err(Error::new(Code::ReadOnly, "the person has paused all writes of agents"));
        }
        self.rates.call(&caller.principal(), writes, lifeline)?;
        if let Some(agent) = &caller.agent {
            self.see(agent, caller.role.as_deref(), store);
        }
        Ok(())
    }

    /// Notes an agent's call. A new agent (or role) is written at once; a known one with the next flush.
    pub fn see(&self, agent: &AgentName, role: Option<&str>, store: &Store) {
        let now = self.env.now();
        let news = {
            let mut agents = locked(&self.agents);
            match agents.get_mut(agent.as_str()) {
                Some((known, seen)) => {
                    *seen = now;
                    let news = role.is_some() && known.as_deref() != role;
                    if news {
                        *known = role.map(str::to_owned);
                    }
                    news
                }
                None => {
                    agents.insert(agent.to_string(), (role.map(str::to_owned), now));
                    true
                }
            }
        };
        locked(&self.called).insert(agent.to_string());
        if news {
            let (store, seen) = (
                store.clone(),
                Seen { name: agent.to_string(), role: role.map(str::to_owned), at: now },
            );
            tokio::spawn(async move {
                if let Err(error) =
                    store.write(Arc::new(Caller::system()), move |tx| tx.see_agent(&seen)).await
                {
                    tracing::warn!(%error, "a new agent could not be noted; its next call tries again");
                }
            });
        }
    }

    /// The role that an agent gave, if any.
    #[must_use]
    pub fn role(&self, agent: &str) -> Option<String> {
        locked(&self.agents).get(agent).and_then(|(role, _)| role.clone())
    }

    /// Agents that have called since this was last asked, with their last call.
    pub fn take_seen(&self) -> Vec<Seen> {
        let agents = locked(&self.agents);
        let called = std::mem::take(&mut *locked(&self.called));
        let seen = |name: String| {
            agents.get(&name).map(|(role, at)| Seen {
                role: role.clone(),
                at: *at,
                name: name.clone(),
            })
        };
        called.into_iter().filter_map(seen).collect()
    }

    /// Marks a `requestId` as under way until the guard is dropped.
    ///
    /// # Errors
    /// `REQUEST_IN_PROGRESS` when it already is.
    pub fn begin(self: &Arc<Self>, principal: String, id: &RequestId) -> Result<Running> {
        let entry = (principal, id.to_string());
        if locked(&self.running).insert(entry.clone()) {
            Ok(Running { access: Arc::clone(self), entry })
        } else {
            Err(in_progress(id))
        }
    }

    /// Makes a one-time code that opens the board in a browser, with no more rights than whoever asked for it has.
    #[must_use]
    pub fn new_code(&self, scope: Scope) -> String {
        use base64::Engine as _;
        let mut random = [0; 24];
        self.env.fill(&mut random);
        let code = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random);
        let now = self.env.now();
        let mut codes = locked(&self.codes);
        codes.retain(|_, (until, _)| *until > now);
        codes.insert(meshpilot_home::key_hash(&code), (now.after(limits::BOARD_CODE), scope));
        code
    }

    /// Uses a one-time code up, and says with which scope it opens the board.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it is unknown, used or too old.
    pub fn use_code(&self, code: &str, address: std::net::IpAddr) -> Result<Scope> {
        let found = locked(&self.codes).remove(&meshpilot_home::key_hash(code));
        if let Some((until, scope)) = found
            && until > self.env.now()
        {
            return Ok(scope);
        }
        self.rates.failed_authentication(address)?;
        Err(Error::new(Code::Unauthenticated, "the code is unknown, used or older than a minute")
            .hint("Run `meshpilot open` for a new one."))
    }
}

/// A `requestId` under way.
pub struct Running {
    access: Arc<Access>,
    entry: (String, String),
}

impl Drop for Running {
    fn drop(&mut self) {
        locked(&self.access.running).remove(&self.entry);
    }
}

/// `REQUEST_IN_PROGRESS` for a second call while the first is held.
fn in_progress(id: &RequestId) -> Error {
    Error::new(Code::RequestInProgress, format!("a call with requestId `{id}` is still running"))
        .detail("requestId", id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Call, Context};
    use crate::env::System;
    use crate::model::things::KeyKind;
    use crate::ops;
    use crate::ops::keys::{blank, issue};

    async fn board() -> (tempfile::TempDir, Context) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("board.db"), Arc::new(System)).unwrap();
        let access = Access::load(&store).await.unwrap();
        (folder, Context { store, access, stopping: tokio_util::sync::CancellationToken::new() })
    }

    async fn key(context: &Context) -> (Caller, String) {
        let make = |tx: &mut WriteTx<'_>| issue(tx, blank(KeyKind::Custom, Scope::Work, "test"));
        let system = Arc::new(Caller::system());
        let (key, text) = context.access.write(&context.store, system, make).await.unwrap();
        let agent = AgentName::parse("a").ok();
        let caller =
            Caller { key: key.id, kind: key.kind, scope: key.scope, agent, ..Caller::system() };
        (caller, text.as_str().to_owned())
    }

    async fn revoke(context: &Context, key: &KeyRow) {
        let (system, key) = (Arc::new(Caller::system()), key.clone());
        context.access.write(&context.store, system, move |tx| tx.revoke(&key)).await.unwrap();
    }

    fn wait(context: &Context, caller: &Caller) -> tokio::task::JoinHandle<Result<String>> {
        let input = serde_json::json!({"eventType": "chat", "waitSeconds": 600});
        let call = Call {
            caller: caller.clone(),
            input: input.as_object().unwrap().clone(),
            request_id: None,
        };
        let context = context.clone();
        tokio::spawn(async move {
            let api = ops::all();
            let answer = api.find("wait_for").unwrap().call(&context, call).await?;
            Ok(answer.data)
        })
    }

    #[tokio::test]
    async fn a_key_is_revoked_even_when_nobody_waits_for_the_answer() {
        let (_folder, context) = board().await;
        let (caller, text) = key(&context).await;
        let key = context.access.key(&caller.key).unwrap();
        let here = std::net::IpAddr::from([127, 0, 0, 1]);
        assert!(context.access.authenticate(Some(&text), here).is_ok());
        let mut changed = context.access.keys_changed();
        changed.mark_unchanged();
        {
            // Asked, and hung up: the command is on its way, and nobody will take its answer.
            let ask = revoke(&context, &key);
            let mut ask = std::pin::pin!(ask);
            assert!(futures_util::poll!(ask.as_mut()).is_pending());
        }
        changed.changed().await.unwrap();
        let refused = context.access.authenticate(Some(&text), here).unwrap_err();
        assert_eq!(refused.code, Code::Unauthenticated);
    }

    #[tokio::test]
    async fn a_held_call_ends_with_its_key() {
        let (_folder, context) = board().await;
        let (caller, _) = key(&context).await;
        let held = wait(&context, &caller);
        revoke(&context, &context.access.key(&caller.key).unwrap()).await;
        assert_eq!(held.await.unwrap().unwrap_err().code, Code::Unauthenticated);
    }

    #[tokio::test]
    async fn a_held_call_ends_with_the_server_as_a_success_that_says_so() {
        let (_folder, context) = board().await;
        let (caller, _) = key(&context).await;
        let held = wait(&context, &caller);
        context.stopping.cancel();
        let answer = held.await.unwrap().unwrap();
        assert!(answer.contains("Nothing yet"), "{answer}");
    }

    #[tokio::test]
    async fn a_code_opens_the_board_once_and_with_no_more_than_its_makers_rights() {
        let (_folder, context) = board().await;
        let here = std::net::IpAddr::from([127, 0, 0, 1]);
        let code = context.access.new_code(Scope::Approve);
        assert_eq!(context.access.use_code(&code, here).unwrap(), Scope::Approve);
        assert_eq!(context.access.use_code(&code, here).unwrap_err().code, Code::Unauthenticated);
    }
}
