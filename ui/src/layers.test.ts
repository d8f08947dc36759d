import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { expect, test } from "vitest";

/** What a folder may import, besides itself. Only the shell and App.svelte put domains together. */
const MAY_IMPORT: Record<string, string[]> = {
  ui: [],
  api: [],
  feed: ["api"],
  board: ["ui", "api", "feed"],
  task: ["ui", "api", "feed", "board"],
  chat: ["ui", "api", "feed", "board"],
  attention: ["ui", "api", "feed", "board"],
  settings: ["ui", "api", "feed", "board"],
  shell: ["ui", "api", "feed", "board", "task", "chat", "attention", "settings"],
};

const source = join(process.cwd(), "src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.(ts|svelte)$/.test(file) && file.includes(sep) && !file.endsWith(".test.ts"),
);

test("a folder imports only what it may", () => {
  expect(files.length).toBeGreaterThan(50);
  const breaches: string[] = [];
  for (const file of files) {
    const folder = file.split(sep)[0] ?? "";
    const text = readFileSync(join(source, file), "utf8");
    for (const [, target = ""] of text.matchAll(/from "(\.{1,2}\/[^"]+)"/g)) {
      const into = relative(source, join(source, file, "..", target)).split(sep)[0] ?? "";
      if (into !== folder && !MAY_IMPORT[folder]?.includes(into)) breaches.push(`${file} imports ${target}`);
    }
  }
  expect(breaches).toEqual([]);
});
