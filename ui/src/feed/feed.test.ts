import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BoardEvent, Snapshot } from "../api/types";
import { event, snapshot, task } from "../test-fixtures";
import { FrameBatch } from "./batch";
import { Feed } from "./feed.svelte";

/** A server whose streams the test writes by hand. */
class Streams {
  readonly requests: { url: string; position: string | null }[] = [];
  readonly #open: ReadableStreamDefaultController<Uint8Array>[] = [];
  status = 200;
  down = false;

  readonly fetch: typeof globalThis.fetch = async (url, init) => {
    if (this.down) throw new TypeError("connection refused");
    this.requests.push({ url: String(url), position: new Headers(init?.headers).get("last-event-id") });
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void this.#open.push(controller) });
    return new Response(this.status === 200 ? body : null, { status: this.status });
  };

  send(name: string, data: unknown, id?: string): void {
    const lines = [id && `id: ${id}`, `event: ${name}`, `data: ${JSON.stringify(data)}`].filter(Boolean);
    this.#open.at(-1)?.enqueue(new TextEncoder().encode(`${lines.join("\n")}\n\n`));
  }

  cut(): void {
    this.#open.at(-1)?.error(new Error("reset by peer"));
  }
}

function start() {
  const streams = new Streams();
  const snapshots: Snapshot[] = [];
  const batches: BoardEvent[][] = [];
  const refused = vi.fn();
  let frame: (() => void) | null = null;
  const feed = new Feed(
    { token: "mp_a_b", refused },
    { onSnapshot: (taken) => snapshots.push(taken), onEvents: (events) => batches.push(events) },
    {
      fetch: streams.fetch,
      random: () => 1,
      batch: (flush) =>
        new FrameBatch(flush, (run) => {
          frame = run;
          return () => {
            frame = null;
          };
        }),
    },
  );
  feed.start();
  return { streams, snapshots, batches, refused, feed, paint: () => frame?.() };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Feed", () => {
  test("takes a snapshot, then events, once per frame", async () => {
    const { streams, snapshots, batches, feed, paint } = start();
    expect(feed.phase).toBe("connecting");
    await settle();
    streams.send("snapshot", snapshot([task({ id: "T1" })]), "e1-5");
    await settle();
    expect(snapshots).toHaveLength(1);
    expect(feed.phase).toBe("live");
    streams.send("task.updated", event("task.updated", "edited", task({ id: "T1", version: 2 })), "e1-6");
    streams.send("task.updated", event("task.updated", "edited", task({ id: "T1", version: 3 })), "e1-7");
    await settle();
    expect(batches).toHaveLength(0);
    paint();
    expect(batches.map((batch) => batch.length)).toEqual([2]);
    feed.stop();
  });

  test("resumes after the last event, with no new snapshot", async () => {
    const { streams, snapshots, feed } = start();
    await settle();
    streams.send("snapshot", snapshot([]), "e1-5");
    streams.send("task.created", event("task.created", "created", task({ id: "T1" })), "e1-6");
    await settle();
    streams.cut();
    await settle();
    expect(feed.phase).toBe("waiting");
    expect(feed.retryAt).toBe(Date.now() + 500);
    await vi.advanceTimersByTimeAsync(500);
    expect(streams.requests).toEqual([
      { url: "/v1/events?snapshot=true", position: null },
      { url: "/v1/events", position: "e1-6" },
    ]);
    expect(feed.phase).toBe("live");
    expect(snapshots).toHaveLength(1);
    feed.stop();
  });

  test.each(["gap", "reset"])("starts from a new snapshot on %s", async (name) => {
    const { streams, snapshots, batches, feed, paint } = start();
    await settle();
    streams.send("snapshot", snapshot([]), "e1-5");
    streams.send("task.created", event("task.created", "created", task({ id: "T1" })), "e1-6");
    streams.send(name, { oldest: 90, head: 99 });
    await settle();
    expect(streams.requests.at(-1)).toEqual({ url: "/v1/events?snapshot=true", position: null });
    streams.send("snapshot", snapshot([task({ id: "T9" })]), "e2-99");
    await settle();
    paint();
    expect(snapshots).toHaveLength(2);
    expect(batches).toHaveLength(0);
    expect(feed.phase).toBe("live");
    feed.stop();
  });

  test("waits longer each time, then says that the server is down", async () => {
    const { streams, feed } = start();
    streams.down = true;
    await settle();
    streams.cut();
    const waits: number[] = [];
    for (let tries = 0; tries < 6; tries++) {
      await settle();
      waits.push((feed.retryAt ?? 0) - Date.now());
      await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
    expect(feed.phase).toBe("down");
    streams.down = false;
    feed.retryNow();
    await settle();
    streams.send("snapshot", snapshot([]), "e1-1");
    await settle();
    expect(feed.phase).toBe("live");
    expect(feed.retryAt).toBeNull();
    feed.stop();
  });

  test("stops and says so when the key is not taken", async () => {
    const { streams, refused, feed } = start();
    await settle();
    streams.send("snapshot", snapshot([]), "e1-5");
    await settle();
    streams.status = 401;
    streams.cut();
    await vi.advanceTimersByTimeAsync(500);
    expect(refused).toHaveBeenCalledOnce();
    expect(feed.phase).toBe("off");
  });

  test("delivers nothing after it was stopped", async () => {
    const { streams, batches, feed, paint } = start();
    await settle();
    streams.send("snapshot", snapshot([]), "e1-5");
    streams.send("task.created", event("task.created", "created", task({ id: "T1" })), "e1-6");
    await settle();
    feed.stop();
    paint();
    expect(batches).toHaveLength(0);
  });
});
