import type { Change, Task } from "../api/types";
import type { Tasks } from "./tasks.svelte";

/** Tasks that still stand in the way of this one. One that the page does not hold is an old one, finished long ago. */
export function waitsFor(task: Task, tasks: Tasks): string[] {
  return task.dependsOn.filter((id) => {
    const other = tasks.get(id);
    return other !== undefined && !isSettled(other);
  });
}

/** Tasks that this one stands in the way of. */
export function blocks(task: Task, tasks: Tasks): Task[] {
  return isSettled(task) ? [] : (dependents(tasks, new Set([task.id])).get(task.id) ?? []);
}

/** Open tasks that wait for any of these, by what they wait for. One pass, however many are asked for. */
export function dependents(tasks: Tasks, ids: ReadonlySet<string>): Map<string, Task[]> {
  const waiting = new Map<string, Task[]>();
  if (ids.size === 0) return waiting;
  for (const task of tasks.all()) {
    if (!isOpen(task)) continue;
    for (const id of task.dependsOn) {
      if (ids.has(id)) waiting.set(id, [...(waiting.get(id) ?? []), task]);
    }
  }
  return waiting;
}

/** A cancelled task stands in nobody's way: it will not be done. */
const isSettled = (task: Task) => task.status === "done" || task.status === "cancelled";

export function isOpen(task: Task): boolean {
  return task.status !== "done" && task.status !== "cancelled" && task.status !== "failed";
}

/** How often a reviewer sent it back, while that still says something of the work at hand. */
export function sentBack(task: Task): number {
  return isSettled(task) ? 0 : task.rejections;
}

/** A change in the few words that fit on a card, after the name of who made it. */
export const CHANGE_WORDS: Record<Change, string> = {
  created: "made it",
  edited: "edited",
  claimed: "claimed",
  renewed: "goes on",
  progressed: "reports",
  completed: "finished",
  released: "gave it back",
  lease_ended: "lost the lease",
  approved: "approved",
  rejected: "sent it back",
  commented: "commented",
  retried: "retries",
  reopened: "reopened",
  cancelled: "cancelled",
  blocked: "is stuck",
  unblocked: "goes on",
  deleted: "deleted",
  restored: "restored",
  stale_cancelled: "cancelled",
};
