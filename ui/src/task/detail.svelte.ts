import type { Api } from "../api/client";
import { ApiError, reasonOf } from "../api/errors";
import type { BoardEvent, ChatMessage, Explanation, TaskDetail } from "../api/types";

/** Agents report many times a second when they hurry; what they did is asked for no more often than this. */
const AT_MOST_EVERY_MS = 1_000;

/** One task in full: what the board's stream leaves out. Asked for when the panel opens and again when it changes. */
export class Detail {
  detail = $state.raw<TaskDetail | null>(null);
  explanation = $state.raw<Explanation | null>(null);
  failure = $state<string | null>(null);
  missing = $state(false);
  /** Asks the timeline to put the caret into the comment field; it does once it is there. */
  focusComment = $state(false);
  #id: string | null = null;
  /** What was said of it in the chat. */
  said = $state.raw<readonly ChatMessage[]>([]);
  #request: AbortController | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly api: Api) {}

  get id(): string | null {
    return this.#id;
  }

  show(id: string | null): void {
    if (id === this.#id) return;
    this.#id = id;
    this.detail = null;
    this.explanation = null;
    this.said = [];
    this.missing = false;
    void this.refresh();
  }

  apply(events: BoardEvent[]): void {
    if (this.#id && events.some((event) => this.#concerns(event))) this.#refreshSoon();
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer);
    const wait = this.#askedAt + AT_MOST_EVERY_MS - Date.now();
    if (wait <= 0) void this.refresh();
    else this.#timer = setTimeout(() => void this.refresh(), wait);
  }

  /** A newer question makes the answer to an older one void. */
  async refresh(): Promise<void> {
    this.#request?.abort();
    clearTimeout(this.#timer);
    const id = this.#id;
    if (!id) return;
    this.#askedAt = Date.now();
    const request = new AbortController();
    this.#request = request;
    const { signal } = request;
    this.failure = null;
    try {
      const [detail, explanation, { messages }] = await Promise.all([
        this.api.call("get_task", { taskId: id, include: ["comments", "history", "attempts"] }, signal),
        this.api.call("explain_task", { taskId: id }, signal),
        this.api.call("list_chat_messages", { taskId: id, limit: 100 }, signal),
      ]);
      if (signal.aborted) return;
      this.detail = detail;
      this.explanation = explanation;
      this.said = messages;
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

  #concerns(event: BoardEvent): boolean {
    if (event.entity === this.#id) return true;
    if ("message" in event.data) return event.data.message.taskId === this.#id;
    if (!("locks" in event.data)) return false;
    const files = this.detail?.task.filesOwned ?? [];
    return event.data.locks.some((lock) => lock.taskId === this.#id || files.includes(lock.path));
  }
}
