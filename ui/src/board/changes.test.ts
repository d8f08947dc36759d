import { describe, expect, test } from "vitest";
import { Api } from "../api/client";
import type { Status, Task } from "../api/types";
import { type Asked, network, snapshot, task } from "../test-fixtures";
import { Notices } from "../ui/notices.svelte";
import { Changes } from "./changes.svelte";
import { Tasks } from "./tasks.svelte";

const refusal = {
  error: { code: "INVALID_TRANSITION", message: "Not allowed.", hint: "Claim it first." },
  status: 409,
};

/** A board whose server takes every change, unless `answer` says otherwise. */
function board(
  initial: Task[],
  answer?: (
    asked: Asked,
  ) => Parameters<typeof network>[0] extends (a: Asked) => infer R ? R | undefined : never,
) {
  const tasks = new Tasks();
  tasks.reset(snapshot(initial));
  const stored = new Map(initial.map((known) => [known.id, known]));
  const write = (taskId: string, { reason: _, taskId: __, ...fields }: Record<string, unknown>) => {
    const before = stored.get(taskId);
    if (!before) throw new Error(`no ${taskId}`);
    const after = { ...before, ...fields, version: before.version + 1 } as Task;
    stored.set(taskId, after);
    return after;
  };
  const { fetch, asked } = network((request) => {
    const special = answer?.(request);
    if (special) return special;
    const id = /\/tasks\/(T\d+)/.exec(request.path)?.[1];
    if (id) return { data: { task: write(id, request.body) } };
    const updates = request.body.updates as { taskId: string }[];
    return {
      data: {
        results: updates.map((u) => ({
          taskId: u.taskId,
          success: true,
          error: null,
          task: write(u.taskId, u),
        })),
      },
    };
  });
  const notices = new Notices();
  const changes = new Changes(
    new Api({ token: "t", refused: () => {} }, fetch, async () => {}),
    tasks,
    notices,
  );
  return { tasks, notices, changes, asked };
}

describe("move", () => {
  test("shows at once, and stays when the server took it", async () => {
    const { tasks, changes, notices } = board([task({ id: "T1" })]);
    const moving = changes.move(["T1"], "cancelled");
    expect(tasks.get("T1")?.status).toBe("cancelled");
    expect(tasks.confirmed("T1")?.status).toBe("todo");
    await moving;
    expect(tasks.confirmed("T1")?.status).toBe("cancelled");
    expect(tasks.isPending("T1")).toBe(false);
    expect(notices.shown.map(({ text }) => text)).toEqual(["Cancelled T1"]);
  });

  test("rolls back with the server's reason when it was refused", async () => {
    const { tasks, changes, notices } = board([task({ id: "T1" })], () => refusal);
    await changes.move(["T1"], "in_progress");
    expect(tasks.get("T1")?.status).toBe("todo");
    expect(notices.shown).toMatchObject([
      { kind: "failed", text: "T1 was not changed.", detail: "Not allowed. Claim it first." },
    ]);
  });

  test("asks nothing of the server where the table knows no way", async () => {
    const { changes, asked, notices } = board([task({ id: "T1" })]);
    await changes.move(["T1"], "done");
    expect(asked).toEqual([]);
    expect(notices.shown[0]?.detail).toBe("From To do there is no way to Done.");
  });

  test("from in review to to do asks for the reason first", async () => {
    const { changes, asked, tasks } = board([task({ id: "T1", status: "in_review" })]);
    await changes.move(["T1"], "todo");
    expect(asked).toEqual([]);
    expect(changes.asking?.tasks.map(({ id }) => id)).toEqual(["T1"]);
    await changes.giveReason("Tests are missing.");
    expect(asked[0]?.body).toEqual({ status: "todo", reason: "Tests are missing." });
    expect(changes.asking).toBeNull();
    expect(tasks.get("T1")?.status).toBe("todo");
  });

  test("to blocked asks what it waits for first", async () => {
    const { changes, asked, notices } = board([task({ id: "T1" })]);
    await changes.move(["T1"], "blocked");
    expect(asked).toEqual([]);
    await changes.giveReason("The API key.");
    expect(asked[0]?.body).toEqual({ status: "blocked", reason: "The API key." });
    expect(notices.shown.map(({ text }) => text)).toEqual(["Blocked T1"]);
  });

  test("moves several with one call, and names those that were refused", async () => {
    const { changes, asked, tasks, notices } = board([task({ id: "T1" }), task({ id: "T2" })], (request) =>
      request.path === "/v1/tasks"
        ? {
            data: {
              results: [
                {
                  taskId: "T1",
                  success: true,
                  error: null,
                  task: task({ id: "T1", status: "cancelled", version: 2 }),
                },
                {
                  taskId: "T2",
                  success: false,
                  task: null,
                  error: { code: "CONFLICT", message: "Somebody holds it." },
                },
              ],
            },
          }
        : undefined,
    );
    await changes.move(["T1", "T2"], "cancelled");
    expect(asked).toHaveLength(1);
    expect(tasks.get("T1")?.status).toBe("cancelled");
    expect(tasks.get("T2")?.status).toBe("todo");
    expect(notices.shown.map(({ text }) => text)).toEqual(["T2 was not changed.", "Cancelled T1"]);
  });

  test("asks in parts of five hundred", async () => {
    const many = Array.from({ length: 1001 }, (_, i) => task({ id: `T${i}` }));
    const { changes, asked, tasks } = board(many);
    await changes.move(
      many.map(({ id }) => id),
      "cancelled",
    );
    expect(asked.map(({ body }) => (body.updates as unknown[]).length)).toEqual([500, 500, 1]);
    expect(tasks.columns.cancelled.tasks).toHaveLength(1001);
  });
});

