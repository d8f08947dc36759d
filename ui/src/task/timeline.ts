import type { Attempt, Change, ChatMessage, HistoryEntry, TaskComment } from "../api/types";

export type Tone = "plain" | "good" | "bad" | "warn";

export interface Entry {
  key: string;
  at: string;
  who: string;
  what: string;
  /** What was said, as Markdown. */
  text: string | null;
  tone: Tone;
}

type Words = [what: string, tone: Tone];

const WORDS: Record<Change, Words> = {
  created: ["created it", "plain"],
  edited: ["changed", "plain"],
  claimed: ["claimed it", "plain"],
  renewed: ["renewed the lease", "plain"],
  progressed: ["reported progress", "plain"],
  completed: ["finished", "good"],
  released: ["gave it back", "warn"],
  lease_ended: ["lost the lease", "warn"],
  approved: ["approved it", "good"],
  rejected: ["sent it back", "bad"],
  commented: ["commented", "plain"],
  retried: ["set it to be retried", "plain"],
  reopened: ["reopened it", "plain"],
  cancelled: ["cancelled it", "warn"],
  blocked: ["blocked it", "warn"],
  unblocked: ["unblocked it", "plain"],
  deleted: ["deleted it", "warn"],
  restored: ["restored it", "plain"],
  stale_cancelled: ["cancelled it as stale", "warn"],
};

const FIELD_NAMES: Record<string, string> = {
  assignedTo: "who it is for",
  filesOwned: "the files",
  dependsOn: "what it waits for",
  requiresReview: "whether it needs a review",
  needsHuman: "whether it needs a human",
};

/** Heartbeats come every few minutes and say nothing that the next entry does not. */
const PASSED_OVER: ReadonlySet<string> = new Set<Change>(["renewed", "commented"]);

/** A newer server may know changes that this page does not; their names say enough. */
const wordsFor = (change: string): Words => (WORDS as Record<string, Words>)[change] ?? [change, "plain"];

/** Status changes, comments, messages, attempts and reviews as one story, newest first. */
export function timeline(
  history: readonly HistoryEntry[],
  comments: readonly TaskComment[],
  attempts: readonly Attempt[],
  said: readonly ChatMessage[] = [],
): Entry[] {
  const words = (key: string, at: string, who: string, what: string, text: string): Entry => ({
    key,
    at,
    who,
    what,
    text,
    tone: "plain",
  });
  const entries = [
    ...comments.map(({ id, at, author, text }) => words(`comment-${id}`, at, author, "commented", text)),
    ...said.map(({ id, at, from, text }) => words(`chat-${id}`, at, from, "said in the chat", text)),
  ];
  let progress: Entry | null = null;
  for (const entry of [...history].sort((a, b) => a.seq - b.seq)) {
    if (!entry.change || PASSED_OVER.has(entry.change)) continue;
    const described = toEntry(entry, attempts);
    // A run of progress reports by one agent is one line that says the newest.
    if (entry.change === "progressed" && progress?.who === entry.actor) {
      Object.assign(progress, described);
      continue;
    }
    progress = entry.change === "progressed" ? described : null;
    entries.push(described);
  }
  return entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** What an event did, in words that follow a name. */
export function describe({ change, fields, type }: HistoryEntry): string {
  if (!change) return type;
  return change === "edited" ? `changed ${fieldList(fields)}` : wordsFor(change)[0];
}

function toEntry(entry: HistoryEntry, attempts: readonly Attempt[]): Entry {
  const { change } = entry;
  const what = describe(entry);
  const attempt = change === "claimed" || change === "completed" ? attemptAt(entry.at, attempts) : null;
  return {
    key: `event-${entry.seq}`,
    at: entry.at,
    who: entry.actor,
    what: attempt && attempt.attempt > 1 ? `${what}, attempt ${attempt.attempt}` : what,
    text: entry.reason,
    tone: change ? wordsFor(change)[1] : "plain",
  };
}

function attemptAt(at: string, attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.findLast((attempt) => attempt.startedAt <= at);
}

function fieldList(fields: readonly string[]): string {
  const names = fields
    .filter((field) => field !== "version" && field !== "updatedAt")
    .map((field) => FIELD_NAMES[field] ?? `the ${field}`);
  if (names.length === 0) return "it";
  const last = names.at(-1);
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : `${last}`;
}
