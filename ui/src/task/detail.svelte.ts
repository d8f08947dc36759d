import type { Api } from "../api/client";
import { ApiError, reasonOf } from "../api/errors";
import type { Explanation } from "../api/operations";
import type { BoardEvent, TaskDetail } from "../api/types";

/** One task in full: what the board's stream leaves out. Asked for when the panel opens and again when it changes. */
export class Detail {
  detail = $state.raw<TaskDetail | null>(null);
  explanation = $state.raw<Explanation | null>(null);
  failure = $state<string | null>(null);
  missing = $state(false);
  #id: string | null = null;
  #request: AbortController | null = null;

  constructor(private readonly api: Api) {}

  get id(): string | null {
    return this.#id;
  }

  show(id: string | null): void {
    if (id === this.#id) return;
    this.#id = id;
    this.detail = null;
    this.explanation = null;
    this.missing = false;
    void this.refresh();
  }

  apply(events: BoardEvent[]): void {
    const concerned = events.some(
      (event) => event.entity === this.#id || (event.type.startsWith("lock.") && this.#holdsLocks(event)),
    );
    if (this.#id && concerned) void this.refresh();
  }

  /** A newer question makes the answer to an older one void. */
  async refresh(): Promise<void> {
    this.#request?.abort();
    const id = this.#id;
    if (!id) return;
    const request = new AbortController();
    this.#request = request;
    const { signal } = request;
    this.failure = null;
    try {
      const [detail, explanation] = await Promise.all([
        this.api.call("get_task", { taskId: id, include: "comments,history,attempts" }, signal),
        this.api.call("explain_task", { taskId: id }, signal),
      ]);
      if (signal.aborted) return;
      this.detail = detail;
      this.explanation = explanation;
    } catch (error) {
      if (signal.aborted) return;
      this.missing = error instanceof ApiError && error.code === "NOT_FOUND";
      this.failure = reasonOf(error);
    }
  }

  async comment(text: string): Promise<void> {
    if (!this.#id) return;
    const { comment } = await this.api.call("comment_on_task", { taskId: this.#id, text });
    if (this.detail && !this.detail.comments?.some((other) => other.id === comment.id)) {
      this.detail = { ...this.detail, comments: [...(this.detail.comments ?? []), comment] };
    }
  }

  #holdsLocks(event: BoardEvent): boolean {
    if (!("locks" in event.data)) return false;
    const files = this.detail?.task.filesOwned ?? [];
    return event.data.locks.some((lock) => lock.taskId === this.#id || files.includes(lock.path));
  }
}
