// The market and a symbol in Chromium, against a real gateway that is fed: both themes, a phone, the keyboard, and a
// gateway that is gone for a while.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accessibilityViolations,
  DESKTOP,
  missingBrowser,
  openBrowser,
  openPage,
  PHONE,
  screenshot,
  sidewaysPx,
} from "./browser.ts";
import { FedGateway } from "./fed-gateway.ts";

const gateway = new FedGateway();
let browser: Browser;

const LOOKS = [
  { name: "light", options: { colorScheme: "light", viewport: DESKTOP } },
  { name: "dark", options: { colorScheme: "dark", viewport: DESKTOP } },
  { name: "phone", options: { colorScheme: "dark", viewport: PHONE, hasTouch: true, isMobile: true } },
] as const;

async function showMarket(page: Page): Promise<void> {
  await page.goto(`${gateway.origin}/#/market`);
  await page.getByRole("row", { name: /BTC-USD.*live/ }).waitFor();
}

async function showSymbol(page: Page): Promise<void> {
  await page.goto(`${gateway.origin}/#/symbol/BTC-USD`);
  await page.locator(".symbol-head .chip.is-live").waitFor();
  await page.locator(".tile-probability .tile-figure", { hasText: /^[<>]?\d/ }).waitFor();
  await page.locator(".legend-value", { hasText: /\d/ }).first().waitFor();
}

