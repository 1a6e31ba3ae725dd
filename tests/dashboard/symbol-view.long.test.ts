// A symbol whose answers are recalibrated and whose threshold follows, in Chromium, from canned answers: a gateway that
// was just fed has neither.
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
import { FixtureGateway } from "./fixture-gateway.ts";

const gateway = new FixtureGateway({ symbols: 30 });
let browser: Browser;

const LOOKS = [
  { name: "light", options: { colorScheme: "light", viewport: DESKTOP } },
  { name: "dark", options: { colorScheme: "dark", viewport: DESKTOP } },
  { name: "phone", options: { colorScheme: "dark", viewport: PHONE, hasTouch: true, isMobile: true } },
] as const;

async function showSymbol(page: Page): Promise<void> {
  await page.goto(`${gateway.origin}/#/symbol/BTC-USD`);
  await page.locator(".threshold", { hasText: "The champion alerts from 0.288 on" }).waitFor();
  await page.locator(".facts dd", { hasText: "Serving since" }).waitFor();
}

describe.skipIf(missingBrowser() !== undefined)("a symbol that learns from labels", () => {
  beforeAll(async () => {
    [browser] = await Promise.all([openBrowser(), gateway.start()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway.stop();
  });

  it.each(LOOKS)("in $name: its own probability, its recalibration and its threshold", async ({ name, options }) => {
    const { page, complaints } = await openPage(browser, options);
    await showSymbol(page);
    expect(await page.locator(".tile-probability small").textContent()).toMatch(
      /^alert from 0\.288 on; the model's own [<>]?0\.\d{3}$/,
    );
    expect(await page.locator(".facts").textContent()).toContain(
      "Threshold0.288, follows the live labels, for recall at least 0.8",
    );
    expect(
      await page
        .getByRole("table", { name: /^Changes for the champion/ })
        .getByRole("row")
        .count(),
    ).toBe(6);
    expect(await sidewaysPx(page)).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
    await screenshot(page, `symbol-learning-${name}`, true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("says that a threshold is not known, and not the one of before", async () => {
    const { page } = await openPage(browser);
    await page.goto(`${gateway.origin}/?poll=300#/symbol/BTC-USD`);
    await page.locator(".threshold", { hasText: "The champion alerts from 0.288 on" }).waitFor();
    await page.route(/\/threshold/, (route) =>
      route.fulfill({ status: 504, json: { code: "symbol_timeout", error: "its object did not answer" } }),
    );
    await page.locator(".threshold", { hasText: "Not known: its object did not answer" }).waitFor();
    expect(await page.locator(".threshold").textContent()).not.toContain("0.288");
    await page.context().close();
  });
});
