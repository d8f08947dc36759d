// What a browser has to fetch before the page works, compressed. Fails over the budget.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 150;
const ASSETS = fileURLToPath(new URL("../dist/assets/", import.meta.url));

let bytes = 0;
for (const file of await readdir(ASSETS)) {
  if (file.endsWith(".js")) bytes += gzipSync(await readFile(ASSETS + file)).length;
}
const kilobytes = bytes / 1000;
process.stdout.write(`script: ${kilobytes.toFixed(1)} kB of ${BUDGET_KB} kB\n`);
process.exitCode = kilobytes > BUDGET_KB ? 1 : 0;
