/** Things of the board as the server answers them. Instants are RFC 3339 UTC, durations seconds, money US dollars. */

export const STATUSES = [
  "todo",
  "in_progress",
  "blocked",
  "in_review",
  "done",
  "failed",
  "cancelled",
] as const;
export type Status = (typeof STATUSES)[number];

export const PRIORITIES = ["urgent", "high", "normal", "low"] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface Lease {
  agent: string;
  expiresAt: string;
  fence: number;
}

export interface Review {
  verdict: "approve" | "reject";
  reason: string | null;
  by: string;
  at: string;
}

export interface Cost {
  tokensIn: number;
  tokensOut: number;
  costUsd: number;
}

/** A task as the event stream carries it: everything but its two long texts. */
export interface Task {
  id: string;
  title: string;
  status: Status;
  type: string;
  priority: Priority;
  assignedTo: string | null;
  createdBy: string;
  filesOwned: string[];
  labels: string[];
  dependsOn: string[];
  sprintId: string | null;
  wave: number | null;
  requiresReview: boolean;
  review: Review | null;
  lease: Lease | null;
  attempts: number;
  progress: number | null;
  note: string | null;
  cost: Cost;
  commentCount: number;
  /** How often a reviewer sent it back. */
  rejections: number;
  needsHuman: boolean;
  blockedReason: string | null;
  errorCode: string | null;
  errorClass: string | null;
  warnings: string[];
  model: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
  startedAt: string | null;
  completedAt: string | null;
}

export interface FullTask extends Task {
  description: string | null;
  result: string | null;
}

export interface TaskComment {
  id: string;
  author: string;
  text: string;
  at: string;
}

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

export interface HistoryEntry {
  seq: number;
  at: string;
  type: string;
  actor: string;
  change: Change | null;
  fields: string[] | null;
  reason: string | null;
}

export interface Attempt {
  attempt: number;
  agent: string;
  startedAt: string;
  endedAt: string | null;
  outcome: string | null;
  fence: number;
}

/** A lock in the way of a path. */
export interface Overlap {
  path: string;
  held: string;
  mode: Lock["mode"];
  agent: string;
  taskId: string | null;
  reason: string | null;
  expiresAt: string;
}

export interface TaskDetail {
  task: FullTask;
  comments: TaskComment[] | null;
  history: HistoryEntry[] | null;
  attempts: Attempt[] | null;
}

export interface ChatMessage {
  id: string;
  from: string;
  text: string;
  taskId: string | null;
  replyTo: string | null;
  at: string;
}

export interface Agent {
  name: string;
  role: string | null;
  lastSeenAt: string;
  taskId: string | null;
}

export interface Lock {
  id: string;
  path: string;
  mode: "exclusive" | "shared";
  agent: string;
  taskId: string | null;
  fence: number;
  reason: string | null;
  expiresAt: string;
  acquiredAt: string;
}

export const SCOPES = ["read", "work", "plan", "approve", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Key {
  id: string;
  label: string;
  agent: string | null;
  role: string | null;
  scopes: Scope[];
  kind: "person" | "project" | "board" | "bridge" | "custom";
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

export interface Settings {
  requiresReview: boolean;
  leaseSeconds: number;
  maxAttempts: number;
  maxReleases: number;
  readsPerMinute: number;
  writesPerMinute: number;
  monthlyBudgetUsd: number | null;
  paused: boolean;
  projectName: string;
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
