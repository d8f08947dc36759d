import { expect, test } from "vitest";
import type { Change, HistoryEntry } from "../api/types";
import { timeline } from "./timeline";

let seq = 0;
const entry = (
  at: string,
  actor: string,
  change: Change,
  fields: Partial<HistoryEntry> = {},
): HistoryEntry => {
  seq += 1;
  return {
    seq,
    at: `2026-11-20T${at}:00.000Z`,
    type: "task.updated",
    actor,
    change,
    fields: [],
    reason: null,
    ...fields,
  };
};

test("merges changes, comments, attempts and reviews, newest first", () => {
  const told = timeline(
    [
      entry("09:50", "coordinator", "created"),
      entry("09:51", "builder-3", "claimed"),
      entry("09:52", "builder-3", "renewed"),
      entry("10:00", "builder-3", "progressed"),
      entry("10:05", "builder-3", "progressed"),
      entry("10:10", "reviewer", "commented"),
      entry("10:18", "human", "rejected", { reason: "Queue it." }),
      entry("10:20", "builder-3", "claimed"),
      entry("10:42", "builder-3", "completed"),
      entry("10:43", "human", "edited", { fields: ["priority", "assignedTo", "version", "labels"] }),
    ],
    [{ id: "C1", author: "reviewer", text: "Jitter?", at: "2026-11-20T10:10:00.000Z" }],
    [
      {
        attempt: 1,
        agent: "builder-3",
        startedAt: "2026-11-20T09:51:00.000Z",
        endedAt: null,
        outcome: null,
        fence: 1,
      },
      {
        attempt: 2,
        agent: "builder-3",
        startedAt: "2026-11-20T10:20:00.000Z",
        endedAt: null,
        outcome: null,
        fence: 2,
      },
    ],
    [
      {
        id: "M1",
        from: "builder-3",
        text: "Taking it.",
        taskId: "T1",
        replyTo: null,
        at: "2026-11-20T09:50:30.000Z",
      },
    ],
  );
  expect(told.map(({ at, who, what, text }) => [at.slice(11, 16), who, what, text])).toEqual([
    ["10:43", "human", "changed the priority, who it is for and the labels", null],
    ["10:42", "builder-3", "finished, attempt 2", null],
    ["10:20", "builder-3", "claimed it, attempt 2", null],
    ["10:18", "human", "sent it back", "Queue it."],
    ["10:10", "reviewer", "commented", "Jitter?"],
    ["10:05", "builder-3", "reported progress", null],
    ["09:51", "builder-3", "claimed it", null],
    ["09:50", "builder-3", "said in the chat", "Taking it."],
    ["09:50", "coordinator", "created it", null],
  ]);
});
