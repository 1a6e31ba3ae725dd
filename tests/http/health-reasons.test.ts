import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { HEALTH_REASON_CODES } from "../../src/health/health-reasons.ts";

it("docs/operations/health.md explains every reason of /health, and no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/operations/health.md"), "utf8");
  const section = page.slice(page.indexOf("## Reasons"), page.indexOf("## Where it comes from"));
  const explained = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code);
  expect(explained.sort()).toEqual([...HEALTH_REASON_CODES].sort());
});
