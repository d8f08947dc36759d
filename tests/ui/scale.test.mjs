import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { becomes, open, Server, sharedBrowser, suiteScope } from "./harness.mjs";

const CARDS = 10_000;
/** Calls under way at once while the board is filled. */
const LANES = 32;

describe("ten thousand cards", () => {
  const browser = sharedBrowser();
  const scope = suiteScope();
  let server;
  before(async () => {
    server = await Server.start(scope);
    await server.person("PATCH", "/settings", { writesPerMinute: 10_000_000, readsPerMinute: 10_000_000 });
    let next = 0;
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        while (next < CARDS) {
          const number = next++;
          await server.create(`Card ${number}: ${number % 3 ? "with a title that needs its two lines to be read" : "short"}`, {
            allowDuplicate: true,
          });
        }
      }),
    );
  });

  test("scroll with few of them in the document, and none missing in sight", async (t) => {
    const page = await open(t, browser, server);
    const count = page.locator('[data-column="todo"] h2 i');
    await becomes(() => count.innerText(), String(CARDS));
    const measured = await page.evaluate(async () => {
      const scroller = document.querySelector('[data-column="todo"] .scroller');
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const gaps = [];
      let blank = 0;
      let most = 0;
      let last = performance.now();
      for (let step = 0; step < 180; step++) {
        scroller.scrollTop += 150;
        const now = await frame();
        gaps.push(now - last);
        last = now;
        const box = scroller.getBoundingClientRect();
        const middle = box.top + box.height / 2;
        const cards = [...scroller.querySelectorAll("[data-task]")];
        most = Math.max(most, cards.length);
        const covered = cards.some((card) => {
          const { top, bottom } = card.getBoundingClientRect();
          return top - 12 < middle && bottom + 12 > middle;
        });
        if (!covered) blank += 1;
      }
      gaps.sort((a, b) => a - b);
      return { blank, most, median: gaps[Math.floor(gaps.length / 2)], scrolled: scroller.scrollTop };
    });
    t.diagnostic(JSON.stringify(measured));
    assert.equal(measured.blank, 0);
    assert.ok(measured.most < 120, `${measured.most} cards in the document`);
    assert.ok(measured.scrolled > 20_000);
    // Sixty frames are 16.7 ms; the bound leaves room for a machine that does other things too.
    assert.ok(measured.median < 34, `a frame took ${measured.median} ms`);
  });

  test("a key goes to the last card and back", async (t) => {
    const page = await open(t, browser, server);
    await page.locator("#card-T1").focus();
    await page.keyboard.press("End");
    await becomes(() => page.evaluate(() => document.activeElement.id), `card-T${CARDS}`);
    await page.keyboard.press("Home");
    await becomes(() => page.evaluate(() => document.activeElement.id), "card-T1");
  });

  test("an agent's change is seen in its place", async (t) => {
    const page = await open(t, browser, server);
    await page.locator("#card-T1").waitFor();
    await server.agent("builder-1", "POST", "/tasks/T5000/claim", {});
    await page.locator('[data-column="in_progress"] [data-task="T5000"]').waitFor();
    await becomes(() => page.locator('[data-column="todo"] h2 i').innerText(), String(CARDS - 1));
  });
});
