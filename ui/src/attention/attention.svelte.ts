import type { Task } from "../api/types";
import { dependents } from "../board/facts";
import { PRIORITY_RANK } from "../board/order";
import type { Tasks } from "../board/tasks.svelte";

export interface Item {
  task: Task;
  kind: "review" | "help";
  /** Tasks that can't go on before this is settled. */
  blocks: readonly Task[];
}

/** What waits for the person, most urgent first. */
export class Attention {
  readonly items = $derived.by(() => this.#collect());

  constructor(private readonly tasks: Tasks) {}

  #collect(): Item[] {
    const waiting: { task: Task; kind: Item["kind"] }[] = [];
    for (const task of this.tasks.all()) {
      const kind = kindOf(task);
      if (kind) waiting.push({ task, kind });
    }
    const blocked = dependents(this.tasks, new Set(waiting.map(({ task }) => task.id)));
    const items: Item[] = waiting.map((item) => ({ ...item, blocks: blocked.get(item.task.id) ?? [] }));
    return items.sort(
      (a, b) =>
        PRIORITY_RANK[a.task.priority] - PRIORITY_RANK[b.task.priority] ||
        b.blocks.length - a.blocks.length ||
        Date.parse(a.task.updatedAt) - Date.parse(b.task.updatedAt),
    );
  }
}

function kindOf(task: Task): Item["kind"] | null {
  if (task.status === "in_review") return "review";
  if (task.needsHuman && task.status !== "done" && task.status !== "cancelled") return "help";
  return null;
}
