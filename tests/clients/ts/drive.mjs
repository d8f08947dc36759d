// Lets a test drive one of the official TypeScript clients: one JSON line in is one tool call, one JSON line out its
// result. The first line out says what was negotiated and which tools there are.
//
//   node drive.mjs legacy|modern http URL        the bearer key in MESHPILOT_TEST_KEY
//   node drive.mjs legacy|modern stdio PROGRAM ARGUMENT…

import { createInterface } from 'node:readline'

const [line, transport, target, ...rest] = process.argv.slice(2)
const info = { name: `meshpilot-test-${line}`, version: '1.0.0' }
const init = { requestInit: { headers: { Authorization: `Bearer ${process.env.MESHPILOT_TEST_KEY}` } } }
const program = { command: target, args: rest, env: { ...process.env } }

async function legacy() {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
  const client = new Client(info)
  if (transport === 'http') {
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
    const http = new StreamableHTTPClientTransport(new URL(target), init)
    await client.connect(http)
    return { client, version: http.protocolVersion }
  }
  const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js')
  await client.connect(new StdioClientTransport(program))
  return { client, version: 'handshake' }
}

async function modern() {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client')
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio')
  const client = new Client(info, { versionNegotiation: { mode: 'auto' } })
  await client.connect(
    transport === 'http' ? new StreamableHTTPClientTransport(new URL(target), init) : new StdioClientTransport(program),
  )
  return { client, version: client.getNegotiatedProtocolVersion() }
}

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

const { client, version } = await (line === 'legacy' ? legacy() : modern())
const { tools } = await client.listTools()
say({ version, tools: tools.map((tool) => tool.name), instructions: client.getInstructions() ?? '' })
for await (const text of createInterface({ input: process.stdin })) {
  const { tool, arguments: given } = JSON.parse(text)
  try {
    const result = await client.callTool({ name: tool, arguments: given })
    say({ isError: result.isError === true, structured: result.structuredContent ?? null, text: JSON.parse(result.content[0].text) })
  } catch (error) {
    say({ thrown: String(error) })
  }
}
await client.close()
