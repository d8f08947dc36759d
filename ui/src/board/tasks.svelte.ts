import { SvelteMap } from "svelte/reactivity";
import { type BoardEvent, type Change, type Snapshot, STATUSES, type Status, type Task } from "../api/types";
import type { Listener } from "../feed/listener";
import { orderOf, patchSorted } from "./order";

/** How long a card shows that it changed, in milliseconds. */
const GLOW_MS = 1_600;

export interface Glow {
  by: string;
  change: Change;
}

/** What the person did to a task and the server has not confirmed yet. */
export interface Pending {
  /** The fields as they will be; null when the task will be gone. */
  readonly patch: Partial<Task> | null;
}

const empty = <T>(value: () => T) =>
  Object.fromEntries(STATUSES.map((status) => [status, value()])) as Record<Status, T>;

class Column {
  tasks = $state.raw<readonly Task[]>([]);
}

/**
 * Every task that the page knows, as columns. What the server said is the truth; what the person did lies over it
 * until the server's answer, and is gone without a trace when that is a refusal.
 */
export class Tasks implements Listener {
  readonly columns: Record<Status, Column> = empty(() => new Column());
  /** How many tasks each column has on the server; more than are here where old ones were left out. */
  counts = $state.raw<Record<Status, number>>(empty(() => 0));
  truncated = $state.raw<Snapshot["truncated"]>({ done: false, failed: false, cancelled: false });
  /** Grows with every change, for what is worked out from many tasks. */
  version = $state(0);
  /** False until the first snapshot. */
  loaded = $state(false);
  readonly glows = new SvelteMap<string, Glow>();

  readonly #truth = new Map<string, Task>();
  readonly #pending = new Map<string, Pending[]>();
  /** As shown: the truth with what is pending over it. */
  readonly #shown = new Map<string, Task>();
  /** Versions at which tasks were deleted, so that an older event that comes late does not bring one back. */
  readonly #deleted = new Map<string, number>();
  /** How long leases were when they were taken or renewed, in milliseconds: what their rings count as full. */
  readonly #leases = new Map<string, { expiresAt: string; lengthMs: number }>();
  readonly #dirty = new Set<string>();
  readonly #glowTimers = new Map<string, ReturnType<typeof setTimeout>>();

  get(id: string): Task | undefined {
    this.version;
    return this.#shown.get(id);
  }

  all(): IterableIterator<Task> {
    this.version;
    return this.#shown.values();
  }

  /** How much of a task's lease is left at a moment, 0 to 1; null when nobody holds it. */
  leaseLeft(task: Task, now: number): number | null {
    const lease = this.#leases.get(task.id);
    if (!task.lease || !lease) return null;
    return Math.min(1, Math.max(0, (Date.parse(task.lease.expiresAt) - now) / lease.lengthMs));
  }

  /** What the server last said of a task, without what is pending. */
  confirmed(id: string): Task | undefined {
    return this.#truth.get(id);
  }

