"""Lets a test drive the official Python client, line 2.x: one JSON line in is one tool call, one JSON line out its
result. The first line out says what was negotiated and which tools there are.

    python drive_2.py http URL        the bearer key in MESHPILOT_TEST_KEY
    python drive_2.py stdio PROGRAM ARGUMENT…
"""

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client


def say(value):
    print(json.dumps(value), flush=True)


async def main():
    transport, target, *rest = sys.argv[1:]
    async with AsyncExitStack() as stack:
        if transport == "http":
            headers = {"Authorization": f"Bearer {os.environ['MESHPILOT_TEST_KEY']}"}
            http = await stack.enter_async_context(httpx2.AsyncClient(headers=headers, timeout=60))
            server = streamable_http_client(target, http_client=http)
        else:
            server = StdioServerParameters(command=target, args=rest, env=dict(os.environ))
        client = await stack.enter_async_context(Client(server))
        tools = (await client.list_tools()).tools
        say({
            "version": client.protocol_version,
            "tools": [tool.name for tool in tools],
            "instructions": client.instructions or "",
        })
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            call = json.loads(line)
            try:
                result = await client.call_tool(call["tool"], call["arguments"])
                say({
                    "isError": bool(result.is_error),
                    "structured": result.structured_content,
                    "text": json.loads(result.content[0].text),
                })
            except Exception as error:
                say({"thrown": repr(error)})


asyncio.run(main())
