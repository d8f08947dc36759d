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
  if (isSettled(task)) return [];
  const waiting: Task[] = [];
  for (const other of tasks.all()) {
    if (isOpen(other) && other.dependsOn.includes(task.id)) waiting.push(other);
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
