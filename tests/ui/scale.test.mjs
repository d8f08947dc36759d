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

  test("an agent's write is on the screen at once, while fifty agents work", async (t) => {
    const page = await open(t, browser, server);
    await page.locator("#card-T1").waitFor();
    const agents = Array.from({ length: 50 }, (_, i) => ({ name: `busy-${i}`, id: `T${CARDS - i}` }));
    const claim = async ({ name, id }) => {
      const { task } = await server.agent(name, "POST", `/tasks/${id}/claim`, {});
      return task.lease.fence;
    };
    const fences = await Promise.all(agents.map(claim));
    const watched = agents.at(-1);
    const report = (progress) =>
      server.agent(watched.name, "POST", `/tasks/${watched.id}/heartbeat`, { progress, fence: fences.at(-1) });
    await report(0);
    const bar = page.locator(`[data-task="${watched.id}"] .bar i`);
    await bar.waitFor({ state: "attached" });
    // Tells, in the page, when the frame with a change of the bar was painted.
    await bar.evaluate((element) => {
      window.painted = new Map();
      new MutationObserver(() => {
        const width = element.style.width;
        setTimeout(() => window.painted.set(width, Date.now()));
      }).observe(element, { attributes: true, attributeFilter: ["style"] });
    });
    let measuring = true;
    const others = agents.slice(0, -1).map(async ({ name, id }, i) => {
      for (let round = 0; measuring; round = (round + 1) % 100) {
        await server.agent(name, "POST", `/tasks/${id}/heartbeat`, { progress: round, fence: fences[i] });
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    });
    const lags = [];
    for (let progress = 1; progress <= 100; progress++) {
      const { task } = await report(progress);
      const shown = () => page.evaluate((width) => window.painted.get(width) ?? null, `${progress}%`);
      await becomes(async () => (await shown()) !== null, true);
      lags.push((await shown()) - Date.parse(task.updatedAt));
    }
    measuring = false;
    await Promise.all(others);
    lags.sort((a, b) => a - b);
    t.diagnostic(`write to pixel in ms: median ${lags[50]}, p95 ${lags[95]}, most ${lags.at(-1)}`);
    // 100 ms is what is promised of a machine that does nothing else; a test shares its own.
    assert.ok(lags[95] < 400, `p95 was ${lags[95]} ms`);
  });

  test("an agent's change is seen in its place", async (t) => {
    const page = await open(t, browser, server);
    await page.locator("#card-T1").waitFor();
    const count = page.locator('[data-column="todo"] h2 i');
    const before = Number(await count.innerText());
    await server.agent("builder-1", "POST", "/tasks/T5000/claim", {});
    await page.locator('[data-column="in_progress"] [data-task="T5000"]').waitFor();
    await becomes(() => count.innerText(), String(before - 1));
  });
});
