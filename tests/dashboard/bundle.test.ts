// What esbuild makes of the dashboard: its size, its page, its headers and the licences that go with it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { DASHBOARD_HEADERS, writeDashboardAssets } from "../../build/dashboard-assets.ts";

const ASSETS = join(import.meta.dirname, "..", "..", "dist", "assets");
const BUNDLE = join(ASSETS, "dashboard", "bundle");

describe("the dashboard's files", () => {
  beforeAll(writeDashboardAssets);

  it("take at most 150 kB gzip, everything included", () => {
    const bytes = readdirSync(BUNDLE).map((name) => gzipSync(readFileSync(join(BUNDLE, name))).byteLength);
    const total = bytes.reduce((sum, size) => sum + size, 0);
    console.log(`dashboard: ${bytes.length} files, ${(total / 1000).toFixed(1)} kB gzip`);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(150_000);
  });

  it("are named by the page, without a script or a style of its own", () => {
    const page = readFileSync(join(ASSETS, "index.html"), "utf8");
    const named = [...page.matchAll(/(?:src|href)="\/dashboard\/bundle\/([^"]+)"/g)].map(([, name]) => name);
    expect(named).toHaveLength(2);
    for (const name of named) expect(readdirSync(BUNDLE)).toContain(name);
    expect(page).not.toMatch(/<style|style=|<script(?! type="module" src=)|\{\{/);
  });

  it("may load nothing from elsewhere, and are kept by browsers for ever while the page is asked for anew", () => {
    const rules = DASHBOARD_HEADERS.split(/\n(?=\S)/);
    const [page, , bundle] = rules;
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/unsafe|https?:|\*/);
    expect(page).toContain("Cache-Control: no-cache");
    expect(bundle).toMatch(/^\/dashboard\/bundle\/\*\n {2}Cache-Control: public, max-age=31536000, immutable/);
  });

  it("bring the licence of each package that is in them", () => {
    const licences = readFileSync(join(ASSETS, "dashboard", "licences.txt"), "utf8");
    for (const text of ["uplot ", "lightweight-charts ", "fancy-canvas ", "Apache License", "TradingView"]) {
      expect(licences).toContain(text);
    }
  });
});
