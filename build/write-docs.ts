// `npm run docs`: writes the documents that are made from code.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generatedDocs } from "./generated-docs.ts";

for (const [path, text] of await generatedDocs()) {
  await writeFile(join(import.meta.dirname, "..", path), text);
  console.log(`wrote ${path}`);
}
