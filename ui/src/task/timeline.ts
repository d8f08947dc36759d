import type { Attempt, Change, HistoryEntry, TaskComment } from "../api/types";

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

const WORDS: Record<Change, [what: string, tone: Tone]> = {
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
const PASSED_OVER: ReadonlySet<Change> = new Set(["renewed", "commented"]);

/** Status changes, comments, attempts and reviews as one story, newest first. */
export function timeline(
  history: readonly HistoryEntry[],
  comments: readonly TaskComment[],
  attempts: readonly Attempt[],
): Entry[] {
  const entries: Entry[] = comments.map((comment) => ({
    key: `comment-${comment.id}`,
    at: comment.at,
    who: comment.author,
    what: "commented",
    text: comment.text,
    tone: "plain",
  }));
  let progress: Entry | null = null;
  for (const entry of [...history].sort((a, b) => a.seq - b.seq)) {
    if (!entry.change || PASSED_OVER.has(entry.change)) continue;
    const described = toEntry(entry, entry.change, attempts);
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
export function describe(entry: HistoryEntry): string {
  if (!entry.change) return entry.type;
  const [words] = WORDS[entry.change] ?? [entry.change];
  return entry.change === "edited" ? `${words} ${fieldList(entry.fields ?? [])}` : words;
}

function toEntry(entry: HistoryEntry, change: Change, attempts: readonly Attempt[]): Entry {
  const what = describe(entry);
  const attempt = change === "claimed" || change === "completed" ? attemptAt(entry.at, attempts) : null;
  return {
    key: `event-${entry.seq}`,
    at: entry.at,
    who: entry.actor,
    what: attempt && attempt.attempt > 1 ? `${what}, attempt ${attempt.attempt}` : what,
    text: entry.reason,
    tone: WORDS[change]?.[1] ?? "plain",
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
