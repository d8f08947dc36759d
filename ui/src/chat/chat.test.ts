import { expect, test } from "vitest";
import { Api } from "../api/client";
import type { BoardEvent, ChatMessage } from "../api/types";
import { network, snapshot } from "../test-fixtures";
import { Chat } from "./chat.svelte";

const message = (id: string, from = "builder-1"): ChatMessage => ({
  id,
  from,
  text: `Text of ${id}`,
  taskId: null,
  replyTo: null,
  at: `2026-11-20T10:00:${id.slice(1).padStart(2, "0")}.000Z`,
});
const said = (known: ChatMessage): BoardEvent => ({
  seq: 1,
  type: "chat.message",
  at: known.at,
  actor: known.from,
  entity: known.id,
  data: { message: known },
});

function chat(mine = message("M9", "human")) {
  const { fetch } = network(() => ({ data: { message: mine } }));
  return new Chat(new Api({ token: "t", refused: () => {} }, fetch));
}

test("shows a message once, whether its event or the answer comes first", async () => {
  const mine = message("M9", "human");
  const room = chat(mine);
  room.reset(snapshot([], { chat: [message("M1")] }));
  await room.send("Hello");
  room.apply([said(mine), said(message("M5"))]);
  expect(room.messages.map(({ id }) => id)).toEqual(["M1", "M5", "M9"]);
});

test("counts what others said while nobody looked", () => {
  const room = chat();
  room.reset(snapshot([], { chat: [message("M1")] }));
  room.apply([said(message("M2")), said(message("M3", "human"))]);
  expect(room.unread).toBe(1);
  room.reset(snapshot([], { chat: [message("M1"), message("M2"), message("M3"), message("M4")] }));
  expect(room.unread).toBe(2);
  const leave = room.watch();
  expect(room.unread).toBe(0);
  room.apply([said(message("M6"))]);
  expect(room.unread).toBe(0);
  leave();
  room.apply([said(message("M7"))]);
  expect(room.unread).toBe(1);
});
