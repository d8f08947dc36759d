import type { operations, paths } from "./api";
import type { Client, Priority, Settings, Status } from "./types";

/** What the page asks of the server, and where. The server's description knows inputs and answers of most. */
export const ROUTES = {
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
  list_chat_messages: ["GET", "/chat"],
  create_key: ["POST", "/keys"],
  list_keys: ["GET", "/keys"],
  revoke_key: ["DELETE", "/keys/{keyId}"],
  update_settings: ["PATCH", "/settings"],
  exchange_code: ["POST", "/board-sessions"],
  list_clients: ["GET", "/clients"],
  connect_client: ["POST", "/clients/{client}/connect"],
  disconnect_client: ["POST", "/clients/{client}/disconnect"],
  look_at_demo: ["GET", "/demo"],
  begin_demo: ["POST", "/demo"],
  end_demo: ["DELETE", "/demo"],
} as const satisfies Record<
  string,
  readonly ["GET" | "POST" | "PATCH" | "DELETE", DocumentedPath | LocalPath]
>;

type DocumentedPath = keyof paths extends infer Path
  ? Path extends `/v1${infer Rest}`
    ? Rest
    : never
  : never;
/** Routes about this machine and this page, which are no operations. */
type LocalPath = "/board-sessions" | "/clients" | `/clients/{client}/${"connect" | "disconnect"}` | "/demo";

/** The fields of a task that a person can change. */
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

export interface ClientChange {
  client: string;
  path: string;
  changed: boolean;
  diff: string;
}

/** A sample swarm that plays on this board. */
export interface Demo {
  agents: number;
  endsAt: string;
  /** Stands on every task that it makes. */
  label: string;
}

/** Inputs that the description leaves wider or narrower than they are, and routes that it leaves out. */
interface Local {
  update_task: { input: TaskFields & { taskId: string }; output: Documented<"update_task"> };
  bulk_update_tasks: {
    input: { updates: (TaskFields & { taskId: string })[] };
    output: Documented<"bulk_update_tasks">;
  };
  update_settings: { input: Partial<Settings>; output: Documented<"update_settings"> };
  exchange_code: { input: { code: string }; output: { token: string; expiresAt: string } };
  list_clients: { input: Record<string, never>; output: { clients: Client[] } };
  connect_client: { input: { client: string }; output: ClientChange };
  disconnect_client: { input: { client: string }; output: ClientChange };
  look_at_demo: { input: Record<string, never>; output: { demo: Demo | null } };
  begin_demo: {
    input: { agents?: number; minutes?: number; speed?: number; seed?: number };
    output: { demo: Demo };
  };
  end_demo: { input: Record<string, never>; output: unknown };
}

export type OperationName = keyof typeof ROUTES;

export type Input<Name extends OperationName> = Name extends keyof Local
  ? Local[Name]["input"]
  : Name extends keyof operations
    ? Parameters<Name, "path"> & Parameters<Name, "query"> & Body<Name>
    : never;

export type Output<Name extends OperationName> = Name extends keyof Local
  ? Local[Name]["output"]
  : Name extends keyof operations
    ? Documented<Name>
    : never;

type Parameters<Name extends keyof operations, Place extends "path" | "query"> = OrNothing<
  NonNullable<operations[Name]["parameters"][Place]>
>;
/** An operation without fields is described with an object of which nothing is known. */
type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody?: { content: { "application/json": infer Json } };
}
  ? string extends keyof Json
    ? unknown
    : OrNothing<NonNullable<Json>>
  : unknown;
type OrNothing<T> = [T] extends [never] ? unknown : T;
type Documented<Name extends keyof operations> = operations[Name]["responses"] extends {
  "2XX": { content: { "application/json": { data: infer Data } } };
}
  ? Data
  : never;
