import type {
  ChatMessage,
  Client,
  FullTask,
  Key,
  Lock,
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
  review_task: Operation<
    { taskId: string; verdict: "approve" | "reject"; reason?: string },
    { task: FullTask }
  >;
  comment_on_task: Operation<{ taskId: string; text: string }, { comment: TaskComment }>;
  delete_task: Operation<{ taskId: string; force?: boolean }, { task: FullTask }>;
  restore_task: Operation<{ taskId: string }, { task: FullTask }>;
  release_task: Operation<{ taskId: string; reason?: string }, { task: FullTask }>;
  explain_task: Operation<{ taskId: string }, Explanation>;
  cancel_stale_tasks: Operation<{ olderThanSeconds?: number }, { cancelled: number }>;
  send_chat_message: Operation<{ text: string; taskId?: string; replyTo?: string }, { message: ChatMessage }>;
  list_chat_messages: Operation<
    { limit?: number; cursor?: string },
    { messages: ChatMessage[]; nextCursor: string | null }
  >;
  list_locks: Operation<{ limit?: number; cursor?: string }, { locks: Lock[]; nextCursor: string | null }>;
  create_key: Operation<
    { label?: string; forAgent?: string; role?: string; scopes: Scope[]; expiresInSeconds?: number },
    { key: Key; secret: string }
  >;
  list_keys: Operation<{ limit?: number; cursor?: string }, { keys: Key[]; nextCursor: string | null }>;
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

/** Why a card is where it is: one sentence, and the facts it rests on. */
export interface Explanation {
  explanation: string;
  facts: { text: string; at?: string | null; actor?: string | null }[];
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
  review_task: ["POST", "/tasks/{taskId}/review"],
  comment_on_task: ["POST", "/tasks/{taskId}/comments"],
  delete_task: ["DELETE", "/tasks/{taskId}"],
  restore_task: ["POST", "/tasks/{taskId}/restore"],
  release_task: ["POST", "/tasks/{taskId}/release"],
  explain_task: ["GET", "/tasks/{taskId}/explain"],
  cancel_stale_tasks: ["POST", "/tasks/cancel-stale"],
  send_chat_message: ["POST", "/chat"],
  list_chat_messages: ["GET", "/chat"],
  list_locks: ["GET", "/locks"],
  create_key: ["POST", "/keys"],
  list_keys: ["GET", "/keys"],
  revoke_key: ["DELETE", "/keys/{keyId}"],
  update_settings: ["PATCH", "/settings"],
  list_clients: ["GET", "/clients"],
  connect_client: ["POST", "/clients/{client}/connect"],
  disconnect_client: ["POST", "/clients/{client}/disconnect"],
};
