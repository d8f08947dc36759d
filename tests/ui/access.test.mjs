import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { becomes, open, Server, sharedBrowser, stands } from "./harness.mjs";

describe("access", () => {
  const browser = sharedBrowser();

  test("a board address opens the board once, and its code leaves the address", async (t) => {
    const server = await Server.start(t);
    await server.create("Behind the door");
    const url = await server.boardUrl();
    const page = await open(t, browser, server, { view: url, signedIn: false });
    await stands(page, "T1", "todo");
    assert.equal(page.url().includes("code="), false);
    assert.match(await page.evaluate(() => localStorage.getItem("meshpilot.token")), /^mp_/);
    await page.reload();
    await stands(page, "T1", "todo");
    const second = await open(t, browser, server, { view: url, signedIn: false, complains: [/401/] });
    await second.getByRole("heading", { name: /used already/ }).waitFor();
  });

  test("without a key the page says what to run", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server, { signedIn: false });
    await page.getByRole("heading", { name: "Open the board from your terminal" }).waitFor();
    await page.getByText("meshpilot open", { exact: true }).waitFor();
  });

  test("a revoked browser is out at once", async (t) => {
    const server = await Server.start(t);
    await server.create("Soon out of sight");
    const page = await open(t, browser, server, { view: await server.boardUrl(), signedIn: false, complains: [/401/] });
    await stands(page, "T1", "todo");
    const token = await page.evaluate(() => localStorage.getItem("meshpilot.token"));
    await server.person("DELETE", `/keys/${token.split("_")[1]}`);
    await page.getByRole("heading", { name: "Open the board from your terminal" }).waitFor();
    await becomes(() => page.evaluate(() => localStorage.getItem("meshpilot.token")), null);
  });

  test("what an agent writes can't act in the person's name", async (t) => {
    const server = await Server.start(t);
    const attack = [
      "<script>window.pwned = 1</script>",
      "<img src=x onerror='window.pwned = 1'>",
      "<svg onload='window.pwned = 1'><a href='javascript:window.pwned = 1'>x</a></svg>",
      "[click](javascript:window.pwned=1) ![pixel](https://attacker.example/pixel.png)",
      "<form action='/v1/keys' method='post'><button>Approve</button></form>",
    ].join("\n\n");
    await server.create(`${attack.slice(0, 80)} in a title`, { description: attack, labels: ["<b>label</b>"] });
    await server.agent("builder-1", "POST", "/chat", { text: attack });
    await server.agent("builder-1", "POST", "/tasks/T1/comments", { text: attack });
    const page = await open(t, browser, server, { view: "board?task=T1" });
    const elsewhere = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(server.ready.url)) elsewhere.push(request.url());
    });
    const panel = page.getByRole("complementary", { name: "Task T1" });
    await panel.getByText("window.pwned = 1").first().waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await page.getByRole("log").getByText("window.pwned = 1").first().waitFor();
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.locator(".markdown :is(script, img, svg, form, button, iframe, [style])").count(), 0);
    assert.equal(await page.locator(".markdown a[href^='javascript']").count(), 0);
    assert.deepEqual(elsewhere, []);
  });

  test("nothing but the server itself is asked, and its policy forbids the rest", async (t) => {
    const server = await Server.start(t);
    const page = await open(t, browser, server, { signedIn: false, view: "about:blank".replace("about:blank", server.ready.url) });
    const policy = (await (await fetch(server.ready.url)).headers.get("content-security-policy")) ?? "";
    for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'"]) {
      assert.ok(policy.includes(part), `${part} is missing in: ${policy}`);
    }
    const fonts = await page.evaluate(async () => {
      await document.fonts.ready;
      return [...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family);
    });
    assert.ok(fonts.some((family) => family.includes("Inter")), `loaded: ${fonts}`);
  });
});
