/** How long a notice stays, and with it the way back, in milliseconds. */
const SHOWN_MS = 10_000;
const SHOWN_AT_ONCE = 4;

export interface NoticeAction {
  label: string;
  run: () => Promise<void>;
}

export interface Notice {
  id: number;
  kind: "done" | "failed";
  text: string;
  detail: string | null;
  action: NoticeAction | null;
}

/** What just happened, at the edge of the page, with the way back where there is one. */
export class Notices {
  shown = $state.raw<readonly Notice[]>([]);
  #nextId = 1;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(private readonly announce: (text: string) => void = () => {}) {}

  done(text: string, action?: NoticeAction): void {
    this.#show({ kind: "done", text, detail: null, action: action ?? null });
  }

  fail(text: string, detail: string): void {
    this.#show({ kind: "failed", text, detail, action: null });
  }

  /** The newest change that can be taken back. */
  get undoable(): Notice | undefined {
    return this.shown.findLast((notice) => notice.action !== null);
  }

  /** Takes back the newest change; says so when there is none. */
  undoNewest(): void {
    const notice = this.undoable;
    if (notice) void this.act(notice);
    else this.announce("Nothing to take back.");
  }

  async act(notice: Notice): Promise<void> {
    if (!notice.action) return;
    this.dismiss(notice.id);
    try {
      await notice.action.run();
    } catch (error) {
      this.fail("That could not be taken back.", error instanceof Error ? error.message : String(error));
    }
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }

  /** While the person points at the notices they do not go away. */
  hold(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  release(): void {
    for (const { id } of this.shown) this.#arm(id);
  }

  #show(notice: Omit<Notice, "id">): void {
    const id = this.#nextId++;
    for (const old of this.shown.slice(0, Math.max(0, this.shown.length - SHOWN_AT_ONCE + 1)))
      this.dismiss(old.id);
    this.shown = [...this.shown, { ...notice, id }];
    this.announce(notice.detail ? `${notice.text} ${notice.detail}` : notice.text);
    this.#arm(id);
  }

  #arm(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), SHOWN_MS),
    );
  }
}
