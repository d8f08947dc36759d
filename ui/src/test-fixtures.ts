import type { BoardEvent, Change, Settings, Snapshot, Task } from "./api/types";

/** Values for tests; nothing of the page imports this. */

export function task(fields: Partial<Task> & { id: string }): Task {
  return {
    title: `Title of ${fields.id}`,
    status: "todo",
    type: "task",
    priority: "normal",
    assignedTo: null,
    createdBy: "coordinator",
    filesOwned: [],
    labels: [],
    dependsOn: [],
    action: null,
    target: null,
    threadId: null,
    replyTo: null,
    provenance: null,
    fallback: [],
    expiresAt: null,
    dreamId: null,
    sprintId: null,
    wave: null,
    requiresReview: true,
    review: null,
    lease: null,
    attempts: 0,
    progress: null,
    note: null,
    cost: { tokensIn: 0, tokensOut: 0, costUsd: 0 },
    commentCount: 0,
    rejections: 0,
    needsHuman: false,
    blockedReason: null,
    errorCode: null,
    errorClass: null,
    warnings: [],
    model: null,
    version: 1,
    createdAt: "2026-11-20T10:00:00.000Z",
    updatedAt: "2026-11-20T10:00:00.000Z",
    startedAt: null,
    completedAt: null,
    ...fields,
  };
}

export const settings: Settings = {
  requiresReview: true,
  leaseSeconds: 600,
  maxAttempts: 5,
  maxReleases: 3,
  readsPerMinute: 600,
  writesPerMinute: 300,
  monthlyBudgetUsd: null,
  paused: false,
  projectName: "acme-shop",
};

export function snapshot(tasks: Task[], fields: Partial<Snapshot> = {}): Snapshot {
  const counts = { todo: 0, in_progress: 0, blocked: 0, in_review: 0, done: 0, failed: 0, cancelled: 0 };
  for (const { status } of tasks) counts[status] += 1;
  return {
    seq: 1,
    at: "2026-11-20T10:00:00.000Z",
    project: { name: "acme-shop", path: "~/code/acme-shop", boardId: "b1", version: "0.1.0" },
    counts,
    tasks,
    agents: [],
    chat: [],
    settings,
    truncated: { done: false, failed: false, cancelled: false },
    ...fields,
  };
}

let seq = 1;

export function event(
  type: "task.created" | "task.updated" | "task.deleted",
  change: Change,
  changed: Task,
  actor = "builder-1",
): BoardEvent {
  seq += 1;
  return {
    seq,
    type,
    at: "2026-11-20T10:00:01.000Z",
    actor,
    entity: changed.id,
    data: { task: changed, change },
  };
}

export interface Asked {
  method: string;
  path: string;
  body: Record<string, unknown>;
  headers: Headers;
}

type Answer =
  | { data: unknown }
  | { error: { code: string; message: string; hint?: string }; status: number }
  | Error;

/** Stands in for the network: `answer` says what each request gets; what was asked is kept. */
export function network(answer: (asked: Asked) => Answer | Promise<Answer>) {
  const asked: Asked[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const request: Asked = {
      method: init?.method ?? "GET",
      path: String(url),
      body: init?.body ? JSON.parse(String(init.body)) : {},
      headers: new Headers(init?.headers),
    };
    asked.push(request);
    const answered = await answer(request);
    if (answered instanceof Error) throw answered;
    if ("error" in answered) {
      return new Response(JSON.stringify({ success: false, error: answered.error, meta: {} }), {
        status: answered.status,
      });
    }
    return new Response(JSON.stringify({ success: true, data: answered.data, meta: {} }));
  };
  return { asked, fetch };
}
