/** How often a page that nobody sees takes in what came, in milliseconds: it gets no animation frames. */
const HIDDEN_MS = 500;

/**
 * Gathers what arrives and hands it over once per animation frame, so that a hundred events a second cost sixty
 * renderings at most.
 */
export class FrameBatch<T> {
  #items: T[] = [];
  #cancel: (() => void) | null = null;

  constructor(
    private readonly flushTo: (items: T[]) => void,
    private readonly nextFrame: (run: () => void) => () => void = onNextFrame,
  ) {}

  add(item: T): void {
    this.#items.push(item);
    this.#cancel ??= this.nextFrame(() => this.flush());
  }

  /** Hands over what is there now; a snapshot must not overtake events that came before it. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) this.flushTo(items);
  }

  clear(): void {
    this.#items = [];
    this.flush();
  }
}

function onNextFrame(run: () => void): () => void {
  if (document.hidden) {
    const timer = setTimeout(run, HIDDEN_MS);
    return () => clearTimeout(timer);
  }
  // A page that gets hidden before the frame comes would wait for it until it is shown again.
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    run();
  });
  const timer = setTimeout(() => {
    cancelAnimationFrame(frame);
    run();
  }, HIDDEN_MS);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
