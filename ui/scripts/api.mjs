// Writes src/api/api.ts from the server's own description of its operations. Run with --check it only compares.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapiTypescript, { astToString } from "openapi-typescript";

const DOCUMENT = new URL("../../server/tests/snapshots/openapi.json", import.meta.url);
const TARGET = fileURLToPath(new URL("../src/api/api.ts", import.meta.url));

const text =
  "// Generated from the server's OpenAPI document by `npm run api`. Do not edit.\n\n" +
  astToString(await openapiTypescript(DOCUMENT, { alphabetize: true, defaultNonNullable: false }));

if (process.argv.includes("--check")) {
  if ((await readFile(TARGET, "utf8")) !== text) {
    process.stderr.write("src/api/api.ts is stale: run `npm run api`.\n");
    process.exit(1);
  }
} else {
  await writeFile(TARGET, text);
}
