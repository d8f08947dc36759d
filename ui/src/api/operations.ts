import type {
  ChatMessage,
  Client,
  FullTask,
  HistoryEntry,
  Key,
  Lock,
  Overlap,
  Priority,
  Scope,
  Settings,
  Status,
  Task,
  TaskComment,
  TaskDetail,
} from "./types";

interface Operation<Input, Output> {
  input: Input;
  output: Output;
}

export interface TaskFields {
  title?: string;
  description?: string;
  status?: Status;
  priority?: Priority;
  assignedTo?: string | null;
  labels?: string[];
  dependsOn?: string[];
  filesOwned?: string[];
  requiresReview?: boolean;
  needsHuman?: boolean;
  reason?: string;
}

export interface BulkResult {
  taskId: string;
  success: boolean;
  task?: Task;
  error?: { code: string; message: string; hint?: string | null };
}

/** What the page asks of the server: the input and the answer of each operation. */
export interface Operations {
  exchange_code: Operation<{ code: string }, { token: string; expiresAt: string }>;
  create_task: Operation<
    TaskFields & { title: string; allowDuplicate?: boolean },
    { task: FullTask; deduplicated?: boolean; similar?: { id: string; title: string }[] }
  >;
  get_task: Operation<{ taskId: string; include?: string }, TaskDetail>;
  list_tasks: Operation<
    { status?: string; text?: string; limit?: number; cursor?: string },
    { tasks: Task[]; nextCursor: string | null }
  >;
  update_task: Operation<TaskFields & { taskId: string; version?: number }, { task: FullTask }>;
  bulk_update_tasks: Operation<{ updates: (TaskFields & { taskId: string })[] }, { results: BulkResult[] }>;
  comment_on_task: Operation<{ taskId: string; text: string }, { comment: TaskComment }>;
  delete_task: Operation<{ taskId: string; force?: boolean }, { task: FullTask }>;
  restore_task: Operation<{ taskId: string }, { task: FullTask }>;
  explain_task: Operation<{ taskId: string }, Explanation>;
  send_chat_message: Operation<{ text: string; taskId?: string; replyTo?: string }, { message: ChatMessage }>;
  create_key: Operation<
    { label?: string; forAgent?: string; role?: string; scopes: Scope[]; expiresAt?: string },
    { key: Key; secret: string }
  >;
  list_keys: Operation<{ includeRevoked?: boolean }, { keys: Key[] }>;
  revoke_key: Operation<{ keyId: string }, { key: Key }>;
  update_settings: Operation<Partial<Settings>, { settings: Settings }>;
  list_clients: Operation<Record<string, never>, { clients: Client[] }>;
  connect_client: Operation<{ client: string }, ClientChange>;
  disconnect_client: Operation<{ client: string }, ClientChange>;
}

export interface ClientChange {
  client: string;
  path: string;
  changed: boolean;
  diff: string;
}

/** Why a card is where it is: a sentence or two, and what they rest on. */
export interface Explanation {
  summary: string;
  status: Status;
  claimable: boolean;
  claimRefusal: { code: string; message: string } | null;
  waitsFor: string[];
  unblocks: string[];
  /** Locks the task holds, and those of others in the way of its files. */
  locks: Lock[];
  conflicts: Overlap[];
  events: HistoryEntry[];
}

export type OperationName = keyof Operations;
export type Input<Name extends OperationName> = Operations[Name]["input"];
export type Output<Name extends OperationName> = Operations[Name]["output"];

type Route = readonly [method: "GET" | "POST" | "PATCH" | "DELETE", path: string];

export const ROUTES: Record<OperationName, Route> = {
  exchange_code: ["POST", "/board-sessions"],
  create_task: ["POST", "/tasks"],
  get_task: ["GET", "/tasks/{taskId}"],
  list_tasks: ["GET", "/tasks"],
  update_task: ["PATCH", "/tasks/{taskId}"],
  bulk_update_tasks: ["PATCH", "/tasks"],
  comment_on_task: ["POST", "/tasks/{taskId}/comments"],
  delete_task: ["DELETE", "/tasks/{taskId}"],
  restore_task: ["POST", "/tasks/{taskId}/restore"],
  explain_task: ["GET", "/tasks/{taskId}/explain"],
  send_chat_message: ["POST", "/chat"],
  create_key: ["POST", "/keys"],
  list_keys: ["GET", "/keys"],
  revoke_key: ["DELETE", "/keys/{keyId}"],
  update_settings: ["PATCH", "/settings"],
  list_clients: ["GET", "/clients"],
  connect_client: ["POST", "/clients/{client}/connect"],
  disconnect_client: ["POST", "/clients/{client}/disconnect"],
};
