import { ApiError } from "./errors";
import { type Input, type OperationName, type Output, ROUTES } from "./operations";

/**
 * Waits between tries of a call that changes something, in milliseconds; then the outcome counts as unknown. Long
 * enough for a server that its supervisor starts again.
 */
const RETRY_DELAYS = [250, 1000, 2500, 5000, 10_000, 10_000];

export interface Credentials {
  /** The bearer token, or null when nobody is signed in. */
  readonly token: string | null;
  /** Called when the server no longer takes the token. */
  refused(): void;
}

type Fetch = typeof globalThis.fetch;

/** Asks the server. Every change carries a request id, so that asking again after a lost connection has one effect. */
export class Api {
  constructor(
    private readonly credentials: Credentials,
    private readonly fetch: Fetch = (...args) => globalThis.fetch(...args),
    private readonly wait: (ms: number) => Promise<void> = (ms) =>
      new Promise((done) => setTimeout(done, ms)),
  ) {}

  async call<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    signal?: AbortSignal,
  ): Promise<Output<Name>> {
    const [method, path] = ROUTES[name];
    const [url, rest] = fillPath(path, input as Record<string, unknown>);
    const headers = new Headers({ accept: "application/json" });
    if (this.credentials.token) headers.set("authorization", `Bearer ${this.credentials.token}`);
    const init: RequestInit = { method, headers, signal: signal ?? null };
    if (method === "GET") return this.#once<Output<Name>>(url + query(rest), init);

    headers.set("idempotency-key", newRequestId());
    if (method !== "DELETE") {
      headers.set("content-type", "application/json");
      init.body = JSON.stringify(rest);
      return this.#until<Output<Name>>(url, init);
    }
    return this.#until<Output<Name>>(url + query(rest), init);
  }

  async #until<T>(url: string, init: RequestInit): Promise<T> {
    for (const delay of RETRY_DELAYS) {
      try {
        return await this.#once<T>(url, init);
      } catch (error) {
        if (!isPassing(error) || init.signal?.aborted) throw error;
      }
      await this.wait(delay);
    }
    return this.#once<T>(url, init);
  }

  async #once<T>(url: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await this.fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ApiError(
        "UNREACHABLE",
        "The server does not answer.",
        "Nothing is lost: it is asked again when it is back.",
      );
    }
    const answer = (await response.json().catch(() => null)) as Answer<T> | null;
    if (response.ok && answer?.success === true) return answer.data;
    if (response.status === 401) this.credentials.refused();
    if (answer?.success === false) {
      const { code, message, hint, details } = answer.error;
      throw new ApiError(code, message, hint ?? null, response.status, details ?? null);
    }
    throw new ApiError(
      response.status >= 500 ? "INTERNAL" : "BAD_ANSWER",
      `The server answered ${response.status} without a reason.`,
      null,
      response.status,
    );
  }
}

type Answer<T> =
  | { success: true; data: T }
  | {
      success: false;
      error: { code: string; message: string; hint?: string | null; details?: unknown };
    };

/** Faults that may be gone a moment later, and say nothing about the call itself. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof ApiError && ["UNREACHABLE", "OVERLOADED", "REQUEST_IN_PROGRESS"].includes(error.code)
  );
}

/** Puts the fields that the path names into it; the others are left for the body or the query. */
function fillPath(path: string, input: Record<string, unknown>): [string, Record<string, unknown>] {
  const rest = { ...input };
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = rest[field];
    delete rest[field];
    return encodeURIComponent(String(value));
  });
  return [`/v1${filled}`, rest];
}

function query(fields: Record<string, unknown>): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  if (pairs.length === 0) return "";
  return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

/** 128 random bits. Not `crypto.randomUUID`, which a page that a phone reads over plain HTTP does not have. */
function newRequestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
