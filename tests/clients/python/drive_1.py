"""Lets a test drive the official Python client, line 1.x: one JSON line in is one tool call, one JSON line out its
result. The first line out says what was negotiated and which tools there are.

    python drive_1.py http URL        the bearer key in MESHPILOT_TEST_KEY
    python drive_1.py stdio PROGRAM ARGUMENT…
"""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client


@asynccontextmanager
async def streams():
    transport, target, *rest = sys.argv[1:]
    if transport == "http":
        headers = {"Authorization": f"Bearer {os.environ['MESHPILOT_TEST_KEY']}"}
        async with streamablehttp_client(target, headers=headers) as (read, write, _):
            yield read, write
    else:
        program = StdioServerParameters(command=target, args=rest, env=dict(os.environ))
        async with stdio_client(program) as (read, write):
            yield read, write


def say(value):
    print(json.dumps(value), flush=True)


async def main():
    async with streams() as (read, write), ClientSession(read, write) as session:
        hello = await session.initialize()
        tools = (await session.list_tools()).tools
        say({
            "version": hello.protocolVersion,
            "tools": [tool.name for tool in tools],
            "instructions": hello.instructions or "",
        })
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            call = json.loads(line)
            try:
                result = await session.call_tool(call["tool"], call["arguments"])
                say({
                    "isError": bool(result.isError),
                    "structured": result.structuredContent,
                    "text": json.loads(result.content[0].text),
                })
            except Exception as error:
                say({"thrown": repr(error)})


asyncio.run(main())
