import type { components } from "./api";

/**
 * Things of the board as the server answers them; the shapes are its own description's. Instants are RFC 3339 UTC,
 * durations seconds, money US dollars. What stands in no operation (events, the snapshot, this machine's clients) is
 * written out here.
 */
type Schemas = components["schemas"];

export type FullTask = Schemas["Task"];
/** A task as lists and events carry it: everything but its two long texts. */
export type Task = Omit<FullTask, "description" | "result">;

export type Status = Task["status"];
export const STATUSES = [
  "todo",
  "in_progress",
  "blocked",
  "in_review",
  "done",
  "failed",
  "cancelled",
] as const satisfies readonly Status[];

export type Priority = Task["priority"];
export const PRIORITIES = ["urgent", "high", "normal", "low"] as const satisfies readonly Priority[];

export type Change =
  | "created"
  | "edited"
  | "claimed"
  | "renewed"
  | "progressed"
  | "completed"
  | "released"
  | "lease_ended"
  | "approved"
  | "rejected"
  | "commented"
  | "retried"
  | "reopened"
  | "cancelled"
  | "blocked"
  | "unblocked"
  | "deleted"
  | "restored"
  | "stale_cancelled";

export type TaskComment = Schemas["Comment"];
export type HistoryEntry = Schemas["HistoryEntry"];
export type Attempt = Schemas["Attempt"];
export type TaskDetail = Schemas["GetTaskOutput"];
/** Why a card is where it is: a sentence or two, and what they rest on. */
export type Explanation = Schemas["ExplainOutput"];
export type Lock = Schemas["Lock"];
export type ChatMessage = Schemas["ChatMessage"];
export type Settings = Schemas["Settings"];
export type BulkResult = Schemas["BulkResult"];

export type Key = Schemas["Key"];
export type Scope = Key["scopes"][number];
export const SCOPES = ["read", "work", "plan", "approve", "admin"] as const satisfies readonly Scope[];

export interface Agent {
  name: string;
  role: string | null;
  lastSeenAt: string;
  taskId: string | null;
}

/** A coding client on this machine, and whether its own configuration names this board. */
export interface Client {
  client: string;
  title: string;
  installed: boolean;
  configured: boolean;
  scope: "project" | "user";
  path: string;
  /** What the entry starts or calls; null without one. */
  command: string | null;
  /** Why its file can't be read, when it can't. */
  problem: string | null;
}

export interface Snapshot {
  seq: number;
  at: string;
  project: { name: string; path: string; boardId: string; version: string };
  counts: Record<Status, number>;
  tasks: Task[];
  agents: Agent[];
  chat: ChatMessage[];
  settings: Settings;
  truncated: { done: boolean; failed: boolean; cancelled: boolean };
}

interface Envelope<Type extends string, Data> {
  seq: number;
  type: Type;
  at: string;
  actor: string;
  entity: string | null;
  data: Data;
}

export interface TaskChange {
  task: Task;
  change: Change;
  fields?: string[];
  reason?: string | null;
}

/** One committed fact. A type that is not listed here is passed over: a newer server may send more. */
export type BoardEvent =
  | Envelope<"task.created" | "task.updated" | "task.deleted", TaskChange>
  | Envelope<"chat.message", { message: ChatMessage }>
  | Envelope<"lease.ended", { taskId: string; agent: string; fence: number }>
  | Envelope<"lock.acquired" | "lock.released" | "lock.renewed" | "lock.ended", { locks: Lock[] }>
  | Envelope<"settings.updated", { settings: Settings }>
  | Envelope<"key.created" | "key.revoked" | "key.rotated", { key: Key }>
  | Envelope<"agent.seen", { agent: Agent }>;
