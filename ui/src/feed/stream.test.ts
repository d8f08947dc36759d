import type { EventSourceMessage } from "eventsource-parser";
import { describe, expect, test } from "vitest";
import { readStream, Silence } from "./stream";

const bytes = (text: string) => new TextEncoder().encode(text);

function body(chunks: Uint8Array[], end = true): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      if (end) controller.close();
    },
  });
}

async function read(chunks: Uint8Array[]): Promise<EventSourceMessage[]> {
  const messages: EventSourceMessage[] = [];
  await readStream(body(chunks), (message) => messages.push(message));
  return messages;
}

const TWO =
  'id: e1-7\nevent: task.updated\ndata: {"title":"Größe 🧵"}\n\n: still here\n\nid: e1-8\nevent: chat.message\ndata: {}\n\n';

describe("readStream", () => {
  test("reads events, ids and names, and passes over comments", async () => {
    expect(await read([bytes(TWO)])).toEqual([
      { id: "e1-7", event: "task.updated", data: '{"title":"Größe 🧵"}' },
      { id: "e1-8", event: "chat.message", data: "{}" },
    ]);
  });

  test.each([
    ["LF", TWO],
    ["CRLF", TWO.replaceAll("\n", "\r\n")],
  ])("reads the same whatever the chunks, with %s", async (_, text) => {
    const all = bytes(text);
    const whole = await read([all]);
    expect(whole).toHaveLength(2);
    for (let size = 1; size <= all.length; size++) {
      const chunks = [];
      for (let at = 0; at < all.length; at += size) chunks.push(all.slice(at, at + size));
      expect(await read(chunks), `chunks of ${size}`).toEqual(whole);
    }
  });

  test("leaves out an event that the end cut off", async () => {
    expect(await read([bytes("data: 1\n\ndata: 2\n")])).toHaveLength(1);
  });

  test("gives up on a connection that says nothing", async () => {
    const silent = body([bytes(": hello\n\n")], false);
    await expect(readStream(silent, () => {}, 5)).rejects.toBeInstanceOf(Silence);
  });
});
