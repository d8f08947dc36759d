import type { Api } from "../api/client";
import { reasonOf } from "../api/errors";
import type { Input } from "../api/operations";
import type { BoardEvent, Key } from "../api/types";

/** The keys of the board. Their texts are known once, when they are made. */
export class Keys {
  keys = $state.raw<readonly Key[] | null>(null);
  failure = $state<string | null>(null);
  /** The key just made, with its text; gone when the person has put it away. */
  fresh = $state.raw<{ key: Key; secret: string } | null>(null);

  /** Whether the person is making one. */
  creating = $state(false);

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    this.failure = null;
    try {
      const { keys } = await this.api.call("list_keys", { includeRevoked: true });
      this.keys = sorted(keys);
    } catch (error) {
      this.failure = reasonOf(error);
    }
  }

  apply(events: BoardEvent[]): void {
    for (const event of events) {
      if (event.type === "key.created" || event.type === "key.revoked" || event.type === "key.rotated") {
        this.#learn(event.data.key);
      }
    }
  }

  async create(input: Input<"create_key">): Promise<void> {
    const { key, secret } = await this.api.call("create_key", input);
    this.fresh = { key, secret };
    this.#learn(key);
  }

  async revoke(keyId: string): Promise<void> {
    const { key } = await this.api.call("revoke_key", { keyId });
    this.#learn(key);
  }

  #learn(key: Key): void {
    if (this.keys) this.keys = sorted([...this.keys.filter((other) => other.id !== key.id), key]);
  }
}

/** Those that work first, newest first. */
const sorted = (keys: Key[]) =>
  keys.sort(
    (a, b) =>
      Number(a.revokedAt !== null) - Number(b.revokedAt !== null) ||
      Date.parse(b.createdAt) - Date.parse(a.createdAt),
  );
