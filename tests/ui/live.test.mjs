import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { becomes, open, Server, sharedBrowser, stands } from "./harness.mjs";

/** What a person sees of the board: each column's cards in their order. */
const seen = (page) =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll("[data-column]")].map((column) => [
        column.dataset.column,
        [...column.querySelectorAll("[data-task]")]
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((card) => card.dataset.task),
      ]),
    ),
  );

describe("live", () => {
  const browser = sharedBrowser();

  test("two browsers and the server stay equal while agents work", async (t) => {
    const server = await Server.start(t);
    await server.person("PATCH", "/settings", { writesPerMinute: 100_000 });
    const pages = await Promise.all([open(t, browser, server), open(t, browser, server)]);
    const agents = ["builder-1", "builder-2", "builder-3", "builder-4"];
    const created = await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        server.create(`Number ${i} of ${"abcdefghijklmnopqrstuvwxyz"[i]}`, {
          priority: ["low", "normal", "high", "urgent"][i % 4],
          requiresReview: i % 2 === 0,
        }),
      ),
    );
    await Promise.all(
      created.slice(0, 16).map(async ({ id }, i) => {
        const agent = agents[i % agents.length];
        const { task } = await server.agent(agent, "POST", `/tasks/${id}/claim`, {});
        const { fence } = task.lease;
        await server.agent(agent, "POST", `/tasks/${id}/heartbeat`, { progress: 40, fence });
        if (i % 3 === 0) await server.agent(agent, "POST", `/tasks/${id}/complete`, { result: "Done.", fence });
        else if (i % 5 === 1) await server.agent(agent, "POST", `/tasks/${id}/release`, { reason: "Not mine.", fence });
      }),
    );
    const { tasks } = await server.person("GET", "/tasks?limit=200");
    const expected = { todo: [], in_progress: [], blocked: [], in_review: [], done: [], failed: [], cancelled: [] };
    for (const task of tasks) expected[task.status].push(task.id);
    for (const page of pages) {
      await becomes(async () => {
        const shown = await seen(page);
        return Object.fromEntries(Object.entries(shown).map(([status, ids]) => [status, [...ids].sort()]));
      }, Object.fromEntries(Object.entries(expected).map(([status, ids]) => [status, [...ids].sort()])));
    }
    assert.deepEqual(await seen(pages[0]), await seen(pages[1]));
  });

  test("a board that opens is painted at once, and nothing jumps", async (t) => {
    const server = await Server.start(t);
    for (let i = 0; i < 12; i++) await server.createInReview(`Work number ${i} with a title of two lines, as most have`);
    const page = await open(t, browser, server, { view: "board?task=T1" });
    await page.getByRole("heading", { name: "Timeline" }).waitFor();
    await page.evaluate(() => document.fonts.ready);
    const { shift, paint } = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const [paint] = performance.getEntriesByName("first-contentful-paint");
          new PerformanceObserver((list) => {
            const shift = list.getEntries().reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0);
            resolve({ shift, paint: paint.startTime });
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve({ shift: 0, paint: paint.startTime }), 500);
        }),
    );
    t.diagnostic(`first contentful paint ${Math.round(paint)} ms, layout shift ${shift}`);
    assert.ok(shift < 0.02, `the layout shifted by ${shift}`);
    assert.ok(paint < 2000, `the first paint took ${paint} ms`);
  });

  test("a page catches up without a gap after its server was killed and started again", async (t) => {
    const server = await Server.start(t);
    await server.create("Before");
    const page = await open(t, browser, server, { complains: [/net::ERR/, /Failed to load resource/] });
    await stands(page, "T1", "todo");
    const streams = [];
    page.on("request", (request) => {
      if (request.url().includes("/v1/events")) streams.push([request.url(), request.headers()["last-event-id"]]);
    });
    await server.kill();
    await page.getByText(/reconnecting|server not answering/).waitFor();
    await server.run();
    for (const title of ["While you were away", "And another"]) await server.create(title);
    await server.agent("builder-1", "POST", "/tasks/T1/claim", {});
    await stands(page, "T3", "todo");
    await stands(page, "T2", "todo");
    await stands(page, "T1", "in_progress");
    await page.getByText(/^live/).waitFor();
    // It resumed from its position; the whole board was not read again.
    assert.ok(streams.length > 0);
    for (const [url, position] of streams) {
      assert.equal(new URL(url).search, "");
      assert.match(position, /^.+-\d+$/);
    }
  });

  test("a change made while the server is away happens once when it is back", async (t) => {
    const server = await Server.start(t);
    await server.create("Change me");
    const page = await open(t, browser, server, { complains: [/net::ERR/, /Failed to load resource/] });
    await stands(page, "T1", "todo");
    await server.kill();
    await page.locator("#card-T1").focus();
    await page.keyboard.press("]");
    await stands(page, "T1", "in_progress");
    await server.run();
    await becomes(() => server.status("T1"), "in_progress");
    const { history } = await server.task("T1", "history");
    assert.equal(history.filter((entry) => entry.change === "claimed").length, 1);
  });

  test("a refused change is rolled back with the server's reason", async (t) => {
    const server = await Server.start(t);
    await server.create("Contested", { filesOwned: ["src/a.rs"] });
    await server.create("In the way", { filesOwned: ["src/**"] });
    await server.agent("builder-1", "POST", "/tasks/T2/claim", {});
    const page = await open(t, browser, server, { complains: [/409/] });
    await stands(page, "T2", "in_progress");
    await page.locator("#card-T1").focus();
    await page.keyboard.press("]");
    const notice = page.getByRole("region", { name: "Notices" });
    await notice.getByText("T1 was not changed.").waitFor();
    await notice.getByText(/builder-1/).waitFor();
    await stands(page, "T1", "todo");
  });

  test("shows the lag that it measures from an agent's write to the pixel", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server);
    await page.getByText(/^live/).waitFor();
    await server.agent("builder-1", "POST", "/project-events", { name: "hello", payload: {} }).catch(() => {});
    await server.create("Measure me");
    const lag = page.getByText(/^\d+ ms$/);
    await lag.waitFor();
    assert.ok(Number.parseInt(await lag.innerText(), 10) < 2000);
  });
});
