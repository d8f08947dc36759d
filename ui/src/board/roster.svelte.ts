import type { Agent, BoardEvent, Snapshot } from "../api/types";
import type { Listener } from "../feed/listener";

/** The agents that have called, by name. */
export class Roster implements Listener {
  agents = $state.raw<readonly Agent[]>([]);

  reset(snapshot: Snapshot): void {
    this.agents = sorted(snapshot.agents);
  }

  apply(events: BoardEvent[]): void {
    const seen = events.flatMap((event) => (event.type === "agent.seen" ? [event.data.agent] : []));
    if (seen.length === 0) return;
    const known = new Map([...this.agents, ...seen].map((agent) => [agent.name, agent]));
    this.agents = sorted([...known.values()]);
  }
}

const sorted = (agents: readonly Agent[]) =>
  [...agents].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
