import { createParser, type EventSourceMessage } from "eventsource-parser";

/** No byte for this long, though the server comments every 15 s: the connection is dead without having said so. */
const SILENCE_MS = 40_000;

export class Silence extends Error {}

/**
 * Reads server-sent events from a response until it ends. `EventSource` can't carry a bearer header, and a key in
 * the address would end up in logs.
 *
 * @throws {Silence} when nothing came for 40 s
 */
export async function readStream(
  body: ReadableStream<Uint8Array>,
  onMessage: (message: EventSourceMessage) => void,
  silenceMs = SILENCE_MS,
): Promise<void> {
  const parser = createParser({ onEvent: onMessage });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withDeadline(reader.read(), silenceMs);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    // The connection may be broken already; then there is nothing left to cancel.
    reader.cancel().catch(() => {});
  }
}

async function withDeadline<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Silence(`nothing for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
