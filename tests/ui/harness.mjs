/**
 * Starts the built server on a scratch project and opens its page in Chromium. Nothing here is a stand-in: the program
 * is the one that people run (`MESHPILOT_TEST_PROGRAM`, else the debug build), the browser the one of the system
 * (`MESHPILOT_TEST_CHROMIUM`, else /usr/bin/chromium).
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const PROGRAM =
  process.env.MESHPILOT_TEST_PROGRAM ?? fileURLToPath(new URL("../../target/debug/meshpilot", import.meta.url));
const CHROMIUM = process.env.MESHPILOT_TEST_CHROMIUM ?? "/usr/bin/chromium";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Longer than anything takes on a slow and busy machine; a condition is waited for, never a time. */
export const PATIENCE = 20_000;

/** A server of its own on a project of its own, gone with the test. */
export class Server {
  #child;
  #scratch;
  ready;
  /** The person's rights, as a browser has them. */
  token;

  static async start(t) {
    const server = new Server();
    server.#scratch = await mkdtemp(join(tmpdir(), "meshpilot-ui-"));
    await mkdir(join(server.#scratch, "acme-shop"));
    atEnd(t, () => server.#remove());
    await server.run();
    server.token = (await server.#post("/v1/board-sessions", { code: codeOf(server.ready.boardUrl) })).token;
    const file = await readFile(join(server.#scratch, "acme-shop/.meshpilot/mcp.json"), "utf8");
    server.projectKey = JSON.parse(file).mcpServers.meshpilot.headers.Authorization.replace("Bearer ", "");
    return server;
  }

  /** Starts the program, also again after it was killed; the port stays the same. */
  async run() {
    const port = this.ready ? new URL(this.ready.url).port : "0";
    this.#child = spawn(PROGRAM, ["serve", "--project", join(this.#scratch, "acme-shop"), "--port", port], {
      env: {
        PATH: process.env.PATH,
        HOME: this.#scratch,
        MESHPILOT_DATA_DIR: join(this.#scratch, "data"),
        MESHPILOT_KEY_STORE: "file",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    this.#child.stderr.on("data", (text) => (said += text));
    const [line] = await Promise.race([
      once(createInterface(this.#child.stdout), "line"),
      once(this.#child, "exit").then(([code]) => assert.fail(`the server ended with ${code}:\n${said}`)),
    ]);
    this.ready = JSON.parse(line);
    assert.match(await (await fetch(this.ready.url)).text(), /<script/, "ui/dist is missing: run `npm run build` in ui/");
  }

  /** As when the power goes: nothing is written any more. */
  async kill() {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  /** Calls an operation as the person. */
  async person(method, path, body) {
    return this.#call(method, path, body, { authorization: `Bearer ${this.token}` });
  }

  /** Calls an operation as an agent with the project's shared key. */
  async agent(name, method, path, body) {
    return this.#call(method, path, body, { authorization: `Bearer ${this.projectKey}`, "x-agent": name });
  }

  async create(title, fields = {}) {
    const { task } = await this.person("POST", "/tasks", { title, ...fields });
    return task;
  }

  /** A task that an agent has finished and that waits for its review. */
  async createInReview(title, agent = "builder-1", fields = {}) {
    const { id } = await this.create(title, { requiresReview: true, ...fields });
    const { task } = await this.agent(agent, "POST", `/tasks/${id}/claim`, {});
    await this.agent(agent, "POST", `/tasks/${id}/complete`, { result: "Done as **asked**.", fence: task.lease.fence });
    return (await this.task(id)).task;
  }

  task(id, include = "") {
    return this.person("GET", `/tasks/${id}${include && `?include=${include}`}`);
  }

  async status(id) {
    return (await this.task(id)).task.status;
  }

  /** An address that opens the board in a browser that has no key yet. */
  async boardUrl() {
    return (await this.person("POST", "/board-codes", {})).boardUrl;
  }

  async #post(path, body) {
    return this.#call("POST", path.replace("/v1", ""), body, {});
  }

  async #call(method, path, body, headers) {
    const response = await fetch(`${this.ready.url}/v1${path}`, {
      method,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    assert.ok(answer.success, `${method} ${path}: ${JSON.stringify(answer.error)}`);
    return answer.data;
  }

  async #remove() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
    await rm(this.#scratch, { recursive: true, force: true });
  }
}

export const codeOf = (boardUrl) => new URLSearchParams(new URL(boardUrl).hash.slice(1)).get("code");

const ends = new WeakMap();

/** Ends things in the opposite order of their starts; the test runner itself goes by the order they were named in. */
function atEnd(scope, end) {
  const known = ends.get(scope);
  if (known) {
    known.push(end);
    return;
  }
  const all = [end];
  ends.set(scope, all);
  scope.after(async () => {
    for (const each of all.reverse()) await each();
  });
}

/** What a suite starts in its `before` hook and ends after its last test: hooks can't end things by themselves. */
export function suiteScope() {
  let end;
  after(() => end?.());
  return { after: (run) => (end = run) };
}

/** One browser for all tests of a suite. */
export function sharedBrowser() {
  let browser;
  before(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ARGUMENTS,
    });
  });
  after(() => browser?.close());
  return { newContext: (options) => browser.newContext(options) };
}

/**
 * Opens the board as the person. Whatever the page complains of, the content security policy above all, fails the test
 * at its end.
 */
export async function open(t, browser, server, { view = "board", signedIn = true, complains = [], ...context } = {}) {
  const own = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...context });
  const page = await own.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error.stack ?? error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  if (signedIn) {
    await page.addInitScript((token) => {
      if (!localStorage.getItem("meshpilot.token")) localStorage.setItem("meshpilot.token", token);
    }, server.token);
  }
  await page.goto(view.startsWith("http") ? view : `${server.ready.url}/#/${view}`);
  atEnd(t, async () => {
    await own.close();
    const unexpected = complaints.filter((text) => !complains.some((expected) => expected.test(text)));
    assert.deepEqual(unexpected, [], "the page complained");
  });
  return page;
}

export const card = (page, id) => page.locator(`[data-task="${id}"]`);
export const column = (page, status) => page.locator(`[data-column="${status}"]`);

/** Waits until a card stands in a column. */
export const stands = (page, id, status) => column(page, status).locator(`[data-task="${id}"]`).waitFor();

/** Waits until what is asked for equals what is expected; fails with both. */
export async function becomes(ask, expected) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const actual = await ask();
    try {
      assert.deepEqual(actual, expected);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** What the live region said since. */
export async function listen(page) {
  const said = [];
  await page.exposeFunction("heard", (text) => said.push(text.trim()));
  await page.evaluate(() => {
    const region = document.getElementById("announcer");
    new MutationObserver(() => window.heard(region.textContent)).observe(region, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
  return said;
}

/** Drags a card by mouse onto a column, in steps as a hand does. */
export async function drag(page, id, status) {
  const from = await card(page, id).boundingBox();
  const to = await column(page, status).boundingBox();
  await page.mouse.move(from.x + 40, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + from.height / 2 + 10, { steps: 3 });
  await page.mouse.move(to.x + to.width / 2, to.y + 160, { steps: 8 });
  await column(page, status).and(page.locator(".target")).waitFor();
  await page.mouse.up();
}
