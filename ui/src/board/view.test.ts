import { describe, expect, test } from "vitest";
import { snapshot, task } from "../test-fixtures";
import { Filter } from "./filter.svelte";
import { Tasks } from "./tasks.svelte";
import { BoardView } from "./view.svelte";

function view() {
  const tasks = new Tasks();
  tasks.reset(
    snapshot([
      task({ id: "T1" }),
      task({ id: "T2" }),
      task({ id: "T3" }),
      task({ id: "T4", status: "blocked" }),
      task({ id: "T5", status: "failed" }),
      task({ id: "T6", status: "in_review" }),
    ]),
  );
  const filter = new Filter();
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  return { tasks, filter, storage, view: new BoardView(tasks, filter, storage) };
}

describe("BoardView", () => {
  test("steps within a column, and to one beside it that has cards", () => {
    const { view: board } = view();
    board.focusFirst();
    const path = [board.focused];
    for (const direction of [
      "down",
      "down",
      "down",
      "right",
      "left",
      "right",
      "right",
      "right",
      "first",
    ] as const) {
      board.step(direction);
      path.push(board.focused);
    }
    // Empty In progress is passed over, and so is Failed, which is collapsed at first.
    expect(path).toEqual(["T1", "T2", "T3", "T3", "T4", "T1", "T4", "T6", "T6", "T6"]);
  });

  test("keeps which columns are collapsed", () => {
    const { view: board, tasks, filter, storage } = view();
    expect([...board.collapsed]).toEqual(["failed", "cancelled"]);
    board.toggleCollapsed("failed");
    board.toggleCollapsed("done");
    expect([...new BoardView(tasks, filter, storage).collapsed]).toEqual(["done", "cancelled"]);
  });

  test("selects a range in a column, and single cards elsewhere", () => {
    const { view: board } = view();
    board.toggleSelected("T1");
    board.selectTo("T3");
    board.selectTo("T6");
    expect(board.targets).toEqual(["T1", "T2", "T3", "T6"]);
  });

  test("acts on the focused card while nothing is selected, and on nothing that is gone", () => {
    const { view: board, tasks } = view();
    board.focus("T4");
    expect(board.targets).toEqual(["T4"]);
    tasks.forget(task({ id: "T4", version: 2 }));
    expect(board.targets).toEqual([]);
  });

  test("leaves alone what is selected but filtered out of sight", () => {
    const { view: board, filter } = view();
    board.toggleSelected("T1");
    board.toggleSelected("T2");
    filter.set({ text: "T2" });
    expect(board.targets).toEqual(["T2"]);
  });

  test("follows the filter", () => {
    const { view: board, filter } = view();
    filter.set({ text: "T2" });
    expect(board.visible("todo").map(({ id }) => id)).toEqual(["T2"]);
    expect(board.neighbour("T2", 1)).toBeNull();
  });
});
