import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedDocs } from "../../build/generated-docs.ts";

describe("the documents that are written from code", () => {
  it("are as `npm run docs` writes them", async () => {
    for (const [path, text] of await generatedDocs()) {
      const onDisk = readFileSync(join(import.meta.dirname, "../..", path), "utf8");
      expect(onDisk, `${path} is stale: run npm run docs`).toBe(text);
    }
  });
});
