import type { BoardEvent, Snapshot } from "../api/types";

/** A part of the page that is folded from the feed. */
export interface Listener {
  reset(snapshot: Snapshot): void;
  /** One frame's worth of committed events, in order. */
  apply(events: BoardEvent[]): void;
}
