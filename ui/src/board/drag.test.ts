import { expect, test } from "vitest";
import type { Status } from "../api/types";
import { task } from "../test-fixtures";
import { Drag } from "./drag.svelte";

function lifted(status: Status) {
  const said: string[] = [];
  const dropped: [readonly string[], Status][] = [];
  const drag = new Drag({
    task: (id) => task({ id, status, title: "Fix the cart" }),
    group: (id) => [id],
    drop: (ids, to) => dropped.push([ids, to]),
    announce: (text) => said.push(text),
  });
  const press = (key: string) => drag.key(new KeyboardEvent("keydown", { key }), "T1");
  return { drag, said, dropped, press };
}

test("space lifts, arrows choose, space drops, and each step is said", () => {
  const { said, dropped, press, drag } = lifted("todo");
  for (const key of [" ", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", " "])
    expect(press(key)).toBe(true);
  expect(dropped).toEqual([[["T1"], "blocked"]]);
  expect(drag.lifted).toBeNull();
  expect(said).toEqual([
    "Lifted T1 Fix the cart, in To do. Left and right choose a column, space drops, escape puts it back.",
    "In progress, column 2 of 7. This claims it for you.",
    "Blocked, column 3 of 7. This asks you what it waits for.",
    "In review, column 4 of 7. A task in To do can't go there.",
    "Blocked, column 3 of 7. This asks you what it waits for.",
    "Dropped T1 Fix the cart on Blocked.",
  ]);
});

test("escape puts it back", () => {
  const { said, dropped, press } = lifted("in_review");
  press(" ");
  press("ArrowLeft");
  press("Escape");
  expect(dropped).toEqual([]);
  expect(said.at(-1)).toBe("Put back. T1 Fix the cart stays in In review.");
});

test("dropping it where it was changes nothing", () => {
  const { dropped, press } = lifted("todo");
  press(" ");
  press(" ");
  expect(dropped).toEqual([]);
});

test("a card that somebody else moved is put back", () => {
  const { drag, said, press } = lifted("todo");
  press(" ");
  drag.changedElsewhere();
  expect(drag.lifted).toBeNull();
  expect(said.at(-1)).toBe("T1 was moved by somebody else. Put back.");
});
