// Thousands of symbols in Chromium, an hour of polls, closed reads and a first paint, against a server that stands in
// for the gateway.
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityViolations, missingBrowser, openBrowser, openPage, screenshot } from "./browser.ts";
import { FixtureGateway, type FixtureGatewayOptions } from "./fixture-gateway.ts";

let browser: Browser;
const gateways: FixtureGateway[] = [];

async function startGateway(options: FixtureGatewayOptions): Promise<FixtureGateway> {
  const gateway = new FixtureGateway(options);
  gateways.push(gateway);
  await gateway.start();
  return gateway;
}

/** Bytes that are in use after what can go is gone: the least of three looks, because compiled code comes and goes. */
async function usedBytes(cdp: CDPSession): Promise<number> {
  const looks: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    await cdp.send("HeapProfiler.collectGarbage");
    looks.push((await cdp.send("Runtime.getHeapUsage")).usedSize);
    await sleep(100);
  }
  return Math.min(...looks);
}

describe.skipIf(missingBrowser() !== undefined)("the dashboard of thousands of symbols", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    for (const gateway of gateways) await gateway.stop();
  });

  it("has as many rows as are in sight, whatever there are, and axe finds nothing", async () => {
    const { origin } = await startGateway({ symbols: 1_000 });
    const { page, complaints } = await openPage(browser);
    await page.goto(`${origin}/#/market?sort=-probability`);
    await page
      .getByRole("row", { name: /▲ alert/ })
      .first()
      .waitFor();
    expect(await page.getByRole("grid").getAttribute("aria-rowcount")).toBe("1001");
    expect(await page.locator(".grid-space > .grid-row").count()).toBeLessThan(50);
    expect(await page.getByRole("columnheader", { name: "Probability" }).getAttribute("aria-sort")).toBe("descending");
    await page.getByRole("grid").focus();
    await page.keyboard.press("End");
    const active = await page.getByRole("grid").getAttribute("aria-activedescendant");
    expect(await page.locator(`#${active}`).getAttribute("aria-rowindex")).toBe("1001");
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.keyboard.press("Home");
    await screenshot(page, "market-1000");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("does not stutter while 10,000 rows change and scroll", async () => {
    const { origin } = await startGateway({ symbols: 10_000 });
    const { page } = await openPage(browser);
    await page.goto(`${origin}/#/market?sort=-probability`);
    await page
      .getByRole("row", { name: /▲ alert/ })
      .first()
      .waitFor();
    const frames = await page.evaluate(async () => {
      const grid = document.querySelector("[role=grid]");
      const durations: number[] = [];
      const long: number[] = [];
      new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({
        entryTypes: ["longtask"],
      });
      let last = performance.now();
      for (let i = 0; i < 240; i += 1) {
        if (grid !== null) grid.scrollTop += 700;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        durations.push(performance.now() - last);
        last = performance.now();
      }
      durations.sort((a, b) => a - b);
      return { p50: durations[120] ?? 0, p95: durations[228] ?? 0, longest: Math.max(0, ...long) };
    });
    console.log(
      `10,000 rows: a frame p50 ${frames.p50.toFixed(1)}, p95 ${frames.p95.toFixed(1)} ms, longest task ${frames.longest} ms`,
    );
    // Of a machine that does other work too: the figures above are the measure.
    expect(frames.p50).toBeLessThan(50);
    expect(frames.p95).toBeLessThan(250);
    await page.context().close();
  });

  it.each([
    ["#/market", 1_000, 500_000],
    // A history of 2,000 points that is being replaced counts or does not: looks differ by 2 MB either way.
    ["#/symbol/BTC-USD", 300, 2_000_000],
  ] as const)("does not grow: %s over %i polls", async (view, count, mostBytes) => {
    let nowMs = Date.now();
    const gateway = await startGateway({ symbols: 50, nowMs: () => nowMs });
    const { page } = await openPage(browser, { viewport: { width: 1100, height: 500 } });
    await page.goto(`${gateway.origin}/?poll=1${view}`);
    const cdp = await page.context().newCDPSession(page);
    const asked = (): number => gateway.questions.get("/overview") ?? 0;
    const polled = async (count: number): Promise<number> => {
      const until = asked() + count;
      while (asked() < until) {
        nowMs += 1_000;
        await sleep(4);
      }
      return await usedBytes(cdp);
    };
    // By no locator: that would bring scripts of the test's own into the page.
    const elements = (): Promise<number> => page.evaluate(() => document.querySelectorAll("*").length);
    const before = await polled(300);
    const nodes = await elements();
    const after = await polled(count);
    console.log(`${view}: ${(before / 1e6).toFixed(2)} MB, after ${count} polls ${(after / 1e6).toFixed(2)} MB`);
    expect(after - before).toBeLessThan(mostBytes);
    expect(await elements()).toBeLessThan(nodes + 100);
    await page.context().close();
  });

  it("paints first in seconds, whatever else the machine does", async () => {
    const { origin } = await startGateway({ symbols: 1_000 });
    const times: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { page } = await openPage(browser);
      await page.goto(origin);
      await page.getByRole("row", { name: /live/ }).first().waitFor();
      const paints = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
      times.push(paints ?? Number.POSITIVE_INFINITY);
      await page.context().close();
    }
    console.log(`first contentful paint: ${times.map((ms) => `${ms.toFixed(0)} ms`).join(", ")}`);
    // The figures above are the measure: under a second where nothing else runs. A busy machine must not fail it.
    expect(Math.min(...times)).toBeLessThan(4_000);
  });

  it("asks for the token of a gateway whose reads are closed, keeps it in the tab, and forgets it with the tab", async () => {
    const { origin } = await startGateway({ symbols: 5, readToken: "read-me" });
    const { page } = await openPage(browser);
    await page.goto(origin);
    await page.getByRole("alert").filter({ hasText: "refuses to be read" }).waitFor();
    await page.getByRole("button", { name: "Token" }).click();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByLabel("READ_TOKEN").fill("read-me");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /BTC-USD/ }).waitFor();
    await page.reload();
    await page.getByRole("row", { name: /BTC-USD/ }).waitFor();
    const other = await page.context().newPage();
    await other.goto(origin);
    await other.getByRole("alert").filter({ hasText: "refuses to be read" }).waitFor();
    await page.context().close();
  });

  it("takes up a view from its link: sort, search, filter", async () => {
    const { origin } = await startGateway({ symbols: 400 });
    const { page } = await openPage(browser);
    await page.goto(`${origin}/#/market?sort=-age&search=xrp&state=silent`);
    await page
      .getByRole("row", { name: /silent/ })
      .first()
      .waitFor();
    expect(await page.getByRole("searchbox").inputValue()).toBe("xrp");
    expect(await page.getByRole("button", { name: /^silent/ }).getAttribute("aria-pressed")).toBe("true");
    const rows = await page.locator(".grid-space > .grid-row").allTextContents();
    expect(rows.every((text) => text.startsWith("XRP") && text.includes("silent"))).toBe(true);
    await page.context().close();
  });

  it("calls a prediction that cannot be read anew of the past, with no alert, though the gateway answers", async () => {
    const { origin } = await startGateway({ symbols: 400 });
    const { page } = await openPage(browser);
    await page.goto(`${origin}/#/market?sort=-probability`);
    const row = page.getByRole("row", { name: /▲ alert/ }).first();
    await row.getByRole("link").click();
    await page.locator(".symbol-head .chip.is-alert:visible").waitFor();
    const error = { code: "symbol_timeout", error: "the symbol's object does not answer" };
    await page.route("**/predict?*", (route) => route.fulfill({ status: 503, json: error }));
    await page.getByText("These figures are of the past.").waitFor();
    await page.locator(".tile-probability .tile-figure.is-past:not(.is-alert)").waitFor();
    expect(await page.locator(".symbol-head .chip.is-alert").isVisible()).toBe(false);
    await page.unroute("**/predict?*");
    await page.locator(".tile-probability .tile-figure:not(.is-past)").waitFor();
    await page.context().close();
  });

  it("says that the table is of the past when the gateway answers and cannot read it", async () => {
    const { origin } = await startGateway({ symbols: 5 });
    const { page } = await openPage(browser);
    await page.goto(origin);
    await page.getByRole("row", { name: /BTC-USD/ }).waitFor();
    const error = { code: "internal_error", error: "a bug" };
    await page.route("**/overview*", (route) => route.fulfill({ status: 500, json: error }));
    const banner = page.getByRole("alert").filter({ hasText: "The table of symbols is not read anew: a bug." });
    await banner.waitFor();
    await page.unroute("**/overview*");
    await banner.waitFor({ state: "hidden" });
    await page.context().close();
  });
});
