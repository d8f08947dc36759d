//! Sessions of the handshake-based revisions: kept in the database, so that a restart is no event, and bound to the
//! key that opened them, which rmcp does not do.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::model::{ClientCapabilities, Implementation, InitializeRequestParams};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::session::store::{
    SessionState, SessionStore, SessionStoreError,
};
use rmcp::transport::streamable_http_server::{SessionId, SessionManager as _};

use crate::error::{Code, Error, Result};
use crate::limits;
use crate::store::{Caller, Store};

/// Sessions in the board's database.
pub struct Stored(pub Store);

fn system() -> Arc<Caller> {
    Arc::new(Caller::system())
}

#[async_trait::async_trait]
impl SessionStore for Stored {
    /// Any id is restored: an unknown one is a client whose session ended, and many of those would stay broken until a
    /// person restarts them. Who may use it was checked before.
    async fn load(&self, id: &str) -> Result<Option<SessionState>, SessionStoreError> {
        let session = id.to_owned();
        let found = self.0.read(system(), move |db| db.session(&session)).await?;
        let known = found
            .filter(|(_, initialize)| !initialize.is_empty())
            .and_then(|(_, initialize)| serde_json::from_str(&initialize).ok());
        Ok(Some(known.unwrap_or_else(|| {
            SessionState::new(InitializeRequestParams::new(
                ClientCapabilities::default(),
                Implementation::new("unknown", "0"),
            ))
        })))
    }

    async fn store(&self, id: &str, state: &SessionState) -> Result<(), SessionStoreError> {
        let (id, initialize) = (id.to_owned(), serde_json::to_string(state)?);
        Ok(self.0.write(system(), move |tx| tx.put_session(&id, "", &initialize)).await?)
    }

    /// A client that ends its session is the one case in which an id must not come back to life.
    async fn delete(&self, id: &str) -> Result<(), SessionStoreError> {
        let id = id.to_owned();
        Ok(self.0.write(system(), move |tx| tx.end_session(&id)).await?)
    }
}

/// Sessions held in memory: of each key the ones used last. An older one is closed without its client noticing, since
/// any id is restored when it comes back.
pub(super) struct Live {
    manager: Arc<LocalSessionManager>,
    used: Mutex<HashMap<String, VecDeque<SessionId>>>,
}

impl Live {
    pub(super) fn new(manager: Arc<LocalSessionManager>) -> Self {
        Self { manager, used: Mutex::default() }
    }

    /// Notes that a key uses a session, and closes the ones that it has not used for longest.
    pub(super) async fn touch(&self, id: &str, key: &str) {
        let surplus: Vec<SessionId> = {
            let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
            let own = used.entry(key.to_owned()).or_default();
            own.retain(|known| &**known != id);
            own.push_back(id.into());
            let surplus = own.len().saturating_sub(limits::SESSIONS_LIVE_PER_KEY);
            own.drain(..surplus).collect()
        };
        for id in surplus {
            if let Err(error) = self.manager.close_session(&id).await {
                tracing::debug!(%error, "a session could not be closed");
            }
        }
    }
}

/// Whether a key may use a session: its own, or one that nobody has (then it becomes its own).
///
/// # Errors
/// `NOT_FOUND` for another's; what the board answers when it can't be asked.
pub(super) async fn admit(store: &Store, id: &str, key: &str) -> Result<()> {
    let foreign = || Error::new(Code::NotFound, "there is no such session");
    if id.len() > 100 {
        return Err(foreign());
    }
    let session = id.to_owned();
    match store.read(system(), move |db| db.session(&session)).await? {
        Some((owner, _)) if !owner.is_empty() => {
            if owner == key {
                Ok(())
            } else {
                Err(foreign())
            }
        }
        _ => {
            bind(store, id, key).await;
            Ok(())
        }
    }
}

/// Makes a session a key's own.
pub(super) async fn bind(store: &Store, id: &str, key: &str) {
    let (id, key) = (id.to_owned(), key.to_owned());
    if let Err(error) = store.write(system(), move |tx| tx.put_session(&id, &key, "")).await {
        tracing::warn!(%error, "a session could not be bound; its next use tries again");
    }
}
