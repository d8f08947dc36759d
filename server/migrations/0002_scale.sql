-- What keeps a board of a million tasks as quick as an empty one: an index for every question that is asked often, and
-- counts that are kept rather than counted.

DROP INDEX tasks_finished;
CREATE INDEX tasks_finished ON tasks (status, completed_at DESC) WHERE completed_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX tasks_assigned ON tasks (assigned_to, priority DESC, id) WHERE assigned_to IS NOT NULL AND deleted_at IS NULL;
-- claim_next_task says why it passed over what.
CREATE INDEX tasks_waiting ON tasks (id) WHERE status = 'todo' AND waits_for > 0 AND deleted_at IS NULL;
CREATE INDEX tasks_flagged ON tasks (status) WHERE needs_human = 1 AND deleted_at IS NULL;
CREATE INDEX attempts_ended ON attempts (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX chat_by_task ON chat (task_id, id) WHERE task_id IS NOT NULL;
CREATE INDEX knowledge_latest ON knowledge (updated_at DESC, id);
CREATE INDEX knowledge_by_kind ON knowledge (kind, updated_at DESC, id);

CREATE TABLE task_counts (status TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO task_counts SELECT status, count(*) FROM tasks WHERE deleted_at IS NULL GROUP BY status;
CREATE TRIGGER task_counts_insert AFTER INSERT ON tasks WHEN new.deleted_at IS NULL BEGIN
  INSERT INTO task_counts (status, count) VALUES (new.status, 1) ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER task_counts_update AFTER UPDATE OF status, deleted_at ON tasks
  WHEN old.status <> new.status OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN
  UPDATE task_counts SET count = count - 1 WHERE status = old.status AND old.deleted_at IS NULL;
  INSERT INTO task_counts (status, count) SELECT new.status, 1 WHERE new.deleted_at IS NULL
    ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;

-- The time that a lock was asked for, which a restart gives its holder again.
ALTER TABLE locks ADD COLUMN ttl_seconds INTEGER NOT NULL DEFAULT 600;
