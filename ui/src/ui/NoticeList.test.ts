import { fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import NoticeList from "./NoticeList.svelte";
import { Notices } from "./notices.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

test("offers the way back for ten seconds, and no longer", async () => {
  const notices = new Notices();
  render(NoticeList, { notices });
  notices.done("Moved T1", { label: "Undo", run: async () => {} });
  await vi.advanceTimersByTimeAsync(9_900);
  expect(screen.getByRole("button", { name: "Undo" })).toBeTruthy();
  await vi.advanceTimersByTimeAsync(200);
  expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
  expect(notices.undoable).toBeUndefined();
});

test("stays while somebody points at it", async () => {
  const notices = new Notices();
  render(NoticeList, { notices });
  notices.done("Moved T1");
  await settle();
  await fireEvent.pointerEnter(screen.getByRole("region", { name: "Notices" }));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(screen.getByText("Moved T1")).toBeTruthy();
  await fireEvent.pointerLeave(screen.getByRole("region", { name: "Notices" }));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(screen.queryByText("Moved T1")).toBeNull();
});

test("takes back the newest change first, and says when one can't be", async () => {
  const taken: string[] = [];
  const said: string[] = [];
  const notices = new Notices((text) => said.push(text));
  render(NoticeList, { notices });
  const undo = (name: string) => ({ label: "Undo", run: async () => void taken.push(name) });
  notices.done("First", undo("first"));
  notices.done("Second", undo("second"));
  notices.undoNewest();
  notices.undoNewest();
  notices.undoNewest();
  await settle();
  expect(taken).toEqual(["second", "first"]);
  expect(said.at(-1)).toBe("Nothing to take back.");
  notices.done("Third", { label: "Undo", run: () => Promise.reject(new Error("Somebody else has it.")) });
  notices.undoNewest();
  await settle();
  expect(screen.getByText("Somebody else has it.")).toBeTruthy();
});

test("shows four at once at most", async () => {
  const notices = new Notices();
  render(NoticeList, { notices });
  for (let n = 1; n <= 6; n++) notices.done(`Change ${n}`);
  await settle();
  expect(screen.getAllByText(/^Change/).map((node) => node.textContent?.trim())).toEqual([
    "Change 3",
    "Change 4",
    "Change 5",
    "Change 6",
  ]);
});