describe.skipIf(missingBrowser() !== undefined)("the dashboard of a running gateway", () => {
  beforeAll(async () => {
    [browser] = await Promise.all([openBrowser(), gateway.start()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await gateway.end();
  });

  describe.each(LOOKS)("in $name", ({ name, options }) => {
    it("shows the market without a complaint, and axe finds nothing", async () => {
      const { page, complaints } = await openPage(browser, options);
      await showMarket(page);
      const grid = page.getByRole("grid", { name: "All symbols" });
      expect(await grid.getAttribute("aria-rowcount")).toBe("4");
      expect(await page.getByRole("row", { name: /SOL-USD.*warming up/ }).textContent()).toMatch(
        /threshold_values: \d+/,
      );
      expect(await sidewaysPx(page)).toBe(0);
      expect(await accessibilityViolations(page)).toEqual([]);
      await screenshot(page, `market-${name}`);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("shows a symbol with its history, its prediction and its model, and axe finds nothing", async () => {
      const { page, complaints } = await openPage(browser, options);
      await showSymbol(page);
      await page.locator(".facts dd", { hasText: "simulated" }).waitFor();
      expect(await page.locator(".notice.toy").textContent()).toContain("toy model");
      expect(await page.locator(".symbol-charts canvas").count()).toBeGreaterThan(3);
      expect(await sidewaysPx(page)).toBe(0);
      expect(await accessibilityViolations(page)).toEqual([]);
      await screenshot(page, `symbol-${name}`, true);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  it("is a path for the keyboard alone: search, arrows, Enter, and back", async () => {
    const { page } = await openPage(browser);
    await showMarket(page);
    await page.keyboard.press("/");
    await page.keyboard.type("usd");
    await page.waitForURL(/search=usd/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const active = await page.getByRole("grid").getAttribute("aria-activedescendant");
    expect(await page.locator(`#${active}`).textContent()).toContain("ETH-USD");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/symbol\/ETH-USD/);
    await page.getByRole("heading", { level: 1, name: "ETH-USD" }).waitFor();
    // The keyboard goes on in the view, and the table of a chart is reached by it.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    const table = page.getByRole("button", { name: "Table of the chart “Volatility”" });
    await table.focus();
    await page.keyboard.press("Enter");
    const rows = page.getByRole("region", { name: "Table: Volatility" }).getByRole("row");
    await rows.nth(5).waitFor();
    expect(await rows.nth(1).textContent()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\d+\.\d/);
    await page.goBack();
    await page.waitForURL(/#\/market\?search=usd/);
    await page.context().close();
  });

  it("goes on by itself: a step later there is a newer step", async () => {
    const { page } = await openPage(browser);
    await showSymbol(page);
    await page.locator('.line-state[data-state="live"]').waitFor();
    const step = page.locator(".tile-age small");
    const before = (await step.textContent()) ?? "";
    await expect.poll(() => step.textContent(), { timeout: 60_000 }).not.toBe(before);
    const table = page.getByRole("button", { name: "Table of the chart “Price”" });
    await table.click();
    const first = page.getByRole("region", { name: "Table: Price" }).locator("tbody th").first();
    const newest = (await first.textContent()) ?? "";
    await expect.poll(() => first.textContent(), { timeout: 60_000 }).not.toBe(newest);
    await page.context().close();
  });

  it("is told a symbol's steps by the stream, and has each of them once in its charts", async () => {
    const { page } = await openPage(browser);
    const told: { readonly type: string; readonly ts: number }[] = [];
    let histories = 0;
    page.on("websocket", (socket) => {
      if (!socket.url().includes("/stream?symbols=BTC-USD")) return;
      socket.on("framereceived", ({ payload }) => {
        if (payload !== "pong") told.push(JSON.parse(String(payload)) as (typeof told)[number]);
      });
    });
    page.on("request", (request) => (histories += Number(request.url().includes("/history"))));
    await showSymbol(page);
    const isTold = (count: number) => () => told.filter(({ type }) => type === "prediction").length >= count;
    await expect.poll(isTold(1), { timeout: 60_000 }).toBe(true);
    const before = histories;
    await expect.poll(isTold(10), { timeout: 60_000 }).toBe(true);
    expect(histories - before).toBeLessThanOrEqual(3);
    await page.getByRole("button", { name: "Table of the chart “Probability of a spike”" }).click();
    const heads = page.getByRole("region", { name: "Table: Probability" }).locator("tbody th");
    await heads.nth(20).waitFor();
    const seconds = (await heads.allTextContents()).map((text) => Date.parse(`${text.replace(" ", "T")}Z`) / 1_000);
    for (const [i, second] of seconds.slice(1).entries()) expect(seconds[i]! - second).toBe(1);
    await screenshot(page, "symbol-on-stream", true);
    await page.context().close();
  });

  it("loads what is older when it comes into sight, keeps it there, and comes back to now", async () => {
    const { page } = await openPage(browser);
    await showSymbol(page);
    await page.getByRole("button", { name: "Earlier" }).click();
    await page.locator(".range-words", { hasText: " to " }).waitFor();
    const words = await page.locator(".range-words").textContent();
    await page.waitForTimeout(2_500);
    expect(await page.locator(".range-words").textContent()).toBe(words);
    await page.getByRole("button", { name: "Now: follow the newest step" }).click();
    await page.locator(".range-words", { hasText: /^the last/ }).waitFor();
    await page.context().close();
  });

  it("follows the switch of the theme, charts included, and remembers it", async () => {
    const { page } = await openPage(browser, { colorScheme: "light" });
    await showMarket(page);
    const theme = (): Promise<string | undefined> => page.evaluate(() => document.documentElement.dataset["theme"]);
    expect(await theme()).toBe("light");
    await page.getByRole("button", { name: "Theme: Auto" }).click();
    await page.getByRole("button", { name: "Theme: Light" }).click();
    expect(await theme()).toBe("dark");
    await page.reload();
    expect(await theme()).toBe("dark");
    await page.context().close();
  });

  // Last: it takes the gateway away.
  it("says since when the gateway is gone, calls nothing live meanwhile, and goes on when it is back", async () => {
    const { page, complaints } = await openPage(browser);
    await showMarket(page);
    await gateway.stopGateway();
    const banner = page.getByRole("alert");
    await banner.filter({ hasText: /Connection lost since \d\d:\d\d:\d\d/ }).waitFor({ timeout: 60_000 });
    await expect.poll(() => page.locator(".chip.is-live").count()).toBe(0);
    expect(await page.getByRole("row", { name: /BTC-USD.*unknown/ }).count()).toBe(1);
    expect(await page.getByRole("button", { name: /^live/ }).count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
    await screenshot(page, "market-lost");
    await page.goto(`${gateway.origin}/#/symbol/BTC-USD`);
    await page
      .getByText("No connection: these figures are of the past.")
      .or(page.getByText("could not be loaded"))
      .waitFor();
    await gateway.startAgain();
    await page.goto(`${gateway.origin}/#/market`);
    await page.getByRole("row", { name: /BTC-USD.*live/ }).waitFor({ timeout: 60_000 });
    expect(await banner.isHidden()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 240_000);
});
