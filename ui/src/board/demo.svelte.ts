import type { Api } from "../api/client";
import { reasonOf } from "../api/errors";
import type { Demo } from "../api/operations";
import type { Notices } from "../ui/notices.svelte";
import type { Tasks } from "./tasks.svelte";

/** The label that the server puts on everything a sample swarm makes. */
const LABEL = "sample";

/** A swarm of sample agents that plays on this very board, to see what it is for, and is cleared away again. */
export class SampleSwarm {
  playing = $state.raw<Demo | null>(null);
  busy = $state(false);

  constructor(
    private readonly api: Api,
    private readonly tasks: Tasks,
    private readonly notices: Notices,
  ) {}

  /** Whether there is something of it to clear away. */
  readonly present = $derived.by(() => this.playing !== null || this.#leftBehind());

  async look(): Promise<void> {
    try {
      this.playing = (await this.api.call("look_at_demo", {})).demo;
    } catch {
      // A key without the right to begin one has none to end either.
      this.playing = null;
    }
  }

  begin(): Promise<void> {
    return this.#run("The sample swarm did not start.", async () => {
      this.playing = (await this.api.call("begin_demo", {})).demo;
    });
  }

  end(): Promise<void> {
    return this.#run("The sample swarm is not cleared away.", async () => {
      await this.api.call("end_demo", {});
      this.playing = null;
      this.notices.done("The sample swarm is gone, with all that it made");
    });
  }

  async #run(failure: string, action: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await action();
    } catch (error) {
      this.notices.fail(failure, reasonOf(error));
    } finally {
      this.busy = false;
    }
  }

  #leftBehind(): boolean {
    for (const task of this.tasks.all()) if (task.labels.includes(LABEL)) return true;
    return false;
  }
}
