import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { open, Server, sharedBrowser, suiteScope } from "./harness.mjs";

/** A board with something of everything. */
async function furnished(scope) {
  const server = await Server.start(scope);
  await server.agent("builder-2", "POST", "/briefing", {});
  await server.createInReview("Retry the webhooks with back-off", "builder-1", {
    priority: "urgent",
    description: "# Why\n\n- see T2\n- [x] queue\n\n```\ncode\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |",
  });
  await server.create("Show failed webhooks in the admin", { dependsOn: ["T1"], priority: "high", labels: ["admin"] });
  await server.create("Write the runbook", { priority: "low", assignedTo: "builder-2" });
  await server.agent("builder-2", "POST", "/tasks/T3/claim", {});
  await server.agent("builder-2", "POST", "/tasks/T3/heartbeat", { progress: 30, note: "Half way.", costUsd: 1.2 }).catch(() => {});
  await server.create("Tax rules for Switzerland");
  await server.person("PATCH", "/tasks/T4", { status: "blocked", reason: "Which rounding?", needsHuman: true });
  await server.createInReview("Search with typos", "builder-2");
  await server.person("PATCH", "/tasks/T5", { status: "done" });
  await server.create("Not wanted");
  await server.person("PATCH", "/tasks/T6", { status: "cancelled" });
  await server.person("POST", "/tasks/T1/comments", { text: "Jitter should be *full*." });
  await server.agent("builder-1", "POST", "/chat", { text: "Taking T1, in `src/webhooks`.", taskId: "T1" });
  return server;
}

const VIEWS = {
  board: ["board", (page) => page.locator('[data-task="T1"]').waitFor()],
  "board with a panel": ["board?task=T1", (page) => page.getByRole("heading", { name: "Timeline" }).waitFor()],
  "board with a filter and a selection": [
    "board?priority=urgent%2Chigh",
    async (page) => {
      await page.locator("#card-T1").click({ modifiers: ["Control"] });
      await page.getByRole("toolbar").waitFor();
    },
  ],
  "a card's menu": [
    "board",
    async (page) => {
      await page.locator("#card-T2").click({ button: "right" });
      await page.getByRole("menu").waitFor();
    },
  ],
  "the palette": [
    "board",
    async (page) => {
      await page.locator("#card-T2").waitFor();
      await page.keyboard.press("Control+k");
      await page.keyboard.type("web");
      await page.getByRole("option").first().waitFor();
    },
  ],
  "the shortcuts": [
    "board",
    async (page) => {
      await page.locator("#card-T2").waitFor();
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    },
  ],
  "a new task": [
    "board",
    async (page) => {
      await page.locator("#card-T2").waitFor();
      await page.keyboard.press("n");
      await page.getByRole("dialog").waitFor();
    },
  ],
  "a reject": [
    "board?task=T1",
    async (page) => {
      await page.getByRole("button", { name: /Reject/ }).click();
      await page.getByRole("button", { name: /Send back/ }).click();
      await page.getByText("A reason is needed").waitFor();
    },
  ],
  attention: ["attention", (page) => page.locator("#attention-T1").waitFor()],
  chat: ["chat", (page) => page.getByText("Taking").waitFor()],
  settings: ["settings", (page) => page.getByRole("button", { name: /Revoke/ }).first().waitFor()],
  "a new key": [
    "settings",
    async (page) => {
      await page.getByRole("button", { name: "New key" }).click();
      await page.getByRole("dialog").waitFor();
    },
  ],
  "a block": [
    "board",
    async (page) => {
      await page.locator("#card-T2").focus();
      await page.keyboard.press("m");
      await page.getByRole("menuitemradio", { name: "Blocked" }).click();
      await page.getByRole("dialog").waitFor();
    },
  ],
  "a task that is not there": ["board?task=T999", (page) => page.getByText("is not on this board").waitFor()],
};

describe("axe finds nothing", () => {
  const browser = sharedBrowser();
  const scope = suiteScope();
  let server;
  let empty;
  before(async () => {
    [server, empty] = await Promise.all([furnished(scope), Server.start(scope)]);
  });

  async function check(page) {
    // Colours are judged at rest: a card that just came still fades.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => [id, nodes.map((node) => `${node.target} ${node.failureSummary}`)]),
      [],
    );
  }

  for (const colorScheme of ["light", "dark"]) {
    for (const [name, [view, arrive]] of Object.entries(VIEWS)) {
      test(`${name}, ${colorScheme}`, async (t) => {
        const page = await open(t, browser, server, { view, colorScheme, complains: [/404/] });
        await arrive(page);
        await check(page);
      });
    }

    for (const view of ["board", "attention", "chat"]) {
      test(`empty ${view}, ${colorScheme}`, async (t) => {
        const page = await open(t, browser, empty, { view, colorScheme });
        await page.getByText(/Connect the first agent|Nothing waits for you|Nothing was said yet/).waitFor();
        await check(page);
      });
    }

    test(`signed out, ${colorScheme}`, async (t) => {
      const page = await open(t, browser, empty, { signedIn: false, colorScheme });
      await page.getByText("Open the board from your terminal").waitFor();
      await check(page);
    });

    test(`phone, ${colorScheme}`, async (t) => {
      const phone = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true };
      for (const view of ["attention", "board", "board?task=T1", "settings"]) {
        const page = await open(t, browser, server, { ...phone, view, colorScheme });
        await page.getByRole("navigation", { name: "Views" }).waitFor();
        await page.locator("[data-task], [id^=attention-], h1").first().waitFor({ state: "attached" });
        await check(page);
      }
    });
  }
});
