import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { becomes, card, listen, open, Server, sharedBrowser, stands } from "./harness.mjs";

describe("by keyboard alone", () => {
  const browser = sharedBrowser();

  /** Presses keys one after the other. */
  const press = async (page, ...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = (page) => page.evaluate(() => document.activeElement?.id ?? null);

  test("creates, lifts, moves, drops, and hears each step", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server);
    await page.getByRole("heading", { name: "Connect the first agent" }).waitFor();
    await press(page, "n");
    await page.keyboard.type("Typed in");
    await press(page, "Enter");
    await stands(page, "T1", "todo");
    await becomes(() => focused(page), "card-T1");
    const said = await listen(page);
    await press(page, "Space", "ArrowRight", "ArrowRight", "ArrowLeft", "Space");
    await stands(page, "T1", "in_progress");
    await becomes(() => server.status("T1"), "in_progress");
    await becomes(() => focused(page), "card-T1");
    assert.deepEqual(said.slice(0, 5), [
      "Lifted T1 Typed in, in To do. Left and right choose a column, space drops, escape puts it back.",
      "In progress, column 2 of 7. This claims it for you.",
      "Blocked, column 3 of 7. This asks you what it waits for.",
      "In progress, column 2 of 7. This claims it for you.",
      "Dropped T1 Typed in on In progress.",
    ]);
    await press(page, "Control+z");
    await stands(page, "T1", "todo");
    await becomes(() => server.status("T1"), "todo");
  });

  test("puts a lifted card back with escape", async (t) => {
    const server = await Server.start(t);
    await server.create("Stay");
    const page = await open(t, browser, server);
    await card(page, "T1").getByRole("link").focus();
    const said = await listen(page);
    await press(page, "Space", "ArrowRight", "Escape");
    await becomes(async () => said.at(-1), "Put back. T1 Stay stays in To do.");
    assert.equal(await server.status("T1"), "todo");
  });

  test("reaches the board by Tab, walks it by arrows, opens and goes on with j and k", async (t) => {
    const server = await Server.start(t);
    for (const title of ["First", "Second", "Third"]) await server.create(title);
    await server.createInReview("Reviewed");
    const page = await open(t, browser, server);
    await stands(page, "T4", "in_review");
    for (let tabs = 0; !(await focused(page))?.startsWith("card-"); tabs++) {
      assert.ok(tabs < 40, "Tab never reached a card");
      await press(page, "Tab");
    }
    await becomes(() => focused(page), "card-T1");
    await press(page, "ArrowDown");
    await becomes(() => focused(page), "card-T2");
    await press(page, "ArrowRight");
    await becomes(() => focused(page), "card-T4");
    await press(page, "ArrowLeft", "Enter");
    const panel = (id) => page.getByRole("complementary", { name: `Task ${id}` });
    await panel("T1").waitFor();
    await press(page, "j", "j");
    await panel("T3").waitFor();
    await press(page, "k");
    await panel("T2").waitFor();
    await press(page, "Escape");
    await panel("T2").waitFor({ state: "detached" });
    await becomes(() => focused(page), "card-T2");
  });

  test("approves with a, rejects with r and a reason", async (t) => {
    const server = await Server.start(t);
    await server.createInReview("Good work");
    await server.createInReview("Bad work");
    const page = await open(t, browser, server);
    await card(page, "T1").getByRole("link").focus();
    await press(page, "a");
    await becomes(() => server.status("T1"), "done");
    await stands(page, "T2", "in_review");
    await card(page, "T2").getByRole("link").focus();
    await press(page, "r");
    await page.getByRole("dialog", { name: "Send T2 back" }).waitFor();
    await page.keyboard.type("Write the tests first.");
    await press(page, "Control+Enter");
    await becomes(async () => (await server.task("T2")).task.review?.reason, "Write the tests first.");
    await stands(page, "T2", "todo");
  });

  test("runs commands from the palette, and finds tasks by what their descriptions say", async (t) => {
    const server = await Server.start(t);
    await server.create("An ordinary title", { description: "The word is xylophone." });
    await server.create("Another title");
    const page = await open(t, browser, server);
    await card(page, "T2").getByRole("link").focus();
    await press(page, "Control+k");
    await page.keyboard.type("priority urgent");
    await page.getByRole("option", { name: "Priority of T2: Urgent" }).waitFor();
    await press(page, "Enter");
    await becomes(async () => (await server.task("T2")).task.priority, "urgent");
    await press(page, "/");
    await page.keyboard.type("xylophone");
    await page.getByRole("option", { name: /An ordinary title/ }).waitFor();
    await press(page, "Enter");
    await page.getByRole("complementary", { name: "Task T1" }).waitFor();
    await press(page, "Control+k");
    await page.keyboard.type("theme dark");
    await page.getByRole("option", { name: "Theme: dark" }).waitFor();
    await press(page, "Enter");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await press(page, "Control+k");
    await page.keyboard.type("comment on t1");
    await page.getByRole("option", { name: "Comment on T1" }).waitFor();
    await press(page, "Enter");
    await page.getByRole("textbox", { name: "Comment" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.type("From the keyboard.");
    await press(page, "Enter");
    await becomes(async () => (await server.task("T1", "comments")).comments.map(({ text }) => text), ["From the keyboard."]);
  });

  test("selects with x, opens menus by key, and moves with brackets", async (t) => {
    const server = await Server.start(t);
    for (const title of ["One", "Two", "Three"]) await server.create(title);
    const page = await open(t, browser, server);
    await card(page, "T1").getByRole("link").focus();
    await press(page, "x", "ArrowDown", "x");
    await page.getByRole("toolbar", { name: "Selected tasks" }).getByText("2 tasks").waitFor();
    await press(page, "p");
    await page.getByRole("menu", { name: "Priority" }).waitFor();
    await page.keyboard.type("lo");
    await press(page, "Enter");
    await becomes(async () => (await server.person("GET", "/tasks")).tasks.map((task) => [task.id, task.priority]), [
      ["T3", "normal"],
      ["T1", "low"],
      ["T2", "low"],
    ]);
    await press(page, "Escape");
    await card(page, "T3").getByRole("link").focus();
    await press(page, "]");
    await becomes(() => server.status("T3"), "in_progress");
    await becomes(() => focused(page), "card-T3");
  });

  test("goes to every view, shows the shortcuts, and filters", async (t) => {
    const server = await Server.start(t);
    await server.create("Findable");
    await server.create("Something else");
    const page = await open(t, browser, server);
    await stands(page, "T1", "todo");
    for (const [key, name] of [
      ["a", "Attention"],
      ["c", "Chat"],
      ["s", "Settings"],
      ["b", "Board"],
    ]) {
      await press(page, "g", key);
      await page.getByRole("heading", { name, exact: true, level: 1 }).waitFor({ state: "attached" });
    }
    await press(page, "?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await press(page, "Escape");
    await press(page, "f");
    await becomes(() => focused(page), "filter-text");
    await page.keyboard.type("findable");
    await card(page, "T2").waitFor({ state: "detached" });
    await press(page, "Enter");
    await becomes(() => focused(page), "card-T1");
  });

  test("works through what waits with one key each", async (t) => {
    const server = await Server.start(t);
    await server.createInReview("First review", "builder-1", { priority: "urgent" });
    await server.createInReview("Second review", "builder-2");
    const page = await open(t, browser, server, { view: "attention" });
    await page.getByRole("link", { name: "First review" }).waitFor();
    await press(page, "a");
    await becomes(() => server.status("T1"), "done");
    await page.getByRole("link", { name: "First review" }).waitFor({ state: "detached" });
    await press(page, "a");
    await becomes(() => server.status("T2"), "done");
    await page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();
  });
});
