import { describe, expect, test, vi } from "vitest";
import { STATUSES, type Status, type Task } from "../api/types";
import { event, snapshot, task } from "../test-fixtures";
import { orderOf } from "./order";
import { Tasks } from "./tasks.svelte";

const ids = (tasks: Tasks, status: Status) => tasks.columns[status].tasks.map(({ id }) => id);

function board(...initial: Task[]): Tasks {
  const tasks = new Tasks();
  tasks.reset(snapshot(initial));
  return tasks;
}

describe("Tasks", () => {
  test("orders work by priority, then age; what is over, newest first", () => {
    const tasks = board(
      task({ id: "T1" }),
      task({ id: "T2", priority: "low" }),
      task({ id: "T3", priority: "urgent" }),
      task({ id: "T4", createdAt: "2026-11-20T09:00:00.000Z" }),
      task({ id: "T5", status: "done", completedAt: "2026-11-20T09:00:00.000Z" }),
      task({ id: "T6", status: "done", completedAt: "2026-11-20T09:30:00.000Z" }),
    );
    expect(ids(tasks, "todo")).toEqual(["T3", "T4", "T1", "T2"]);
    expect(ids(tasks, "done")).toEqual(["T6", "T5"]);
  });

  test("ten tasks of one moment stand in the order of their numbers", () => {
    const tasks = board(...Array.from({ length: 11 }, (_, i) => task({ id: `T${11 - i}` })));
    expect(ids(tasks, "todo")).toEqual(Array.from({ length: 11 }, (_, i) => `T${i + 1}`));
  });

  test("folds events into columns and counts", () => {
    const tasks = board(task({ id: "T1" }), task({ id: "T2" }));
    tasks.apply([
      event("task.updated", "claimed", task({ id: "T1", status: "in_progress", version: 2 })),
      event("task.created", "created", task({ id: "T3" })),
      event("task.deleted", "deleted", task({ id: "T2", version: 2 })),
    ]);
    expect(ids(tasks, "todo")).toEqual(["T3"]);
    expect(ids(tasks, "in_progress")).toEqual(["T1"]);
    expect(tasks.counts).toMatchObject({ todo: 1, in_progress: 1 });
  });

  test("snapshot plus events equals the snapshot taken later, whatever happened between", () => {
    const random = mulberry32(7);
    const truth = new Map<string, Task>();
    const tasks = board();
    for (let step = 0; step < 3000; step++) {
      const id = `T${Math.floor(random() * 60)}`;
      const known = truth.get(id);
      const status = STATUSES[Math.floor(random() * STATUSES.length)] ?? "todo";
      const next = task({
        id,
        status,
        version: (known?.version ?? step) + 1,
        createdAt: `2026-11-20T10:00:${id.slice(1).padStart(2, "0")}.000Z`,
      });
      if (known && random() < 0.1) {
        truth.delete(id);
        tasks.apply([event("task.deleted", "deleted", next)]);
      } else {
        truth.set(id, next);
        tasks.apply([event(known ? "task.updated" : "task.created", "edited", next)]);
      }
    }
    const later = board(...truth.values());
    for (const status of STATUSES) expect(tasks.columns[status].tasks).toEqual(later.columns[status].tasks);
    expect(tasks.counts).toEqual(later.counts);
  });

  test("an event that the answer overtook changes nothing", () => {
    const tasks = board(task({ id: "T1" }));
    tasks.learn([task({ id: "T1", status: "in_progress", version: 3 })]);
    tasks.apply([event("task.updated", "edited", task({ id: "T1", title: "Old", version: 2 }))]);
    expect(tasks.get("T1")).toMatchObject({ status: "in_progress", version: 3 });
    expect(tasks.counts).toMatchObject({ todo: 0, in_progress: 1 });
  });

  test("a late event does not bring a deleted task back, its restoring does", () => {
    const tasks = board(task({ id: "T1" }));
    tasks.forget(task({ id: "T1", version: 3 }));
    tasks.apply([event("task.updated", "edited", task({ id: "T1", version: 2 }))]);
    expect(tasks.get("T1")).toBeUndefined();
    tasks.apply([event("task.created", "restored", task({ id: "T1", version: 4 }))]);
    expect(tasks.get("T1")?.version).toBe(4);
  });

  test("what is pending lies over the truth and leaves no trace when lifted", () => {
    const tasks = board(task({ id: "T1" }));
    const pending = tasks.lay("T1", { status: "blocked" });
    expect(ids(tasks, "blocked")).toEqual(["T1"]);
    expect(tasks.isPending("T1")).toBe(true);
    tasks.apply([event("task.updated", "edited", task({ id: "T1", title: "Renamed", version: 2 }))]);
    expect(tasks.get("T1")).toMatchObject({ status: "blocked", title: "Renamed" });
    tasks.lift("T1", pending);
    expect(tasks.get("T1")).toMatchObject({ status: "todo", title: "Renamed" });
    expect(tasks.isPending("T1")).toBe(false);
    expect(ids(tasks, "blocked")).toEqual([]);
  });

  test("what is pending outlives a new snapshot", () => {
    const tasks = board(task({ id: "T1" }));
    tasks.lay("T1", null);
    tasks.reset(snapshot([task({ id: "T1" }), task({ id: "T2" })]));
    expect(ids(tasks, "todo")).toEqual(["T2"]);
  });

  test("a card glows with who changed it, for a while; a heartbeat does not show", () => {
    vi.useFakeTimers();
    const tasks = board(task({ id: "T1" }), task({ id: "T2" }));
    tasks.apply([
      event("task.updated", "claimed", task({ id: "T1", version: 2 }), "builder-7"),
      event("task.updated", "renewed", task({ id: "T2", version: 2 }), "builder-7"),
    ]);
    expect(tasks.glows.get("T1")).toEqual({ by: "builder-7", change: "claimed" });
    expect(tasks.glows.has("T2")).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(tasks.glows.size).toBe(0);
    vi.useRealTimers();
  });

  test("a lease counts from the change that set its end, not from later ones", () => {
    const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, seconds)).toISOString();
    const lease = { agent: "builder-1", expiresAt: at(100), fence: 1 };
    const held = task({ id: "T1", status: "in_progress", version: 2, lease, updatedAt: at(0) });
    const tasks = board(task({ id: "T1" }));
    tasks.apply([event("task.updated", "claimed", held)]);
    expect(tasks.leaseLeft(held, Date.parse(at(75)))).toBe(0.25);
    const edited = { ...held, version: 3, updatedAt: at(50) };
    tasks.apply([event("task.updated", "edited", edited)]);
    expect(tasks.leaseLeft(edited, Date.parse(at(75)))).toBe(0.25);
    const renewed = { ...edited, version: 4, updatedAt: at(60), lease: { ...lease, expiresAt: at(160) } };
    tasks.apply([event("task.updated", "renewed", renewed)]);
    expect(tasks.leaseLeft(renewed, Date.parse(at(85)))).toBe(0.75);
    expect(tasks.leaseLeft(renewed, Date.parse(at(999)))).toBe(0);
    expect(tasks.leaseLeft(task({ id: "T2" }), 0)).toBeNull();
  });

  test("a column that nothing happened in keeps its list", () => {
    const tasks = board(task({ id: "T1" }), task({ id: "T2", status: "done" }));
    const before = tasks.columns.done.tasks;
    tasks.apply([event("task.updated", "edited", task({ id: "T1", version: 2 }))]);
    expect(tasks.columns.done.tasks).toBe(before);
  });

  test("older tasks from further back are not counted twice", () => {
    const tasks = new Tasks();
    tasks.reset(snapshot([], { counts: { ...snapshot([]).counts, done: 3 } }));
    tasks.learnOlder([task({ id: "T1", status: "done" })]);
    expect(tasks.counts.done).toBe(3);
    expect(ids(tasks, "done")).toEqual(["T1"]);
  });

  test("takes in a hundred events on ten thousand cards within a frame's time", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => task({ id: `T${i}` }));
    const tasks = board(...many);
    const events = many
      .slice(0, 100)
      .map((known) => event("task.updated", "edited", { ...known, priority: "urgent", version: 2 }));
    const startedAt = performance.now();
    tasks.apply(events);
    const took = performance.now() - startedAt;
    const sorted = [...tasks.columns.todo.tasks].sort(orderOf("todo"));
    expect(tasks.columns.todo.tasks).toEqual(sorted);
    // A frame is 16 ms; the bound is loose, since the machine that tests may be slow and busy.
    expect(took).toBeLessThan(100);
  });
});

/** The same numbers in every run. */
function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
