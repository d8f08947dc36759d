import { describe, expect, test } from "vitest";
import { Api } from "../api/client";
import { network } from "../test-fixtures";
import { Session, takeCode } from "./session.svelte";

function storage(token?: string) {
  const stored = new Map(token ? [["meshpilot.token", token]] : []);
  return {
    stored,
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
}

const accepting = network(() => ({ data: { token: "mp_new_1", expiresAt: "2026-12-20T10:00:00.000Z" } }));
const refusing = network(() => ({ error: { code: "UNAUTHENTICATED", message: "Used." }, status: 401 }));

describe("Session", () => {
  test("changes a code into a token and keeps it", async () => {
    const kept = storage();
    const session = new Session(kept);
    expect(session.state).toBe("signed-out");
    await session.exchange(new Api(session, accepting.fetch), "c0de");
    expect(session).toMatchObject({ state: "signed-in", token: "mp_new_1" });
    expect(kept.stored.get("meshpilot.token")).toBe("mp_new_1");
    expect(accepting.asked[0]).toMatchObject({ path: "/v1/board-sessions", body: { code: "c0de" } });
    expect(accepting.asked[0]?.headers.has("authorization")).toBe(false);
  });

  test("says that a code was refused", async () => {
    const session = new Session(storage());
    await session.exchange(new Api(session, refusing.fetch), "used");
    expect(session.state).toBe("code-refused");
  });

  test("does not blame the code for a server that fails", async () => {
    const failing = network(() => ({ error: { code: "INTERNAL", message: "Broken." }, status: 500 }));
    const session = new Session(storage());
    await session.exchange(new Api(session, failing.fetch), "good");
    expect(session.state).toBe("signed-out");
  });

  test("goes on with the token it had when a code is refused", async () => {
    const session = new Session(storage("mp_old_1"));
    await session.exchange(new Api(session, refusing.fetch), "used");
    expect(session).toMatchObject({ state: "signed-in", token: "mp_old_1" });
  });

  test("forgets a token that is not taken any more", () => {
    const kept = storage("mp_old_1");
    const session = new Session(kept);
    session.refused();
    expect(session).toMatchObject({ state: "signed-out", token: null });
    expect(kept.stored.size).toBe(0);
  });
});

test("the code leaves the address", () => {
  location.hash = "#code=abc-123";
  expect(takeCode(location, history)).toBe("abc-123");
  expect(location.hash).toBe("");
  location.hash = "#/board?q=code";
  expect(takeCode(location, history)).toBeNull();
  expect(location.hash).toBe("#/board?q=code");
  location.hash = "";
});
