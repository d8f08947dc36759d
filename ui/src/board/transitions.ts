import type { Status } from "../api/types";

/** The contract's table. The server decides; the page uses it to show beforehand where a card can go. */
export const TRANSITIONS: Record<Status, readonly Status[]> = {
  todo: ["in_progress", "blocked", "cancelled"],
  in_progress: ["in_review", "done", "blocked", "failed", "todo", "cancelled"],
  blocked: ["todo", "in_progress", "failed", "cancelled"],
  in_review: ["done", "todo", "cancelled"],
  failed: ["todo", "cancelled"],
  done: ["todo"],
  cancelled: ["todo"],
};

export const STATUS_NAMES: Record<Status, string> = {
  todo: "To do",
  in_progress: "In progress",
  blocked: "Blocked",
  in_review: "In review",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

export function canMove(from: Status, to: Status): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The two moves that need words: somebody else has to go on from them. */
export function needsReason(from: Status, to: Status): boolean {
  return (from === "in_review" && to === "todo") || (to === "blocked" && canMove(from, to));
}

/** What the move is called, in the past tense, as the person reads it once it happened. */
export function moveVerb(from: Status, to: Status): string {
  if (from === "in_review" && to === "done") return "Approved";
  if (from === "in_review" && to === "todo") return "Sent back";
  switch (to) {
    case "todo":
      if (from === "in_progress") return "Released";
      if (from === "failed") return "Set to be retried";
      return from === "blocked" ? "Unblocked" : "Reopened";
    case "in_progress":
      return "Claimed for you";
    case "blocked":
      return "Blocked";
    case "cancelled":
      return "Cancelled";
    case "failed":
      return "Marked as failed";
    default:
      return "Completed";
  }
}

/** What dropping a card there will do, said before it is done. */
export function moveEffect(from: Status, to: Status): string {
  if (from === to) return "It stays where it is.";
  if (!canMove(from, to)) return `A task in ${STATUS_NAMES[from]} can't go there.`;
  if (from === "in_review" && to === "done") return "This approves it.";
  if (to === "blocked") return "This asks you what it waits for.";
  if (from === "in_review" && to === "todo") return "This sends it back, and asks you for a reason.";
  if (to === "in_progress") return "This claims it for you.";
  if (from === "in_progress" && to === "todo") return "This takes it from whoever works on it.";
  return `It moves to ${STATUS_NAMES[to]}.`;
}

/**
 * How a move is taken back: `exact` leads to the column it came from; otherwise the nearest thing the rules allow.
 * Null where the rules know no way back.
 */
export function undoMove(
  from: Status,
  to: Status,
  heldByOther: boolean,
): { to: Status; exact: boolean } | null {
  // Back to In progress would claim it for the person, not give it to the agent that had it.
  const claims = from === "in_progress" && heldByOther;
  if (canMove(to, from) && !claims && !(to === "in_review" && from === "todo"))
    return { to: from, exact: true };
  if (to !== "todo" && to !== "in_review" && canMove(to, "todo")) return { to: "todo", exact: false };
  return null;
}
