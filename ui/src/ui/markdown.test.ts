// @vitest-environment jsdom
// The sanitiser trusts the document it works on, and happy-dom is none that it can.
import { describe, expect, test } from "vitest";
import { renderMarkdown } from "./markdown";

function html(text: string): string {
  const element = document.createElement("div");
  element.append(renderMarkdown(text));
  return element.innerHTML;
}

describe("renderMarkdown", () => {
  test("links task ids, and no other words", () => {
    const element = document.createElement("div");
    element.append(renderMarkdown("See T42, not XT42 or `T43`."));
    const links = [...element.querySelectorAll<HTMLElement>("[data-task-link]")];
    expect(links.map((link) => link.dataset.taskLink)).toEqual(["T42"]);
  });

  test("keeps task lists, as marks that can't be changed", () => {
    const element = document.createElement("div");
    element.append(renderMarkdown("- [x] queue\n- [ ] admin"));
    const boxes = [...element.querySelectorAll("input")];
    expect(boxes.map((box) => [box.type, box.checked, box.disabled])).toEqual([
      ["checkbox", true, true],
      ["checkbox", false, true],
    ]);
  });

  test.each([
    ["<script>alert(1)</script>"],
    ["<img src=x onerror=alert(1)>"],
    ["![x](https://example.com/track.png)"],
    ["[x](javascript:alert(1))"],
    ["[x](data:text/html,<script>alert(1)</script>)"],
    ["<a href='javascript:alert(1)' style='position:fixed'>x</a>"],
    ["<form action=/v1/keys><input name=a><button>ok</button></form>"],
    ["<iframe src=//example.com></iframe><svg onload=alert(1)>"],
  ])("lets nothing through that loads, runs, styles or submits: %s", (text) => {
    const element = document.createElement("div");
    element.append(renderMarkdown(text));
    expect(
      element.querySelector("script, img, iframe, svg, form, button, input, [style], [name]"),
    ).toBeNull();
    for (const node of element.querySelectorAll("*")) {
      for (const { name, value } of node.attributes) {
        expect(name).not.toMatch(/^on/);
        expect(value).not.toMatch(/^(javascript|data):/);
      }
    }
  });

  test("shows HTML as the text it is", () => {
    expect(html("a <b>bold</b> word")).toContain("&lt;b&gt;bold&lt;/b&gt;");
  });

  test("opens other sites in their own tab, without telling them from where", () => {
    expect(html("[docs](https://example.com)")).toMatch(
      /target="_blank".*rel="noopener noreferrer nofollow"|rel=.*target=/,
    );
  });
});
