import { expect, test } from "vitest";
import { score } from "./match";

test("finds words in any order, and nothing that lacks one", () => {
  expect(score("Move T4 to Blocked", "block move")).toBeGreaterThan(0);
  expect(score("Move T4 to Blocked", "move done")).toBe(0);
});

test("prefers what begins with the words typed", () => {
  expect(score("New task", "ne")).toBeGreaterThan(score("Show only the work of Anne", "ne"));
  expect(score("Reject T4", "rej")).toBeGreaterThan(score("Approve, or reject", "rej"));
});
