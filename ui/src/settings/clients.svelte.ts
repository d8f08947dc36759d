import type { Api } from "../api/client";
import { reasonOf } from "../api/errors";
import type { ClientChange } from "../api/operations";
import type { Client } from "../api/types";

/** The coding clients of this machine, and whether they know this board. */
export class Clients {
  clients = $state.raw<readonly Client[] | null>(null);
  failure = $state<string | null>(null);
  /** The client whose configuration is being written. */
  busy = $state<string | null>(null);
  /** What was written last, for the person to read. */
  written = $state.raw<ClientChange | null>(null);

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    this.failure = null;
    try {
      const { clients } = await this.api.call("list_clients", {});
      this.clients = [...clients].sort(
        (a, b) => Number(b.installed) - Number(a.installed) || a.title.localeCompare(b.title),
      );
    } catch (error) {
      this.failure = reasonOf(error);
    }
  }

  async set(client: string, connected: boolean): Promise<void> {
    this.busy = client;
    this.failure = null;
    try {
      this.written = await this.api.call(connected ? "connect_client" : "disconnect_client", { client });
      await this.load();
    } catch (error) {
      this.failure = reasonOf(error);
    } finally {
      this.busy = null;
    }
  }
}
