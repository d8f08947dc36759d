import { describe, expect, test, vi } from "vitest";
import { network } from "../test-fixtures";
import { Api, type Credentials } from "./client";
import { ApiError } from "./errors";

const now = async () => {};

function credentials(): Credentials & { refused: ReturnType<typeof vi.fn<() => void>> } {
  return { token: "mp_a_b", refused: vi.fn<() => void>() };
}

describe("call", () => {
  test("puts fields into the path, the query and the body", async () => {
    const { fetch, asked } = network(() => ({ data: {} }));
    const api = new Api(credentials(), fetch);
    await api.call("get_task", { taskId: "T1", include: ["comments", "history"] });
    await api.call("update_task", { taskId: "T/2", title: "New" });
    expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["GET", "/v1/tasks/T1?include=comments%2Chistory", {}],
      ["PATCH", "/v1/tasks/T%2F2", { title: "New" }],
    ]);
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer mp_a_b");
  });

  test("asks again with the same request id after a lost connection", async () => {
    let tries = 0;
    const { fetch, asked } = network(() => {
      tries += 1;
      return tries < 3 ? new TypeError("network") : { data: { task: { id: "T1" } } };
    });
    const { task } = await new Api(credentials(), fetch, now).call("create_task", { title: "Once" });
    expect(task.id).toBe("T1");
    const ids = asked.map(({ headers }) => headers.get("idempotency-key"));
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  test("gives every change a request id of its own", async () => {
    const { fetch, asked } = network(() => ({ data: {} }));
    const api = new Api(credentials(), fetch);
    await api.call("delete_task", { taskId: "T1" });
    await api.call("delete_task", { taskId: "T1" });
    expect(new Set(asked.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(2);
  });

  test("says that the outcome is unknown when the connection stays lost", async () => {
    const { fetch, asked } = network(() => new TypeError("network"));
    const call = new Api(credentials(), fetch, now).call("create_task", { title: "Lost" });
    await expect(call).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(asked).toHaveLength(7);
  });

  test("does not ask again when the server refused", async () => {
    const { fetch, asked } = network(() => ({
      error: { code: "INVALID_TRANSITION", message: "todo to done.", hint: "Claim it." },
      status: 409,
    }));
    const call = new Api(credentials(), fetch, now).call("update_task", { taskId: "T1", status: "done" });
    await expect(call).rejects.toEqual(new ApiError("INVALID_TRANSITION", "todo to done.", "Claim it.", 409));
    expect(asked).toHaveLength(1);
  });

  test("tells the session when the key is not taken any more", async () => {
    const { fetch } = network(() => ({
      error: { code: "UNAUTHENTICATED", message: "Revoked." },
      status: 401,
    }));
    const session = credentials();
    await expect(new Api(session, fetch).call("list_keys", {})).rejects.toBeInstanceOf(ApiError);
    expect(session.refused).toHaveBeenCalledOnce();
  });

  test("takes an answer that is no envelope for a fault", async () => {
    const fetch = async () => new Response("<html>proxy</html>", { status: 502 });
    await expect(new Api(credentials(), fetch).call("list_keys", {})).rejects.toMatchObject({
      code: "INTERNAL",
      status: 502,
    });
  });
});
