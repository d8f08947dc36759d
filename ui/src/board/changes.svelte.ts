import type { Api } from "../api/client";
import { reasonOf } from "../api/errors";
import type { TaskFields } from "../api/operations";
import type { BulkResult, Priority, Status, Task } from "../api/types";
import type { Notices } from "../ui/notices.svelte";
import { PRIORITY_NAMES } from "./order";
import type { Tasks } from "./tasks.svelte";
import { canMove, moveVerb, needsReason, STATUS_NAMES, undoMove } from "./transitions";

/** The server takes at most this many updates in one call. */
const BULK_LIMIT = 500;

type TaskPatch = Partial<
  Pick<
    Task,
    | "title"
    | "priority"
    | "assignedTo"
    | "labels"
    | "dependsOn"
    | "filesOwned"
    | "requiresReview"
    | "needsHuman"
  >
> & { description?: string };

export interface Asking {
  tasks: readonly Task[];
  to: Status;
}

interface Update extends TaskFields {
  taskId: string;
}

interface Undo {
  label: string;
  run: () => Promise<void>;
}

/**
 * Everything a person does to tasks: menu, keys, drag and palette all end here. Each change shows at once, is rolled
 * back with the server's reason when refused, and offers the way back for ten seconds.
 */
export class Changes {
  /** A move that waits for its reason; a dialog asks for it. */
  asking = $state.raw<Asking | null>(null);

  constructor(
    private readonly api: Api,
    private readonly tasks: Tasks,
    private readonly notices: Notices,
  ) {}

  /** Moves tasks to a column. Those that may not go there are named, the others go. */
  async move(ids: readonly string[], to: Status): Promise<void> {
    const tasks = this.#tasks(ids).filter((task) => task.status !== to);
    const movable = tasks.filter((task) => canMove(task.status, to));
    const refused = tasks.filter((task) => !canMove(task.status, to));
    if (refused.length > 0) {
      const froms = [...new Set(refused.map((task) => STATUS_NAMES[task.status]))].join(" or ");
      this.notices.fail(
        refused.length === 1
          ? `${name(refused)} stays where it is.`
          : `${refused.length} tasks stay where they are.`,
        `From ${froms} there is no way to ${STATUS_NAMES[to]}.`,
      );
    }
    const unexplained = movable.filter((task) => needsReason(task.status, to));
    if (unexplained.length > 0) this.asking = { tasks: unexplained, to };
    const moves = movable.filter((task) => !needsReason(task.status, to));
    if (moves.length > 0) await this.#move(moves, to);
  }

  /** Goes on with the move that waited for a reason: a reject, or a block. */
  async giveReason(reason: string): Promise<void> {
    const asked = this.asking;
    this.asking = null;
    if (asked) await this.#move(asked.tasks, asked.to, reason);
  }

