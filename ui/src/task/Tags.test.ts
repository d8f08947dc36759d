import { fireEvent, render, screen } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import Tags from "./Tags.svelte";

test("adds what was typed once, and removes what was pressed", async () => {
  const onchange = vi.fn();
  render(Tags, { values: ["security"], noun: "label", onchange });
  await fireEvent.click(screen.getByRole("button", { name: "Add a label" }));
  const field = screen.getByRole("textbox", { name: "New label" });
  await fireEvent.input(field, { target: { value: " search " } });
  await fireEvent.keyDown(field, { key: "Enter" });
  expect(onchange).toHaveBeenLastCalledWith(["security", "search"]);
  await fireEvent.input(field, { target: { value: "security" } });
  await fireEvent.keyDown(field, { key: "," });
  expect(onchange).toHaveBeenCalledOnce();
  await fireEvent.click(screen.getByRole("button", { name: "Remove label security" }));
  expect(onchange).toHaveBeenLastCalledWith([]);
});

test("its keys are its own: the page's shortcuts do not see them", async () => {
  const outside = vi.fn();
  document.addEventListener("keydown", outside);
  render(Tags, { values: [], noun: "label", onchange: vi.fn() });
  await fireEvent.click(screen.getByRole("button", { name: "Add a label" }));
  await fireEvent.keyDown(screen.getByRole("textbox"), { key: "n" });
  expect(outside).not.toHaveBeenCalled();
  document.removeEventListener("keydown", outside);
});
