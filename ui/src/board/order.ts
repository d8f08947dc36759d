import type { Priority, Status, Task } from "../api/types";

export const PRIORITY_RANK: Record<Priority, number> = { urgent: 0, high: 1, normal: 2, low: 3 };

export const PRIORITY_NAMES: Record<Priority, string> = {
  urgent: "Urgent",
  high: "High",
  normal: "Normal",
  low: "Low",
};

type Order = (a: Task, b: Task) => number;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
/** `T9` before `T10`. */
const byId: Order = (a, b) => a.id.length - b.id.length || compare(a.id, b.id);
const newestEndFirst: Order = (a, b) =>
  compare(b.completedAt ?? b.updatedAt, a.completedAt ?? a.updatedAt) || byId(b, a);
const urgentThenOldest: Order = (a, b) =>
  PRIORITY_RANK[a.priority] - PRIORITY_RANK[b.priority] || compare(a.createdAt, b.createdAt) || byId(a, b);

/** Work as an agent would pick it, most urgent first, then oldest; what is over, newest first. */
export function orderOf(status: Status): Order {
  return status === "done" || status === "failed" || status === "cancelled"
    ? newestEndFirst
    : urgentThenOldest;
}

/** A copy of a sorted list without some tasks and with others at their places. */
export function patchSorted(
  sorted: readonly Task[],
  gone: ReadonlySet<string>,
  added: readonly Task[],
  order: Order,
): Task[] {
  const rest = gone.size > 0 ? sorted.filter((task) => !gone.has(task.id)) : sorted;
  if (added.length === 0) return rest === sorted ? [...sorted] : (rest as Task[]);
  const incoming = [...added].sort(order);
  const merged: Task[] = [];
  let next = 0;
  for (const task of rest) {
    for (let other = incoming[next]; other && order(other, task) < 0; other = incoming[next]) {
      merged.push(other);
      next += 1;
    }
    merged.push(task);
  }
  return merged.concat(incoming.slice(next));
}
