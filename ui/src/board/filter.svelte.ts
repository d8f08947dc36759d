import { PRIORITIES, type Priority, type Task } from "../api/types";

export const NOBODY = "-";

export interface FilterFields {
  agents: readonly string[];
  priorities: readonly Priority[];
  labels: readonly string[];
  text: string;
}

const NONE: FilterFields = { agents: [], priorities: [], labels: [], text: "" };

/** Which cards the board shows. Lives in the address, so that a view can be kept and shared. */
export class Filter {
  fields = $state.raw<FilterFields>(NONE);

  constructor(private readonly onChange: () => void = () => {}) {}

  get active(): boolean {
    const { agents, priorities, labels, text } = this.fields;
    return agents.length + priorities.length + labels.length > 0 || text.trim() !== "";
  }

  set(change: Partial<FilterFields>): void {
    this.fields = { ...this.fields, ...change };
    this.onChange();
  }

  clear(): void {
    this.fields = NONE;
    this.onChange();
  }

  /** Reads the filter out of the address. */
  read(query: URLSearchParams): void {
    const list = (name: string) => query.get(name)?.split(",").map(decodeURIComponent).filter(Boolean) ?? [];
    this.fields = {
      agents: list("agent"),
      priorities: list("priority").filter((value): value is Priority =>
        PRIORITIES.includes(value as Priority),
      ),
      labels: list("label"),
      text: query.get("q") ?? "",
    };
  }

  write(query: URLSearchParams): void {
    const { agents, priorities, labels, text } = this.fields;
    const list = (name: string, values: readonly string[]) => {
      if (values.length > 0) query.set(name, values.map(encodeURIComponent).join(","));
      else query.delete(name);
    };
    list("agent", agents);
    list("priority", priorities);
    list("label", labels);
    if (text.trim()) query.set("q", text.trim());
    else query.delete("q");
  }

  /** The tasks that pass; the same list when nothing is filtered. */
  apply(tasks: readonly Task[]): readonly Task[] {
    if (!this.active) return tasks;
    const { agents, priorities, labels, text } = this.fields;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return tasks.filter(
      (task) =>
        (agents.length === 0 || agents.includes(task.lease?.agent ?? task.assignedTo ?? NOBODY)) &&
        (priorities.length === 0 || priorities.includes(task.priority)) &&
        (labels.length === 0 || labels.some((label) => task.labels.includes(label))) &&
        words.every((word) => contains(task, word)),
    );
  }
}

function contains(task: Task, word: string): boolean {
  return (
    task.title.toLowerCase().includes(word) ||
    task.id.toLowerCase() === word ||
    task.labels.some((label) => label.toLowerCase().includes(word)) ||
    task.filesOwned.some((file) => file.toLowerCase().includes(word))
  );
}
