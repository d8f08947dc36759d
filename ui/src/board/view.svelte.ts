import { SvelteSet } from "svelte/reactivity";
import { STATUSES, type Status, type Task } from "../api/types";
import type { Filter } from "./filter.svelte";
import type { Tasks } from "./tasks.svelte";

const COLLAPSED_KEY = "meshpilot.collapsed";
const COLLAPSED_AT_FIRST: Status[] = ["failed", "cancelled"];

/** How one person looks at the board: what passes the filter, which card has the focus, what is selected. */
export class BoardView {
  /** The card that the keyboard is on. */
  focused = $state<string | null>(null);
  readonly selected = new SvelteSet<string>();
  readonly collapsed: SvelteSet<Status>;
  /** Asks the column that has the focused card to show it and to give it the focus; grows with each request. */
  focusRequest = $state(0);
  #anchor: string | null = null;
  readonly #visible: Record<Status, readonly Task[]>;

  constructor(
    private readonly tasks: Tasks,
    private readonly filter: Filter,
    private readonly storage: Pick<Storage, "getItem" | "setItem"> = localStorage,
  ) {
    const stored = this.storage.getItem(COLLAPSED_KEY);
    this.collapsed = new SvelteSet(
      stored === null ? COLLAPSED_AT_FIRST : STATUSES.filter((status) => stored.split(",").includes(status)),
    );
    const visible = {} as Record<Status, readonly Task[]>;
    for (const status of STATUSES) {
      const passing = $derived(this.filter.apply(this.tasks.columns[status].tasks));
      Object.defineProperty(visible, status, { get: () => passing });
    }
    this.#visible = visible;
  }

  visible(status: Status): readonly Task[] {
    return this.#visible[status];
  }

  toggleCollapsed(status: Status): void {
    if (!this.collapsed.delete(status)) this.collapsed.add(status);
    this.storage.setItem(COLLAPSED_KEY, [...this.collapsed].join(","));
  }

  /** The tasks that an action is for: the selected ones that are in sight, else the focused one. */
  get targets(): string[] {
    if (this.selected.size > 0) {
      const selected = [...this.selected]
        .map((id) => this.tasks.get(id))
        .filter((task) => task !== undefined);
      return this.filter.apply(selected).map((task) => task.id);
    }
    return this.focused && this.tasks.get(this.focused) ? [this.focused] : [];
  }

  focus(id: string): void {
    this.focused = id;
    this.focusRequest += 1;
  }

  /** The card next to another, in board order: `by` 1 is the next one down, -1 the one above. */
  neighbour(id: string, by: 1 | -1): string | null {
    const task = this.tasks.get(id);
    if (!task) return null;
    const column = this.visible(task.status);
    return column[column.findIndex((other) => other.id === id) + by]?.id ?? null;
  }

  /** Moves the focus; into a column beside it, to the card at about the same height. */
  step(direction: "up" | "down" | "left" | "right" | "first" | "last"): void {
    const task = this.focused ? this.tasks.get(this.focused) : undefined;
    if (!task) {
      this.focusFirst();
      return;
    }
    const column = this.visible(task.status);
    const index = column.findIndex((other) => other.id === task.id);
    let next: Task | undefined;
    if (direction === "up") next = column[index - 1];
    else if (direction === "down") next = column[index + 1];
    else if (direction === "first") next = column[0];
    else if (direction === "last") next = column.at(-1);
    else next = this.#beside(task.status, index, direction === "right" ? 1 : -1);
    if (next) this.focus(next.id);
  }

  focusFirst(): void {
    for (const status of STATUSES) {
      const first = this.collapsed.has(status) ? undefined : this.visible(status)[0];
      if (first) {
        this.focus(first.id);
        return;
      }
    }
  }

  #beside(status: Status, index: number, by: 1 | -1): Task | undefined {
    for (let at = STATUSES.indexOf(status) + by; at >= 0 && at < STATUSES.length; at += by) {
      const other = STATUSES[at];
      if (!other || this.collapsed.has(other)) continue;
      const column = this.visible(other);
      if (column.length > 0) return column[Math.min(index, column.length - 1)];
    }
    return undefined;
  }

  toggleSelected(id: string): void {
    if (!this.selected.delete(id)) this.selected.add(id);
    this.#anchor = id;
  }

  /** Selects everything between the card selected last and this one, when both stand in one column. */
  selectTo(id: string): void {
    const anchor = this.tasks.get(this.#anchor ?? this.focused ?? id);
    const task = this.tasks.get(id);
    if (!task) return;
    if (!anchor || anchor.status !== task.status) {
      this.toggleSelected(id);
      return;
    }
    const column = this.visible(task.status);
    const ends = [anchor.id, id].map((end) => column.findIndex((other) => other.id === end));
    for (const { id } of column.slice(Math.min(...ends), Math.max(...ends) + 1)) this.selected.add(id);
  }

  clearSelection(): void {
    this.selected.clear();
    this.#anchor = null;
  }
}
