import type { EventSourceMessage } from "eventsource-parser";
import type { Credentials } from "../api/client";
import type { BoardEvent, Snapshot } from "../api/types";
import { FrameBatch } from "./batch";
import { readStream } from "./stream";

export type Phase =
  /** Not started, or stopped because nobody is signed in. */
  | "off"
  /** The first connection is being made. */
  | "connecting"
  | "live"
  /** Lost, and asked again at `retryAt`. */
  | "waiting"
  /** As `waiting`, for so long that the server is probably not running. */
  | "down";

export interface FeedHandlers {
  /** Everything the board shows, in place of whatever was there. */
  onSnapshot(snapshot: Snapshot): void;
  /** Committed events in order, at most once per frame. */
  onEvents(events: BoardEvent[]): void;
}

interface Environment {
  fetch: typeof globalThis.fetch;
  batch: (flush: (events: BoardEvent[]) => void) => FrameBatch<BoardEvent>;
  random: () => number;
}

/** Tries that fail in a row before the server counts as not running. */
const TRIES_UNTIL_DOWN = 4;
const LONGEST_WAIT_MS = 8_000;

/** What is live on the page: one snapshot, then every event after it, resumed by position when the connection breaks. */
export class Feed {
  phase = $state<Phase>("off");
  /** When the next try is made, in milliseconds since 1970; null while connected. */
  retryAt = $state<number | null>(null);
  /** From an agent's commit to the pixel, in milliseconds; null until something was measured. */
  lagMs = $state<number | null>(null);

  readonly #batch: FrameBatch<BoardEvent>;
  readonly #environment: Environment;
  /** `<epoch>-<seq>` of the last event taken in; null asks for a snapshot. */
  #position: string | null = null;
  #failures = 0;
  #connection: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly credentials: Credentials,
    private readonly handlers: FeedHandlers,
    environment: Partial<Environment> = {},
  ) {
    this.#environment = {
      fetch: (...args) => globalThis.fetch(...args),
      batch: (flush) => new FrameBatch(flush),
      random: Math.random,
      ...environment,
    };
    this.#batch = this.#environment.batch((events) => this.#deliver(events));
  }

  start(): void {
    if (this.phase !== "off") return;
    this.#position = null;
    this.#failures = 0;
    this.phase = "connecting";
    void this.#connect();
  }

  stop(): void {
    this.phase = "off";
    this.retryAt = null;
    clearTimeout(this.#timer);
    this.#connection?.abort();
    this.#connection = null;
    this.#batch.clear();
  }

  /** Does not wait for the countdown. */
  retryNow(): void {
    if (this.retryAt === null) return;
    clearTimeout(this.#timer);
    this.retryAt = null;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const connection = new AbortController();
    this.#connection = connection;
    try {
      const headers: Record<string, string> = {
        accept: "text/event-stream",
        authorization: `Bearer ${this.credentials.token}`,
      };
      if (this.#position) headers["last-event-id"] = this.#position;
      const response = await this.#environment.fetch(
        this.#position ? "/v1/events" : "/v1/events?snapshot=true",
        { headers, signal: connection.signal, cache: "no-store" },
      );
      if (response.status === 401) {
        this.stop();
        this.credentials.refused();
        return;
      }
      if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
      if (this.#position) this.#arrived();
      await readStream(response.body, (message) => {
        if (!connection.signal.aborted) this.#take(message);
      });
    } catch {
      // Whatever broke the connection, the answer is the same: ask again from the last position.
    }
    if (this.#connection !== connection || this.phase === "off") return;
    connection.abort();
    this.#retry();
  }

  #arrived(): void {
    this.phase = "live";
    this.retryAt = null;
    this.#failures = 0;
  }

  #retry(): void {
    const ceiling = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#failures);
    const wait = ceiling * (0.75 + this.#environment.random() * 0.25);
    this.#failures += 1;
    this.phase = this.#failures > TRIES_UNTIL_DOWN ? "down" : "waiting";
    this.retryAt = Date.now() + wait;
    this.#timer = setTimeout(() => this.retryNow(), wait);
  }

  #take(message: EventSourceMessage): void {
    if (message.event === "gap" || message.event === "reset") {
      // Our position is too old, or of another history: nothing between can be had, so start from what is now.
      this.#batch.clear();
      this.#position = null;
      this.#connection?.abort();
      void this.#connect();
      return;
    }
    if (message.event === "snapshot") {
      this.#batch.clear();
      this.handlers.onSnapshot(JSON.parse(message.data) as Snapshot);
      this.#arrived();
    } else {
      this.#batch.add(JSON.parse(message.data) as BoardEvent);
    }
    // Taken in as far as a broken connection goes: the batch is delivered whether or not the connection lives on.
    if (message.id) this.#position = message.id;
  }

  #deliver(events: BoardEvent[]): void {
    this.handlers.onEvents(events);
    const oldest = events[0];
    if (!oldest || this.phase !== "live") return;
    // This runs in a frame's callback; what is queued here runs once that frame is painted.
    setTimeout(() => this.#measure(Date.parse(oldest.at)));
  }

  #measure(committedAt: number): void {
    const lag = Date.now() - committedAt;
    // What was missed while disconnected or hidden is old by nature and says nothing about the way here.
    if (lag < 0 || lag > 10_000 || document.hidden) return;
    this.lagMs = this.lagMs === null ? lag : Math.round(this.lagMs * 0.7 + lag * 0.3);
  }
}