  async #move(moves: readonly Task[], to: Status, reason?: string): Promise<void> {
    const froms = new Map(moves.map((task) => [task.id, task]));
    await this.#perform({
      updates: moves.map((task) => ({ taskId: task.id, status: to, ...(reason && { reason }) })),
      patch: { status: to },
      done: (changed) => `${verb(changed, froms, to)} ${name(changed)}`,
      undo: (changed) => this.#undoMoves(changed, froms, to),
    });
  }

  approve(ids: readonly string[]): Promise<void> {
    return this.move(ids, "done");
  }

  /**
   * Changes fields of tasks. `what` names the change, as in "Priority of T4 set to High"; `previous` holds the values
   * to go back to that the board does not know, such as the description.
   */
  async edit(
    ids: readonly string[],
    patch: TaskPatch,
    what: (subject: string) => string,
    previous: TaskPatch = {},
  ): Promise<boolean> {
    const before = new Map(this.#tasks(ids).map((task) => [task.id, { ...task, ...previous }]));
    const { description: _, ...shown } = patch;
    return this.#perform({
      updates: ids.map((taskId) => ({ taskId, ...patch })),
      patch: shown,
      done: (changed) => what(name(changed)),
      undo: (changed) => ({
        label: "Undo",
        run: async () => {
          await this.#perform({
            updates: changed.map((task) => ({ taskId: task.id, ...pick(before.get(task.id), patch) })),
            done: () => `Took back the change of ${name(changed)}`,
          });
        },
      }),
    });
  }

  setPriority(ids: readonly string[], priority: Priority): Promise<boolean> {
    return this.edit(
      ids,
      { priority },
      (subject) => `Priority of ${subject} set to ${PRIORITY_NAMES[priority]}`,
    );
  }

  assign(ids: readonly string[], agent: string | null): Promise<boolean> {
    return this.edit(ids, { assignedTo: agent }, (subject) =>
      agent ? `${subject} is for ${agent}` : `${subject} is for whoever takes it first`,
    );
  }

  /** Adds or removes one label on each of several tasks, whatever others they have. */
  async label(ids: readonly string[], label: string, on: boolean): Promise<void> {
    const tasks = this.#tasks(ids).filter((task) => task.labels.includes(label) !== on);
    const without = (labels: readonly string[]) => labels.filter((other) => other !== label);
    if (tasks.length === 0) return;
    await this.#perform({
      updates: tasks.map((task) => ({
        taskId: task.id,
        labels: on ? [...task.labels, label] : without(task.labels),
      })),
      done: (changed) => `${on ? "Labelled" : "Took the label from"} ${name(changed)}: ${label}`,
      undo: (changed) => ({
        label: "Undo",
        run: () =>
          this.label(
            changed.map((task) => task.id),
            label,
            !on,
          ),
      }),
    });
  }

  async remove(id: string): Promise<boolean> {
    const pending = this.tasks.lay(id, null);
    try {
      const { task } = await this.api.call("delete_task", { taskId: id });
      this.tasks.forget(task);
    } catch (error) {
      this.notices.fail(`${id} was not deleted.`, reasonOf(error));
      return false;
    } finally {
      this.tasks.lift(id, pending);
    }
    this.notices.done(`Deleted ${id}`, {
      label: "Undo",
      run: async () => {
        const { task } = await this.api.call("restore_task", { taskId: id });
        this.tasks.learn([task]);
      },
    });
    return true;
  }

  #tasks(ids: readonly string[]): Task[] {
    return ids.map((id) => this.tasks.get(id)).filter((task) => task !== undefined);
  }

  async #perform(change: {
    updates: Update[];
    patch?: Partial<Task>;
    done: (changed: readonly Task[]) => string;
    undo?: (changed: readonly Task[]) => Undo | null;
  }): Promise<boolean> {
    const layers = change.updates.map(({ taskId, ...fields }) => ({
      taskId,
      pending: this.tasks.lay(taskId, change.patch ?? (fields as Partial<Task>)),
    }));
    const outcome = await this.#send(change.updates);
    this.tasks.learn(outcome.changed);
    for (const { taskId, pending } of layers) this.tasks.lift(taskId, pending);
    for (const refusal of outcome.refused)
      this.notices.fail(`${refusal.what} was not changed.`, refusal.reason);
    if (outcome.changed.length > 0) {
      this.notices.done(change.done(outcome.changed), change.undo?.(outcome.changed) ?? undefined);
    }
    return outcome.refused.length === 0;
  }

  async #send(updates: Update[]): Promise<{ changed: Task[]; refused: { what: string; reason: string }[] }> {
    const changed: Task[] = [];
    const refused: { what: string; reason: string }[] = [];
    const [only] = updates;
    if (only && updates.length === 1) {
      try {
        changed.push((await this.api.call("update_task", only)).task);
      } catch (error) {
        refused.push({ what: only.taskId, reason: reasonOf(error) });
      }
      return { changed, refused };
    }
    for (let from = 0; from < updates.length; from += BULK_LIMIT) {
      const part = updates.slice(from, from + BULK_LIMIT);
      try {
        const { results } = await this.api.call("bulk_update_tasks", { updates: part });
        changed.push(...results.map((result) => result.task).filter((task) => task !== null));
        refused.push(...summary(results));
      } catch (error) {
        refused.push({ what: `A group of ${part.length} tasks`, reason: reasonOf(error) });
      }
    }
    return { changed, refused };
  }

  #undoMoves(changed: readonly Task[], froms: ReadonlyMap<string, Task>, to: Status): Undo | null {
    const ways = changed.map((task) => {
      const from = froms.get(task.id);
      const holder = from?.lease?.agent;
      // What the server made of the move counts: a completion that is due for review lands there.
      return from && task.status === to
        ? { task, way: undoMove(from.status, to, holder !== undefined && holder !== "human") }
        : { task, way: null };
    });
    if (ways.some(({ way }) => way === null)) return null;
    const exact = ways.every(({ way }) => way?.exact);
    return {
      label: exact ? "Undo" : to === "blocked" ? "Unblock" : "Reopen",
      run: async () => {
        await this.#perform({
          updates: ways.map(({ task, way }) => ({
            taskId: task.id,
            status: way?.to ?? task.status,
            ...(way?.to === "blocked" && {
              reason: froms.get(task.id)?.blockedReason ?? "As it was before.",
            }),
          })),
          done: (back) => `Back in ${STATUS_NAMES[ways[0]?.way?.to ?? to]}: ${name(back)}`,
        });
      },
    };
  }
}

function name(tasks: readonly Task[]): string {
  return tasks.length === 1 && tasks[0] ? tasks[0].id : `${tasks.length} tasks`;
}

function verb(changed: readonly Task[], froms: ReadonlyMap<string, Task>, to: Status): string {
  const verbs = new Set(changed.map((task) => moveVerb(froms.get(task.id)?.status ?? to, task.status)));
  const [only] = verbs;
  return verbs.size === 1 && only ? only : "Moved";
}

function pick(task: Task | undefined, keys: object): TaskFields {
  return Object.fromEntries(Object.keys(keys).map((key) => [key, task?.[key as keyof Task]])) as TaskFields;
}

/** One line per reason, not one per task: five hundred notices would help nobody. */
function summary(results: readonly BulkResult[]): { what: string; reason: string }[] {
  const byReason = new Map<string, string[]>();
  for (const { taskId, error } of results) {
    if (!error) continue;
    const { message, hint } = error as { message: string; hint?: string | null };
    const reason = hint ? `${message} ${hint}` : message;
    byReason.set(reason, [...(byReason.get(reason) ?? []), taskId ?? "A task"]);
  }
  return [...byReason].map(([reason, ids]) => ({
    what: ids.length > 3 ? `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more` : ids.join(", "),
    reason,
  }));
}
