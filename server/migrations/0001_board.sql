-- The first schema. Instants are milliseconds since 1970 (UTC), money is millionths of a US dollar, lists and small
-- objects are JSON text. Rows of tasks are never removed, so an id is never given twice.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES ('fence', 0);

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  actor TEXT NOT NULL,
  entity TEXT,
  data TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX events_by_entity ON events (entity, seq) WHERE entity IS NOT NULL;

CREATE TABLE requests (
  principal TEXT NOT NULL,
  request_id TEXT NOT NULL,
  operation TEXT NOT NULL,
  input_hash BLOB NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (principal, request_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_age ON requests (at);

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL,
  label TEXT NOT NULL,
  agent TEXT,
  role TEXT,
  scope TEXT NOT NULL,
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
  name TEXT PRIMARY KEY,
  role TEXT,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  status TEXT NOT NULL,
  type TEXT NOT NULL,
  priority INTEGER NOT NULL,
  assigned_to TEXT,
  created_by TEXT NOT NULL,
  files_owned TEXT NOT NULL,
  labels TEXT NOT NULL,
  depends_on TEXT NOT NULL,
  sprint_id TEXT,
  wave INTEGER,
  requires_review INTEGER NOT NULL,
  result TEXT,
  review TEXT,
  lease_agent TEXT,
  lease_expires_at INTEGER,
  lease_seconds INTEGER,
  fence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  progress INTEGER,
  note TEXT,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  cost_micro_usd INTEGER NOT NULL DEFAULT 0,
  action TEXT,
  target TEXT,
  thread_id TEXT,
  reply_to TEXT,
  provenance TEXT,
  fallback TEXT NOT NULL,
  expires_at INTEGER,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  needs_human INTEGER NOT NULL DEFAULT 0,
  blocked_reason TEXT,
  dream_id TEXT,
  model TEXT,
  error_code TEXT,
  error_class TEXT,
  comment_count INTEGER NOT NULL DEFAULT 0,
  rejections INTEGER NOT NULL DEFAULT 0,
  releases INTEGER NOT NULL DEFAULT 0,
  warnings TEXT NOT NULL,
  -- What no client sees: how many dependencies are not finished, whether the claim itself assigned the task, the
  -- fingerprint of the title, and when the task was deleted.
  waits_for INTEGER NOT NULL DEFAULT 0,
  assigned_on_claim INTEGER NOT NULL DEFAULT 0,
  fingerprint TEXT NOT NULL,
  deleted_at INTEGER
) STRICT;
-- claim_next_task: what is ready for one agent, the most urgent first, then the oldest.
CREATE INDEX tasks_ready ON tasks (assigned_to, priority DESC, id)
  WHERE status = 'todo' AND waits_for = 0 AND deleted_at IS NULL;
-- Lists and the board.
CREATE INDEX tasks_listed ON tasks (status, priority DESC, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_ranked ON tasks (priority DESC, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_finished ON tasks (status, completed_at DESC)
  WHERE status IN ('done', 'failed', 'cancelled') AND deleted_at IS NULL;
CREATE INDEX tasks_same ON tasks (fingerprint)
  WHERE status NOT IN ('done', 'failed', 'cancelled') AND deleted_at IS NULL;
CREATE INDEX tasks_leased ON tasks (lease_expires_at) WHERE lease_agent IS NOT NULL;
CREATE INDEX tasks_held ON tasks (lease_agent) WHERE lease_agent IS NOT NULL;
CREATE INDEX tasks_rejected ON tasks (assigned_to)
  WHERE status = 'todo' AND rejections > 0 AND assigned_to IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX tasks_expiring ON tasks (expires_at) WHERE expires_at IS NOT NULL AND status = 'todo';

CREATE TABLE task_deps (
  task_id INTEGER NOT NULL REFERENCES tasks (id),
  depends_on INTEGER NOT NULL REFERENCES tasks (id),
  PRIMARY KEY (task_id, depends_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_deps_back ON task_deps (depends_on, task_id);

CREATE VIRTUAL TABLE tasks_fts USING fts5 (title, description, content = 'tasks', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER tasks_fts_insert AFTER INSERT ON tasks BEGIN
  INSERT INTO tasks_fts (rowid, title, description) VALUES (new.id, new.title, new.description);
END;
CREATE TRIGGER tasks_fts_update AFTER UPDATE OF title, description ON tasks
  WHEN old.title <> new.title OR old.description <> new.description BEGIN
  INSERT INTO tasks_fts (tasks_fts, rowid, title, description) VALUES ('delete', old.id, old.title, old.description);
  INSERT INTO tasks_fts (rowid, title, description) VALUES (new.id, new.title, new.description);
END;

CREATE TABLE comments (
  id INTEGER PRIMARY KEY,
  task_id INTEGER NOT NULL REFERENCES tasks (id),
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_by_task ON comments (task_id, id);

CREATE TABLE attempts (
  task_id INTEGER NOT NULL REFERENCES tasks (id),
  attempt INTEGER NOT NULL,
  agent TEXT NOT NULL,
  fence INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  cost_micro_usd INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (task_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE spend (month TEXT PRIMARY KEY, cost_micro_usd INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE chat (
  id INTEGER PRIMARY KEY,
  sender TEXT NOT NULL,
  text TEXT NOT NULL,
  task_id INTEGER,
  reply_to INTEGER,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE knowledge (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  tags TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE knowledge_versions (
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  tags TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (key, version)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE knowledge_fts USING fts5 (key, tags, text, content = 'knowledge', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER knowledge_fts_insert AFTER INSERT ON knowledge BEGIN
  INSERT INTO knowledge_fts (rowid, key, tags, text) VALUES (new.id, new.key, new.tags, new.text);
END;
CREATE TRIGGER knowledge_fts_update AFTER UPDATE ON knowledge BEGIN
  INSERT INTO knowledge_fts (knowledge_fts, rowid, key, tags, text) VALUES ('delete', old.id, old.key, old.tags, old.text);
  INSERT INTO knowledge_fts (rowid, key, tags, text) VALUES (new.id, new.key, new.tags, new.text);
END;
CREATE TRIGGER knowledge_fts_delete AFTER DELETE ON knowledge BEGIN
  INSERT INTO knowledge_fts (knowledge_fts, rowid, key, tags, text) VALUES ('delete', old.id, old.key, old.tags, old.text);
END;

CREATE TABLE locks (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  mode TEXT NOT NULL,
  agent TEXT NOT NULL,
  task_id INTEGER REFERENCES tasks (id),
  fence INTEGER NOT NULL,
  reason TEXT,
  acquired_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX locks_by_end ON locks (expires_at);
CREATE INDEX locks_by_task ON locks (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX locks_by_agent ON locks (agent);

-- Who waits for which paths, in order of arrival. A row outlives its call by at most the wait it asked for.
CREATE TABLE lock_waiters (
  id INTEGER PRIMARY KEY,
  call_id TEXT NOT NULL UNIQUE,
  agent TEXT NOT NULL,
  paths TEXT NOT NULL,
  mode TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT;

CREATE TABLE mcp_sessions (
  id TEXT PRIMARY KEY,
  principal TEXT NOT NULL,
  initialize TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mcp_sessions_by_principal ON mcp_sessions (principal, at);
