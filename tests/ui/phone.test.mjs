import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { becomes, card, open, Server, sharedBrowser, stands } from "./harness.mjs";

const PHONE = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

describe("on a phone", () => {
  const browser = sharedBrowser();

  test("starts with what waits, and decides with a tap", async (t) => {
    const server = await Server.start(t);
    await server.createInReview("Decide me");
    const page = await open(t, browser, server, { ...PHONE, view: server.ready.url });
    await page.getByRole("heading", { name: "Attention" }).waitFor();
    const approve = page.getByRole("button", { name: /Approve/ });
    const { height } = await approve.boundingBox();
    assert.ok(height >= 44, `a thumb needs 44 px, it has ${height}`);
    await approve.tap();
    await becomes(() => server.status("T1"), "done");
    await page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();
  });

  test("shows one column at a time, and the next with a swipe", async (t) => {
    const server = await Server.start(t);
    await server.create("In the first column");
    await server.create("In the second");
    await server.agent("builder-1", "POST", "/tasks/T2/claim", {});
    const page = await open(t, browser, server, { ...PHONE });
    await stands(page, "T1", "todo");
    const inSight = () =>
      page.evaluate(() =>
        [...document.querySelectorAll("[data-column]")]
          .filter((column) => {
            const { left, right } = column.getBoundingClientRect();
            return right > 20 && left < innerWidth - 20;
          })
          .map((column) => column.dataset.column),
      );
    await becomes(inSight, ["todo"]);
    const session = await page.context().newCDPSession(page);
    await session.send("Input.synthesizeScrollGesture", { x: 190, y: 500, xDistance: -300, yDistance: 0, speed: 2000 });
    await becomes(inSight, ["in_progress"]);
    await page.getByRole("navigation", { name: "Columns" }).getByRole("button", { name: /In progress/, pressed: undefined }).waitFor();
    await page.getByRole("navigation", { name: "Columns" }).getByRole("button", { name: /To do/ }).tap();
    await becomes(inSight, ["todo"]);
  });

  test("nothing is wider than the screen", async (t) => {
    const server = await Server.start(t);
    await server.createInReview(`A_title_without_any_place_to_break_${"x".repeat(120)}`);
    for (const view of ["attention", "board", "chat", "settings", "board?task=T1"]) {
      const page = await open(t, browser, server, { ...PHONE, view });
      await page.getByRole("navigation", { name: "Views" }).waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 375, `${view} is ${wide} px wide`);
    }
  });

  test("lifts a card with a long press and drops it on the next column's edge", async (t) => {
    const server = await Server.start(t);
    await server.create("Held and moved");
    const page = await open(t, browser, server, { ...PHONE });
    await stands(page, "T1", "todo");
    const session = await page.context().newCDPSession(page);
    const box = await card(page, "T1").boundingBox();
    const touch = (type, x, y) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
    await touch("touchStart", box.x + 100, box.y + 30);
    await page.locator(".carried").waitFor();
    // Resting at an edge turns the page, towards the column that is wanted.
    const wanted = page.locator('[data-column="in_progress"]');
    await becomes(async () => {
      const { x } = await wanted.boundingBox();
      await touch("touchMove", x > 0 ? 365 : x < 0 ? 10 : 200, 400);
      return x;
    }, 0);
    await wanted.and(page.locator(".target")).waitFor();
    await touch("touchEnd");
    await becomes(() => server.status("T1"), "in_progress");
  });
});
