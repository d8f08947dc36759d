// The stand-in board: Node, Express, better-sqlite3 in WAL with full durability and prepared statements, a
// promise chain that serialises writes, and server-sent events. What a careful author of this stack writes.
//
// Usage: node board.js DATABASE. Prints {"url"} on standard output when it listens; ends with its input.

import Database from 'better-sqlite3'
import express from 'express'

const db = new Database(process.argv[2])
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.exec(`
  CREATE TABLE IF NOT EXISTS tasks (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'todo',
    priority INTEGER NOT NULL DEFAULT 1,
    agent TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS by_priority ON tasks (priority DESC, id);
  CREATE TABLE IF NOT EXISTS chat (id INTEGER PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, data TEXT NOT NULL, at TEXT NOT NULL);
`)

const PRIORITIES = ['low', 'normal', 'high', 'urgent']
const statements = {
  byFingerprint: db.prepare('SELECT * FROM tasks WHERE fingerprint = ?'),
  insert: db.prepare(
    'INSERT INTO tasks (fingerprint, title, description, created_at, updated_at) VALUES (?, ?, ?, ?, ?) RETURNING *',
  ),
  get: db.prepare('SELECT * FROM tasks WHERE id = ?'),
  list: db.prepare('SELECT * FROM tasks ORDER BY priority DESC, id LIMIT ?'),
  update: db.prepare(
    'UPDATE tasks SET priority = ?, version = version + 1, updated_at = ? WHERE id = ? RETURNING *',
  ),
  claim: db.prepare(
    "UPDATE tasks SET status = 'in_progress', agent = ?, version = version + 1, updated_at = ? WHERE id = ? AND status = 'todo' RETURNING *",
  ),
  chat: db.prepare('INSERT INTO chat (author, text, at) VALUES (?, ?, ?) RETURNING *'),
  event: db.prepare('INSERT INTO events (type, data, at) VALUES (?, ?, ?)'),
}

const readers = new Set()
let queue = Promise.resolve()

// Runs a change in its turn, in a transaction with its event, and tells the readers after the commit.
function write(type, change) {
  const turn = queue.then(() => {
    const at = new Date().toISOString()
    let frame
    const answer = db.transaction(() => {
      const result = change(at)
      if (!result.unchanged) {
        const data = JSON.stringify({ type, at, data: result.body })
        const { lastInsertRowid } = statements.event.run(type, data, at)
        frame = `id: ${lastInsertRowid}\nevent: ${type}\ndata: ${data}\n\n`
      }
      return result
    })()
    if (frame) for (const reader of readers) reader.write(frame)
    return answer
  })
  queue = turn.catch(() => {})
  return turn
}

const task = (row) => ({
  id: `T${row.id}`,
  title: row.title,
  description: row.description,
  status: row.status,
  priority: PRIORITIES[row.priority],
  assignedTo: row.agent,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
const number = (id) => Number(id.slice(1))
const fail = (response, status, code) => response.status(status).json({ success: false, error: { code } })

const app = express()
app.disable('x-powered-by')
app.use(express.json())

app.get('/health', (_, response) => response.json({ status: 'ok' }))

app.post('/tasks', async (request, response) => {
  const { title, description = '' } = request.body
  if (typeof title !== 'string' || title.length < 1 || title.length > 500) return fail(response, 400, 'VALIDATION_ERROR')
  const fingerprint = title.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim().slice(0, 120)
  const { status, body } = await write('task.created', (at) => {
    const standing = statements.byFingerprint.get(fingerprint)
    if (standing) return { unchanged: true, status: 200, body: { task: task(standing), deduplicated: true } }
    return { status: 201, body: { task: task(statements.insert.get(fingerprint, title, description, at, at)) } }
  })
  response.status(status).json({ success: true, data: body })
})

app.get('/tasks/:id', (request, response) => {
  const row = statements.get.get(number(request.params.id))
  if (!row) return fail(response, 404, 'NOT_FOUND')
  response.json({ success: true, data: { task: task(row) } })
})

app.get('/tasks', (request, response) => {
  const rows = statements.list.all(Number(request.query.limit ?? 50))
  const tasks = rows.map((row) => {
    const { description, ...rest } = task(row)
    return rest
  })
  response.json({ success: true, data: { tasks } })
})

app.patch('/tasks/:id', async (request, response) => {
  const priority = PRIORITIES.indexOf(request.body.priority)
  if (priority < 0) return fail(response, 400, 'VALIDATION_ERROR')
  const { body } = await write('task.updated', (at) => {
    const row = statements.update.get(priority, at, number(request.params.id))
    return row ? { body: { task: task(row) } } : { unchanged: true }
  })
  if (!body) return fail(response, 404, 'NOT_FOUND')
  response.json({ success: true, data: body })
})

app.post('/tasks/:id/claim', async (request, response) => {
  const agent = request.get('x-agent') ?? 'agent'
  const { body } = await write('task.updated', (at) => {
    const row = statements.claim.get(agent, at, number(request.params.id))
    return row ? { body: { task: task(row) } } : { unchanged: true }
  })
  if (!body) return fail(response, 409, 'TASK_NOT_CLAIMABLE')
  response.json({ success: true, data: body })
})

app.post('/chat', async (request, response) => {
  const { text } = request.body
  if (typeof text !== 'string' || text.length < 1 || text.length > 2000) return fail(response, 400, 'VALIDATION_ERROR')
  const author = request.get('x-agent') ?? 'agent'
  const { body } = await write('chat.message', (at) => {
    const row = statements.chat.get(author, text, at)
    return { body: { message: { id: `M${row.id}`, from: row.author, text: row.text, at: row.at } } }
  })
  response.status(201).json({ success: true, data: body })
})

app.get('/events', (request, response) => {
  response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
  response.write(': ready\n\n')
  readers.add(response)
  request.on('close', () => readers.delete(response))
})

const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }))
})
server.on('connection', (socket) => socket.setNoDelay(true))
process.stdin.on('end', () => process.exit(0)).resume()