  reset(snapshot: Snapshot): void {
    this.#truth.clear();
    this.#shown.clear();
    this.#deleted.clear();
    this.#dirty.clear();
    for (const task of snapshot.tasks) {
      this.#truth.set(task.id, task);
      this.#measureLease(task);
      const shown = this.#overlay(task);
      if (shown) this.#shown.set(task.id, shown);
    }
    const columns = empty<Task[]>(() => []);
    for (const task of this.#shown.values()) columns[task.status].push(task);
    for (const status of STATUSES) this.columns[status].tasks = columns[status].sort(orderOf(status));
    this.counts = { ...snapshot.counts };
    this.truncated = snapshot.truncated;
    this.loaded = true;
    this.version += 1;
  }

  apply(events: BoardEvent[]): void {
    for (const event of events) {
      if (event.type !== "task.created" && event.type !== "task.updated" && event.type !== "task.deleted")
        continue;
      const { task, change } = event.data;
      if (event.type === "task.deleted") this.#forget(task);
      else if (this.#learn(task) && change !== "renewed") this.#glow(task.id, { by: event.actor, change });
    }
    this.#rebuild();
  }

  /** Takes in tasks from an answer, which may be ahead of the feed or behind it. */
  learn(tasks: readonly Task[]): void {
    for (const task of tasks) this.#learn(task);
    this.#rebuild();
  }

  /** Tasks from further back in a list: they were counted already. */
  learnOlder(tasks: readonly Task[]): void {
    for (const task of tasks) {
      if (this.#truth.has(task.id)) continue;
      this.#truth.set(task.id, task);
      this.#dirty.add(task.id);
    }
    this.#rebuild();
  }

  forget(task: Task): void {
    this.#forget(task);
    this.#rebuild();
  }

  /** Shows a change before the server took it. */
  lay(id: string, patch: Partial<Task> | null): Pending {
    const pending = { patch };
    this.#pending.set(id, [...(this.#pending.get(id) ?? []), pending]);
    this.#dirty.add(id);
    this.#rebuild();
    return pending;
  }

  /** Takes a pending change off again: the truth has it by now, or the server refused it. */
  lift(id: string, pending: Pending): void {
    const rest = (this.#pending.get(id) ?? []).filter((other) => other !== pending);
    if (rest.length > 0) this.#pending.set(id, rest);
    else this.#pending.delete(id);
    this.#dirty.add(id);
    this.#rebuild();
  }

  isPending(id: string): boolean {
    this.version;
    return this.#pending.has(id);
  }

  #learn(task: Task): boolean {
    const known = this.#truth.get(task.id);
    if (known && known.version >= task.version) return false;
    const deletedAt = this.#deleted.get(task.id);
    if (deletedAt !== undefined && deletedAt >= task.version) return false;
    this.#deleted.delete(task.id);
    this.#truth.set(task.id, task);
    this.#measureLease(task);
    this.#count(known?.status, task.status);
    this.#dirty.add(task.id);
    return true;
  }

  #forget(task: Task): void {
    this.#deleted.set(task.id, Math.max(task.version, this.#deleted.get(task.id) ?? 0));
    const known = this.#truth.get(task.id);
    if (!known) return;
    this.#truth.delete(task.id);
    this.#count(known.status, undefined);
    this.#dirty.add(task.id);
  }

  /** The moment of the change that a new end of a lease came with is when the lease began anew. */
  #measureLease({ id, lease, updatedAt }: Task): void {
    if (!lease) this.#leases.delete(id);
    else if (this.#leases.get(id)?.expiresAt !== lease.expiresAt) {
      const lengthMs = Math.max(1, Date.parse(lease.expiresAt) - Date.parse(updatedAt));
      this.#leases.set(id, { expiresAt: lease.expiresAt, lengthMs });
    }
  }

  #count(from: Status | undefined, to: Status | undefined): void {
    if (from === to) return;
    const counts = { ...this.counts };
    if (from) counts[from] = Math.max(0, counts[from] - 1);
    if (to) counts[to] += 1;
    this.counts = counts;
  }

  #overlay(task: Task): Task | null {
    const pending = this.#pending.get(task.id);
    if (!pending) return task;
    if (pending.some((change) => change.patch === null)) return null;
    return Object.assign({}, task, ...pending.map((change) => change.patch));
  }

  /** Brings the columns up to date with the tasks marked as dirty, and touches no other column. */
  #rebuild(): void {
    if (this.#dirty.size === 0) return;
    const gone = empty(() => new Set<string>());
    const added = empty<Task[]>(() => []);
    for (const id of this.#dirty) {
      const before = this.#shown.get(id);
      const truth = this.#truth.get(id);
      const after = truth && this.#overlay(truth);
      if (before) gone[before.status].add(id);
      if (after) {
        added[after.status].push(after);
        this.#shown.set(id, after);
      } else {
        this.#shown.delete(id);
      }
    }
    this.#dirty.clear();
    for (const status of STATUSES) {
      if (gone[status].size === 0 && added[status].length === 0) continue;
      const column = this.columns[status];
      column.tasks = patchSorted(column.tasks, gone[status], added[status], orderOf(status));
    }
    this.version += 1;
  }

  #glow(id: string, glow: Glow): void {
    clearTimeout(this.#glowTimers.get(id));
    this.glows.set(id, glow);
    this.#glowTimers.set(
      id,
      setTimeout(() => {
        this.glows.delete(id);
        this.#glowTimers.delete(id);
      }, GLOW_MS),
    );
  }
}
