import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { metricsDoc } from "../../build/write-metrics-doc.ts";

describe("docs/metrics.md", () => {
  it("is what `npm run docs` writes from the catalogue", async () => {
    const page = await readFile(new URL("../../docs/metrics.md", import.meta.url), "utf8");
    expect(page, "stale: run npm run docs").toBe(await metricsDoc());
  });
});
