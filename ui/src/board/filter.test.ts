import { describe, expect, test, vi } from "vitest";
import { task } from "../test-fixtures";
import { Filter } from "./filter.svelte";

const tasks = [
  task({ id: "T1", title: "Rate limit the login form", labels: ["security"], priority: "high" }),
  task({ id: "T2", title: "Translate e-mails", assignedTo: "builder-1" }),
  task({
    id: "T3",
    title: "Rate card",
    filesOwned: ["src/login/**"],
    lease: { agent: "builder-2", expiresAt: "", fence: 1 },
  }),
];
const shown = (filter: Filter) => filter.apply(tasks).map(({ id }) => id);

describe("Filter", () => {
  test("shows the same list while nothing is chosen", () => {
    expect(new Filter().apply(tasks)).toBe(tasks);
  });

  test.each([
    [{ text: "rate" }, ["T1", "T3"]],
    [{ text: "rate LOGIN" }, ["T1", "T3"]],
    [{ text: "t2" }, ["T2"]],
    [{ agents: ["builder-2"] }, ["T3"]],
    [{ agents: ["-"] }, ["T1"]],
    [{ priorities: ["high" as const] }, ["T1"]],
    [{ labels: ["security", "other"] }, ["T1"]],
    [{ text: "rate", labels: ["security"] }, ["T1"]],
  ])("%j shows %j", (fields, ids) => {
    const filter = new Filter();
    filter.set(fields);
    expect(shown(filter)).toEqual(ids);
  });

  test("comes back whole out of the address", () => {
    const filter = new Filter();
    filter.set({ agents: ["a,b", "c&d"], priorities: ["low", "urgent"], labels: ["x=1"], text: "two words" });
    const query = new URLSearchParams("task=T1");
    filter.write(query);
    const read = new Filter();
    read.read(new URLSearchParams(query.toString()));
    expect(read.fields).toEqual(filter.fields);
    read.clear();
    read.write(query);
    expect(query.toString()).toBe("task=T1");
  });

  test("passes over a priority that does not exist", () => {
    const filter = new Filter();
    filter.read(new URLSearchParams("priority=low,whatever"));
    expect(filter.fields.priorities).toEqual(["low"]);
  });

  test("tells when it changes", () => {
    const changed = vi.fn();
    new Filter(changed).set({ text: "x" });
    expect(changed).toHaveBeenCalledOnce();
  });
});
