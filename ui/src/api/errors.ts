/** The codes of the contract, and two that only this side can know. */
export type ErrorCode =
  | "VALIDATION_ERROR"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "TASK_NOT_CLAIMABLE"
  | "FILES_LOCKED"
  | "LEASE_LOST"
  | "INVALID_TRANSITION"
  | "CONFLICT"
  | "VERSION_MISMATCH"
  | "RATE_LIMITED"
  | "OVERLOADED"
  | "READ_ONLY"
  | "DISK_FULL"
  | "INTERNAL"
  /** The connection was lost and stayed lost: whether the server acted is unknown. */
  | "UNREACHABLE"
  /** The answer was not what the contract promises. */
  | "BAD_ANSWER"
  | (string & {});

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string | null = null,
    readonly status = 0,
    readonly details: unknown = null,
  ) {
    super(message);
  }
}

/** One sentence for the person, whatever was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return error.hint ? `${error.message} ${error.hint}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
