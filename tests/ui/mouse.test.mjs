import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { becomes, card, column, drag, open, Server, sharedBrowser, stands } from "./harness.mjs";

describe("by mouse", () => {
  const browser = sharedBrowser();
  const hash = (page) => page.evaluate(() => location.hash);

  test("an empty board shows how to connect, and turns live when the first agent arrives", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server);
    await page.getByRole("heading", { name: "Connect the first agent" }).waitFor();
    await page.getByRole("tab", { name: "Cursor" }).click();
    await page.getByText("meshpilot connect cursor").waitFor();
    await server.agent("builder-7", "POST", "/briefing", {});
    await page.getByRole("heading", { name: /builder-7 is here/ }).waitFor();
    await page.getByRole("main").getByRole("button", { name: /New task/ }).click();
    await page.getByRole("textbox", { name: "Title" }).fill("The very first task");
    await page.getByRole("button", { name: /^Create/ }).click();
    await stands(page, "T1", "todo");
    assert.equal(await server.status("T1"), "todo");
  });

  test("loads a sample swarm on the empty board, and clears it away again", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server);
    await page.getByRole("button", { name: "Load a sample swarm" }).click();
    await page.locator("[data-task]").first().waitFor();
    await column(page, "in_progress").locator("[data-task]").first().waitFor();
    await page.getByRole("button", { name: /sample swarm plays/ }).click();
    await page.getByRole("region", { name: "Notices" }).getByText("The sample swarm is gone").waitFor();
    await becomes(() => page.locator("[data-task]").count(), 0);
    assert.deepEqual((await server.person("GET", "/tasks")).tasks, []);
  });

  test("creates a task with everything the form has, and says when it stands already", async (t) => {
    const server = await Server.start(t);
    await server.create("Set up the cache");
    const page = await open(t, browser, server);
    await page.getByRole("button", { name: "New task" }).first().click();
    await page.getByRole("textbox", { name: "Title" }).fill("Purge the cache on update");
    await page.getByRole("textbox", { name: "Description" }).fill("At the **edge** too.");
    await page.getByLabel("Priority").selectOption("high");
    await page.getByRole("button", { name: "Add a label" }).click();
    await page.getByRole("textbox", { name: "New label" }).fill("performance");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Add a task id" }).click();
    await page.getByRole("textbox", { name: "New task id" }).fill("t1");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Create/ }).click();
    await card(page, "T2").getByText("waits for T1").waitFor();
    const { task } = await server.task("T2");
    assert.deepEqual(
      [task.title, task.description, task.priority, task.labels, task.dependsOn, task.createdBy],
      ["Purge the cache on update", "At the **edge** too.", "high", ["performance"], ["T1"], "human"],
    );
    await page.getByRole("button", { name: "New task" }).first().click();
    await page.getByRole("textbox", { name: "Title" }).fill("set up  THE cache");
    await page.getByRole("button", { name: /^Create/ }).click();
    await page.getByText("T1 stands already").waitFor();
    await page.getByRole("button", { name: "Create anyway" }).click();
    await stands(page, "T3", "todo");
  });

  test("drags a card to another column, and takes it back", async (t) => {
    const server = await Server.start(t);
    await server.create("Move me");
    const page = await open(t, browser, server);
    await stands(page, "T1", "todo");
    await drag(page, "T1", "in_progress");
    await stands(page, "T1", "in_progress");
    await becomes(() => server.status("T1"), "in_progress");
    assert.equal((await server.task("T1")).task.lease.agent, "human");
    await page.getByRole("button", { name: "Undo" }).click();
    await stands(page, "T1", "todo");
    await becomes(() => server.status("T1"), "todo");
  });

  test("says why a column does not take a card, and leaves it where it is", async (t) => {
    const server = await Server.start(t);
    await server.create("Not so fast");
    const page = await open(t, browser, server);
    await stands(page, "T1", "todo");
    await drag(page, "T1", "done");
    await page.getByRole("region", { name: "Notices" }).getByText("From To do there is no way to Done.").waitFor();
    await stands(page, "T1", "todo");
  });

  test("a drop from In review on To do asks for a reason, and the builder reads it", async (t) => {
    const server = await Server.start(t);
    await server.createInReview("Retry the webhooks");
    const page = await open(t, browser, server);
    await stands(page, "T1", "in_review");
    await drag(page, "T1", "todo");
    const dialog = page.getByRole("dialog", { name: "Send T1 back" });
    await dialog.getByRole("button", { name: /Send back/ }).click();
    await dialog.getByText("A reason is needed").waitFor();
    assert.equal(await server.status("T1"), "in_review");
    await dialog.getByRole("textbox", { name: "What has to change" }).fill("It holds the connection while it sleeps.");
    await dialog.getByRole("button", { name: /Send back/ }).click();
    await stands(page, "T1", "todo");
    await becomes(async () => {
      const { task } = await server.task("T1");
      return [task.status, task.review?.verdict, task.description.endsWith("It holds the connection while it sleeps.")];
    }, ["todo", "reject", true]);
  });

  test("approves in the panel, and reopens within ten seconds", async (t) => {
    const server = await Server.start(t);
    await server.createInReview("Decide on me");
    const page = await open(t, browser, server);
    await card(page, "T1").click();
    const panel = page.getByRole("complementary", { name: "Task T1" });
    await panel.getByText("Done as").waitFor();
    await becomes(() => hash(page), "#/board?task=T1");
    await panel.getByRole("button", { name: /Approve/ }).click();
    await stands(page, "T1", "done");
    await becomes(() => server.status("T1"), "done");
    await page.getByRole("button", { name: "Reopen" }).click();
    await stands(page, "T1", "todo");
    await becomes(() => server.status("T1"), "todo");
  });

  test("edits title, priority, assignee, labels, dependencies and description in place", async (t) => {
    const server = await Server.start(t);
    await server.agent("builder-1", "POST", "/briefing", {});
    await server.create("Old title");
    await server.create("The other one");
    const page = await open(t, browser, server, { view: "board?task=T1" });
    const panel = page.getByRole("complementary", { name: "Task T1" });
    await panel.getByRole("button", { name: "Old title" }).click();
    await panel.getByRole("textbox", { name: "Title" }).fill("New title");
    await page.keyboard.press("Enter");
    await panel.getByRole("button", { name: "Normal" }).click();
    await page.getByRole("menuitemradio", { name: "Urgent" }).click();
    await panel.getByRole("button", { name: /Assigned to/ }).click();
    await page.getByRole("menuitemradio", { name: "builder-1" }).click();
    await panel.getByRole("button", { name: "Add a label" }).click();
    await page.keyboard.type("security");
    await page.keyboard.press("Enter");
    await panel.getByRole("button", { name: "Add a task id" }).click();
    await page.keyboard.type("T2");
    await page.keyboard.press("Enter");
    await panel.getByRole("button", { name: "Edit", exact: true }).click();
    await panel.getByRole("textbox", { name: /Description/ }).fill("Now with a description.");
    await panel.getByRole("button", { name: "Save" }).click();
    await becomes(async () => {
      const { task } = await server.task("T1");
      return [task.title, task.priority, task.assignedTo, task.labels, task.dependsOn, task.description];
    }, ["New title", "urgent", "builder-1", ["security"], ["T2"], "Now with a description."]);
    await panel.getByText("Now with a description.").waitFor();
    await panel.getByRole("textbox", { name: "Comment" }).fill("Looks right.");
    await page.keyboard.press("Enter");
    await panel.getByRole("listitem").filter({ hasText: "Looks right." }).waitFor();
    assert.equal((await server.task("T1", "comments")).comments[0].text, "Looks right.");
  });

  test("filters by what the person picks, keeps it in the address, and clears it", async (t) => {
    const server = await Server.start(t);
    await server.create("Rate limit the login", { labels: ["security"], priority: "high" });
    await server.create("Translate the e-mails");
    const page = await open(t, browser, server);
    await stands(page, "T2", "todo");
    await page.getByRole("button", { name: "Priority" }).click();
    await page.getByRole("menuitemradio", { name: "High" }).click();
    await card(page, "T2").waitFor({ state: "detached" });
    await page.getByRole("searchbox").fill("login");
    await becomes(() => hash(page), "#/board?priority=high&q=login");
    await page.reload();
    await stands(page, "T1", "todo");
    assert.equal(await card(page, "T2").count(), 0);
    await page.getByRole("button", { name: "Clear" }).click();
    await stands(page, "T2", "todo");
    await becomes(() => hash(page), "#/board");
  });

  test("selects several with shift and changes them with one call, then takes it back", async (t) => {
    const server = await Server.start(t);
    for (const title of ["Alpha", "Beta", "Gamma"]) await server.create(title);
    const page = await open(t, browser, server);
    await stands(page, "T3", "todo");
    await card(page, "T1").click({ modifiers: ["Control"] });
    await card(page, "T3").click({ modifiers: ["Shift"] });
    const calls = [];
    page.on("request", (request) => request.method() === "PATCH" && calls.push(new URL(request.url()).pathname));
    const bar = page.getByRole("toolbar", { name: "Selected tasks" });
    await bar.getByText("3 tasks").waitFor();
    await bar.getByRole("button", { name: "Cancel" }).click();
    await becomes(() => Promise.all(["T1", "T2", "T3"].map((id) => server.status(id))), Array(3).fill("cancelled"));
    assert.deepEqual(calls, ["/v1/tasks"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await becomes(() => Promise.all(["T1", "T2", "T3"].map((id) => server.status(id))), Array(3).fill("todo"));
  });

  test("keeps old finished work out of the way, and shows it on demand", async (t) => {
    const server = await Server.start(t);
    await server.person("PATCH", "/settings", { writesPerMinute: 100_000 });
    const ids = await Promise.all(
      Array.from({ length: 230 }, async (_, i) => (await server.create(`Old ${i}`, { allowDuplicate: true })).id),
    );
    await server.person("PATCH", "/tasks", { updates: ids.map((taskId) => ({ taskId, status: "cancelled" })) });
    await server.create("New");
    const page = await open(t, browser, server);
    await page.getByRole("button", { name: "Show Cancelled, 230 tasks" }).click();
    const cancelled = column(page, "cancelled");
    await cancelled.locator(".scroller").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await cancelled.getByRole("button", { name: "Show older ones, 30 more" }).click();
    await cancelled.getByRole("button", { name: /Show older/ }).waitFor({ state: "detached" });
    await cancelled.locator(`[aria-setsize="230"]`).first().waitFor();
  });

  test("deletes a task and brings it back", async (t) => {
    const server = await Server.start(t);
    await server.create("Delete me");
    await server.create("Keep me");
    const page = await open(t, browser, server);
    await card(page, "T1").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await card(page, "T1").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await stands(page, "T1", "todo");
  });

  test("talks in the chat, and answers", async (t) => {
    const server = await Server.start(t);
    await server.create("Chat about me");
    await server.agent("builder-1", "POST", "/chat", { text: "Who has T1?" });
    const page = await open(t, browser, server, { view: "chat" });
    const log = page.getByRole("log");
    await log.getByText("Who has").waitFor();
    await log.getByRole("button", { name: "Answer builder-1" }).click();
    await page.getByRole("textbox", { name: "Message to all agents" }).fill("I do.");
    await page.keyboard.press("Enter");
    await log.getByText("I do.").waitFor();
    const { messages } = await server.person("GET", "/chat");
    assert.deepEqual(
      messages.map(({ from, text, replyTo }) => [from, text, replyTo]),
      [
        ["builder-1", "Who has T1?", null],
        ["human", "I do.", messages[0].id],
      ],
    );
    await log.getByRole("link", { name: "T1" }).click();
    await page.getByRole("complementary", { name: "Task T1" }).waitFor();
  });

  test("makes a key that works, shows it once, and revokes it", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server, { view: "settings" });
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByRole("textbox", { name: "What it is for" }).fill("Nightly");
    await page.getByLabel("It may").selectOption("read");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    const secret = await page.getByRole("dialog", { name: "Copy the key now" }).locator("code").innerText();
    const ask = () => fetch(`${server.ready.url}/v1/tasks`, { headers: { authorization: `Bearer ${secret}` } });
    assert.equal((await ask()).status, 200);
    await page.getByRole("button", { name: "I have it" }).click();
    assert.equal((await page.content()).includes(secret), false);
    await page.getByRole("button", { name: "Revoke Nightly" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByText("1 revoked").waitFor();
    assert.equal((await ask()).status, 401);
  });

  test("changes the rules of work, and takes a change back", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server, { view: "settings" });
    const settings = async () => (await server.person("GET", "/settings")).settings;
    await page.getByRole("switch", { name: /Pause all agents/ }).click();
    await becomes(async () => (await settings()).paused, true);
    await page.getByText("agents paused").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await becomes(async () => (await settings()).paused, false);
    await page.getByRole("spinbutton", { name: /Lease/ }).fill("900");
    await page.keyboard.press("Tab");
    await becomes(async () => (await settings()).leaseSeconds, 900);
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  });

  test("connects a client with one button, and disconnects it", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server, { view: "settings" });
    await page.getByRole("button", { name: "Connect Cursor" }).click();
    await page.getByLabel(/What was written to/).getByText("meshpilot").first().waitFor();
    await page.getByRole("button", { name: "Disconnect Cursor" }).click();
    await page.getByRole("button", { name: "Connect Cursor" }).waitFor();
  });

  test("settles what waits, from one list", async (t) => {
    const server = await Server.start(t);
    await server.createInReview("A review", "builder-1", { priority: "urgent" });
    await server.create("Waits for the review", { dependsOn: ["T1"] });
    await server.create("Needs a human");
    await server.person("PATCH", "/tasks/T3", { needsHuman: true });
    const page = await open(t, browser, server, { view: "attention" });
    const rows = page.getByRole("main").getByRole("listitem");
    await becomes(() => rows.count(), 2);
    await rows.first().getByText("blocks T2").waitFor();
    await rows.first().getByRole("button", { name: /Approve/ }).click();
    await becomes(() => server.status("T1"), "done");
    await page.getByRole("button", { name: /Settled/ }).click();
    await page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();
    await becomes(async () => (await server.task("T3")).task.needsHuman, false);
  });

  test("shows the column that a card came to, with who did it", async (t) => {
    const server = await Server.start(t);
    await server.create("Watch me");
    const page = await open(t, browser, server);
    await stands(page, "T1", "todo");
    await server.agent("builder-9", "POST", "/tasks/T1/claim", {});
    await column(page, "in_progress").locator(".glow").getByText("builder-9 claimed").waitFor();
    await column(page, "in_progress").getByText("1 agent").waitFor();
  });
});
