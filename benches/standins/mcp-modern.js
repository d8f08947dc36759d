// The official TypeScript SDK (its line for 2026-07-28) with one trivial tool, set up as its documentation does.
// Usage: node mcp-modern.js. Prints {"url"} on standard output when it listens; ends with its input.

import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import express from 'express'
import { z } from 'zod'

const TASK = { id: 'T1', title: 'A task', status: 'todo', priority: 'normal', version: 1 }

const handler = createMcpHandler(
  () => {
    const mcp = new McpServer({ name: 'stand-in', version: '0.1.0' })
    mcp.registerTool(
      'get_task',
      { description: 'Reads one task.', inputSchema: z.object({ taskId: z.string() }) },
      () => ({ content: [{ type: 'text', text: JSON.stringify({ task: TASK }) }] }),
    )
    return mcp
  },
  { responseMode: 'json' },
)
const node = toNodeHandler(handler)

const app = express()
app.use(express.json())
app.post('/mcp', (request, response) => node(request, response, request.body))

const listener = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${listener.address().port}` }))
})
listener.on('connection', (socket) => socket.setNoDelay(true))
process.stdin.on('end', () => process.exit(0)).resume()
