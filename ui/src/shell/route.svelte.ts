export const VIEWS = ["board", "attention", "chat", "settings"] as const;
export type View = (typeof VIEWS)[number];

/**
 * Where the page is: `#/board?agent=builder-1&task=T42`. In the fragment, so that the server needs to know no address
 * of the page's and what is filtered for stands in no log.
 */
export class Route {
  view = $state<View>("board");
  query = $state.raw(new URLSearchParams());

  constructor(private readonly first: View = "board") {
    this.read();
  }

  read(): void {
    const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    this.view = VIEWS.find((view) => view === path) ?? this.first;
    this.query = new URLSearchParams(query);
  }

  /** @returns what stops listening */
  listen(): () => void {
    const onChange = () => this.read();
    addEventListener("hashchange", onChange);
    addEventListener("popstate", onChange);
    return () => {
      removeEventListener("hashchange", onChange);
      removeEventListener("popstate", onChange);
    };
  }

  href(view: View, change: (query: URLSearchParams) => void = () => {}): string {
    const query = new URLSearchParams(this.query);
    change(query);
    const text = query.toString();
    return `#/${view}${text ? `?${text}` : ""}`;
  }

  /** Goes to another view; the filter stays, the open task does not. */
  go(view: View): void {
    this.#set(
      this.href(view, (query) => query.delete("task")),
      true,
    );
  }

  get task(): string | null {
    return this.query.get("task");
  }

  openTask(id: string | null): void {
    if (id === this.task) return;
    const replaces = id !== null && this.task !== null;
    const view = this.view === "settings" && id ? "board" : this.view;
    this.#set(
      this.href(view, (query) => (id ? query.set("task", id) : query.delete("task"))),
      !replaces,
    );
  }

  /** Changes what stands in the address without a step in the history. */
  replaceQuery(change: (query: URLSearchParams) => void): void {
    this.#set(this.href(this.view, change), false);
  }

  #set(href: string, push: boolean): void {
    if (push) history.pushState(null, "", href);
    else history.replaceState(null, "", href);
    this.read();
  }
}
