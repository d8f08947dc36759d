//! Sessions of the handshake-based revisions: kept in the database, so that a restart is no event, and bound to the
//! key that opened them, which rmcp does not do.

use std::sync::Arc;

use rmcp::model::{ClientCapabilities, Implementation, InitializeRequestParams};
use rmcp::transport::streamable_http_server::session::store::{
    SessionState, SessionStore, SessionStoreError,
};

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

/// Whether a key may use a session: its own, or one that nobody has (then it becomes its own).
pub(super) async fn admit(store: &Store, id: &str, key: &str) -> bool {
    if id.len() > 100 {
        return false;
    }
    let session = id.to_owned();
    match store.read(system(), move |db| db.session(&session)).await {
        Ok(Some((owner, _))) if !owner.is_empty() => owner == key,
        Ok(_) => {
            bind(store, id, key).await;
            true
        }
        Err(error) => {
            tracing::warn!(%error, "a session could not be looked up");
            false
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