describe("undo", () => {
  const ways: [Status, Status, string | null, Status | null][] = [
    ["todo", "in_progress", "Undo", "todo"],
    ["todo", "cancelled", "Undo", "todo"],
    ["blocked", "todo", "Undo", "blocked"],
    ["in_review", "done", "Reopen", "todo"],
    ["failed", "cancelled", "Reopen", "todo"],
    ["done", "todo", null, null],
  ];
  test.each(ways)("after %s to %s offers %s", async (from, to, label, back) => {
    const { changes, notices, tasks } = board([task({ id: "T1", status: from })]);
    await changes.move(["T1"], to);
    expect(notices.undoable?.action?.label ?? null).toBe(label);
    if (!notices.undoable) return;
    await notices.act(notices.undoable);
    expect(tasks.get("T1")?.status).toBe(back);
  });

  test("does not claim for the person what was taken from an agent", async () => {
    const lease = { agent: "builder-1", expiresAt: "2026-11-20T11:00:00.000Z", fence: 1 };
    const { changes, notices } = board([task({ id: "T1", status: "in_progress", lease })]);
    await changes.move(["T1"], "todo");
    expect(notices.undoable).toBeUndefined();
  });

  test("puts each task's own value back after a change of several", async () => {
    const { changes, notices, tasks } = board([
      task({ id: "T1", priority: "low" }),
      task({ id: "T2", priority: "high" }),
    ]);
    await changes.setPriority(["T1", "T2"], "urgent");
    expect(tasks.get("T1")?.priority).toBe("urgent");
    notices.undoNewest();
    await expect.poll(() => [tasks.get("T1")?.priority, tasks.get("T2")?.priority]).toEqual(["low", "high"]);
  });

  test("puts a description back that the board itself does not hold", async () => {
    const { changes, notices, asked } = board([task({ id: "T1" })]);
    await changes.edit(["T1"], { description: "new" }, () => "Changed", { description: "old" });
    notices.undoNewest();
    await expect.poll(() => asked.map(({ body }) => body.description)).toEqual(["new", "old"]);
  });
});

describe("remove", () => {
  test("takes the card off at once, and puts it back when the server refuses", async () => {
    const { changes, tasks, notices } = board([task({ id: "T1" })], () => ({
      error: { code: "CONFLICT", message: "builder-1 holds it." },
      status: 409,
    }));
    const removing = changes.remove("T1");
    expect(tasks.get("T1")).toBeUndefined();
    expect(await removing).toBe(false);
    expect(tasks.get("T1")?.id).toBe("T1");
    expect(notices.shown[0]?.detail).toBe("builder-1 holds it.");
  });

  test("can be taken back", async () => {
    const { changes, tasks, notices } = board([task({ id: "T1" })]);
    await changes.remove("T1");
    expect(tasks.get("T1")).toBeUndefined();
    notices.undoNewest();
    await expect.poll(() => tasks.get("T1")?.id).toBe("T1");
  });
});
