// The official TypeScript SDK (its line for handshakes) with one trivial tool, with sessions as its documentation
// sets them up. Usage: node mcp-legacy.js. Prints {"url"} on standard output when it listens; ends with its input.

import { randomUUID } from 'node:crypto'

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js'
import express from 'express'
import { z } from 'zod'

const TASK = { id: 'T1', title: 'A task', status: 'todo', priority: 'normal', version: 1 }

function server() {
  const mcp = new McpServer({ name: 'stand-in', version: '0.1.0' })
  mcp.registerTool(
    'get_task',
    { description: 'Reads one task.', inputSchema: { taskId: z.string() } },
    () => ({ content: [{ type: 'text', text: JSON.stringify({ task: TASK }) }] }),
  )
  return mcp
}

const sessions = new Map()
const app = express()
app.use(express.json())
app.post('/mcp', async (request, response) => {
  let transport = sessions.get(request.get('mcp-session-id'))
  if (!transport && isInitializeRequest(request.body)) {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: true,
      onsessioninitialized: (id) => sessions.set(id, transport),
    })
    await server().connect(transport)
  }
  if (!transport) {
    // A request outside any session: one server for it alone, as the SDK's stateless example does.
    transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true })
    await server().connect(transport)
  }
  await transport.handleRequest(request, response, request.body)
})

const listener = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${listener.address().port}` }))
})
listener.on('connection', (socket) => socket.setNoDelay(true))
process.stdin.on('end', () => process.exit(0)).resume()
