import { expect, test } from "vitest";
import { Tasks } from "../board/tasks.svelte";
import { event, snapshot, task } from "../test-fixtures";
import { Attention } from "./attention.svelte";

test("reviews and tasks that need a human, most urgent first, with what they block", () => {
  const tasks = new Tasks();
  const attention = new Attention(tasks);
  tasks.reset(
    snapshot([
      task({ id: "T1", status: "in_review" }),
      task({ id: "T2", status: "in_review", priority: "urgent" }),
      task({ id: "T3", needsHuman: true, updatedAt: "2026-11-20T09:00:00.000Z" }),
      task({ id: "T4", status: "done", needsHuman: true }),
      task({ id: "T5", dependsOn: ["T1"] }),
      task({ id: "T6", status: "failed", needsHuman: true }),
    ]),
  );
  expect(
    attention.items.map(({ task: { id }, kind, blocks }) => [id, kind, blocks.map((other) => other.id)]),
  ).toEqual([
    ["T2", "review", []],
    ["T1", "review", ["T5"]],
    ["T3", "help", []],
    ["T6", "help", []],
  ]);
  tasks.apply([event("task.updated", "approved", task({ id: "T2", status: "done", version: 2 }), "human")]);
  expect(attention.items.map(({ task: { id } }) => id)).toEqual(["T1", "T3", "T6"]);
});
