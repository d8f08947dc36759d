//! Keys: who may come in.

use http::Method;
use meshpilot_home::KeyText;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{Command, Operation, Query, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::model::text::{AgentName, Label, Role, Word};
use crate::model::things::{Key, KeyKind, Scope};
use crate::model::time::Timestamp;
use crate::store::{KeyRow, ReadTx, WriteTx};

/// Make a key for an agent, a script or a second person.
///
/// Its text is shown once, in this answer. Bound to an agent, it is that agent and no other. A key can't make one with
/// more rights than it has.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateKey {
    /// What you call it.
    pub label: Option<Label>,
    /// The agent it is bound to; none: any agent of the project.
    pub for_agent: Option<AgentName>,
    /// That agent's role: coordinator, builder, reviewer, auditor, or any other word.
    pub role: Option<Role>,
    /// The highest scope: read, work, plan, approve, admin (default plan; each includes those before).
    pub scopes: Option<crate::model::text::Few<Scope, 5>>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Default custom.
    pub kind: Option<KeyKind>,
}

/// The new key.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CreateKeyOutput {
    /// The key, without its secret.
    pub key: Key,
    /// The text to use as bearer. It is not stored: empty when the answer is given again to a retry.
    pub secret: String,
}

impl Operation for CreateKey {
    const SPEC: Spec = Spec::new("create_key", Method::POST, "/keys", Scope::Admin, Toolset::Keys)
        .example(r#"{"label":"CI","forAgent":"ci","scopes":["work"]}"#);
    type Output = CreateKeyOutput;

    fn status(_: &CreateKeyOutput) -> u16 {
        201
    }
}

/// Makes a key inside a transaction: its text from the transaction's randomness, its hash into the table.
///
/// # Errors
/// When it can't be stored.
pub fn issue(tx: &mut WriteTx<'_>, mut key: KeyRow) -> Result<(KeyRow, KeyText)> {
    let text = KeyText::from_random(&tx.random_bytes());
    key.id = text.id().to_owned();
    key.hash = text.hash();
    key.created_at = tx.now();
    tx.add_key(&key)?;
    Ok((key, text))
}

/// A key that is about to be issued: id and hash follow with its text.
#[must_use]
pub fn blank(kind: KeyKind, scope: Scope, label: &str) -> KeyRow {
    KeyRow {
        id: String::new(),
        hash: [0; 32],
        label: label.to_owned(),
        agent: None,
        role: None,
        scope,
        kind,
        created_at: Timestamp::default(),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
    }
}

impl Command for CreateKey {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<CreateKeyOutput> {
        let scope = self
            .scopes
            .as_ref()
            .and_then(|scopes| scopes.iter().max().copied())
            .unwrap_or(Scope::Plan);
        if scope > tx.caller().scope {
            return Err(Error::new(
                Code::Forbidden,
                format!("a key with `{}` can't make one with `{scope}`", tx.caller().scope),
            ));
        }
        if self.expires_at.is_some_and(|at| at <= tx.now()) {
            return Err(Error::invalid("expiresAt", "`expiresAt` lies in the past"));
        }
        // A key that is `human` decides as the person does; only the person may hand that on.
        if self.for_agent.as_deref() == Some("human") && !tx.caller().is_person() {
            return Err(Error::new(
                Code::Forbidden,
                "only the person can make a key that is `human`",
            ));
        }
        let kind = match self.kind {
            None | Some(KeyKind::Custom) => KeyKind::Custom,
            Some(KeyKind::Bridge) => KeyKind::Bridge,
            Some(other) => {
                return Err(Error::invalid(
                    "kind",
                    format!("a key of kind `{other}` is made by MeshPilot itself"),
                ));
            }
        };
        let label = self
            .label
            .map(Label::into_string)
            .or_else(|| self.for_agent.as_ref().map(ToString::to_string));
        let mut key = blank(kind, scope, label.as_deref().unwrap_or("key"));
        key.agent = self.for_agent.map(AgentName::into_string);
        key.role = self.role.map(Role::into_string);
        key.expires_at = self.expires_at;
        let (key, text) = issue(tx, key)?;
        Ok(CreateKeyOutput { key: key.to_key(), secret: text.as_str().to_owned() })
    }

    fn forget(output: &mut CreateKeyOutput) -> bool {
        output.secret.clear();
        true
    }
}

/// List the keys, newest first, without their secrets.
///
/// Shows what each may do, whom it belongs to, and when it was last used.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListKeys {
    /// Also those that were revoked or have expired.
    pub include_revoked: Option<bool>,
}

/// The keys.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListKeysOutput {
    /// Newest first.
    pub keys: Vec<Key>,
}

impl Operation for ListKeys {
    const SPEC: Spec = Spec::new("list_keys", Method::GET, "/keys", Scope::Admin, Toolset::Keys);
    type Output = ListKeysOutput;
}

impl Query for ListKeys {
    fn run(self, db: &ReadTx<'_>) -> Result<ListKeysOutput> {
        let all = self.include_revoked == Some(true);
        let keys = db
            .keys()?
            .into_iter()
            .filter(|key| all || key.works_at(db.now()))
            .map(|key| key.to_key())
            .collect();
        Ok(ListKeysOutput { keys })
    }
}

/// Revoke a key: it is refused at its next call, and its open streams end.
///
/// The project's own key and your own are made anew at the next start of the server.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevokeKey {
    /// The key's id, the part between `mp_` and the secret.
    pub key_id: Word,
}

/// The revoked key.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeyOutput {
    /// The key.
    pub key: Key,
}

impl Operation for RevokeKey {
    const SPEC: Spec =
        Spec::new("revoke_key", Method::DELETE, "/keys/{keyId}", Scope::Admin, Toolset::Keys)
            .destructive()
            .idempotent()
            .fails(&[Code::NotFound])
            .example(r#"{"keyId":"KEY"}"#);
    type Output = KeyOutput;
}

impl Command for RevokeKey {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<KeyOutput> {
        let key = tx.key(&self.key_id)?.ok_or_else(|| Error::not_found("key", &self.key_id))?;
        let key = if key.revoked_at.is_some() { key } else { tx.revoke(&key)? };
        Ok(KeyOutput { key: key.to_key() })
    }
}
