// The views truth, drift, experiment and operations in Chromium: rare states from canned answers, and what a running
// gateway answers.
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
import { figureAnswers, YOUNG_SYMBOL } from "./figure-answers.ts";
import { FixtureGateway } from "./fixture-gateway.ts";

const promotions: unknown[] = [];
const gateway = new FixtureGateway({
  symbols: 30,
  answers: {
    ...figureAnswers(),
    "/admin/experiment/promote": (_url, body) => {
      promotions.push(JSON.parse(body));
      return { alias: "champion", sha256: "b07d9a44c1e2".padEnd(64, "0"), serving: true, forced: true };
    },
  },
});
let browser: Browser;

const LOOKS = [
  { name: "light", options: { colorScheme: "light", viewport: DESKTOP } },
  { name: "dark", options: { colorScheme: "dark", viewport: DESKTOP } },
  { name: "phone", options: { colorScheme: "dark", viewport: PHONE, hasTouch: true, isMobile: true } },
] as const;

const VIEWS = [
  { view: "truth", hash: "#/truth", words: "59 episodes" },
  { view: "truth-symbol", hash: "#/truth/BTC-USD", words: "Alerts as served" },
  { view: "truth-young", hash: `#/truth/${YOUNG_SYMBOL}?window=1h`, words: "There is no curve" },
  { view: "drift", hash: "#/drift/BTC-USD", words: "Drift: 1 feature vanished" },
  { view: "drift-uncalibrated", hash: `#/drift/${YOUNG_SYMBOL}`, words: "not judged: uncalibrated" },
  { view: "experiment", hash: "#/experiment", words: "Missing for a promotion" },
  { view: "operations", hash: "#/operations", words: "1 of 2 feeds not live" },
] as const;

async function show(page: Page, origin: string, hash: string, words: string): Promise<void> {
  await page.goto(`${origin}/${hash}`);
  await page.locator(".answer", { hasText: words }).waitFor();
}

describe.skipIf(missingBrowser() !== undefined)("the views of figures", () => {
  beforeAll(async () => {
    [browser] = await Promise.all([openBrowser(), gateway.start()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway.stop();
  });

  describe.each(LOOKS)("in $name", ({ name, options }) => {
    it.each(VIEWS)("show $view without a complaint, and axe finds nothing", async ({ view, hash, words }) => {
      const { page, complaints } = await openPage(browser, options);
      await show(page, gateway.origin, hash, words);
      expect(await sidewaysPx(page)).toBe(0);
      expect(await accessibilityViolations(page)).toEqual([]);
      await screenshot(page, `${view}-${name}`, true);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  it("keep symbol and window in the link, and the keyboard where it was", async () => {
    const { page } = await openPage(browser);
    await show(page, gateway.origin, "#/truth", "59 episodes");
    await page.getByRole("button", { name: "30 d" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/truth\?window=30d$/);
    await page.getByLabel("Symbol").selectOption({ index: 1 });
    await page.waitForURL(/#\/truth\/[^?]+\?window=30d$/);
    const summary = page.getByText("Figures as a table").first();
    await summary.focus();
    await page.keyboard.press("Enter");
    await page
      .getByRole("cell", { name: /^0\.\d{3}/ })
      .first()
      .waitFor();
    await page.goBack();
    await page.waitForURL(/#\/truth\?window=30d$/);
    expect(await page.getByRole("button", { name: "30 d" }).getAttribute("aria-pressed")).toBe("true");
    await page.context().close();
  });

  it("promote by force for who says who and why, and not before", async () => {
    const { page } = await openPage(browser);
    await show(page, gateway.origin, "#/experiment", "Missing for a promotion");
    await page.getByRole("button", { name: /Promote the challenger/ }).click();
    const dialog = page.getByRole("dialog", { name: "Promote the challenger" });
    expect(await dialog.textContent()).toContain("b07d9a44c1e2 becomes champion in place of 3f1c0a9be27d");
    const promote = dialog.getByRole("button", { name: /^Promote/ });
    expect(await promote.isDisabled()).toBe(true);
    await dialog.getByLabel("Who you are").fill("ada");
    await dialog.getByLabel("Why", { exact: true }).fill("better");
    expect(await promote.isDisabled()).toBe(false);
    await dialog.getByLabel(/^Force it/).check();
    expect(await promote.isDisabled()).toBe(true);
    expect(await accessibilityViolations(page)).toEqual([]);
    await screenshot(page, "experiment-dialog");
    await dialog.getByLabel("Why", { exact: true }).fill("the market has changed for good");
    await promote.click();
    await page.getByText("Champion is now b07d9a44c1e2, by force.").waitFor();
    const sha256 = expect.stringMatching(/^b07d9a44c1e2[0-9a-f]{52}$/) as string;
    expect(promotions).toEqual([{ by: "ada", reason: "the market has changed for good", force: true, sha256 }]);
    await page.context().close();
  });

  it("change no champion of a grid by what is known of another one", async () => {
    const { page } = await openPage(browser);
    await show(page, gateway.origin, "#/experiment", "Missing for a promotion");
    const promote = page.getByRole("button", { name: /Promote the challenger/ });
    expect(await promote.isEnabled()).toBe(true);
    await page.route(/\/experiment\?grid=60s/, () => undefined);
    await page.evaluate(() => (location.hash = "#/experiment?grid=60s"));
    await page.getByText("Reading …").waitFor();
    expect(await promote.isEnabled()).toBe(false);
    await page.context().close();
  });

  it("show in words what the gateway refuses, and close nothing", async () => {
    const { page } = await openPage(browser);
    await show(page, gateway.origin, "#/experiment", "Missing for a promotion");
    await page.getByRole("button", { name: /Roll back/ }).click();
    const dialog = page.getByRole("dialog", { name: "Roll back the champion" });
    await dialog.getByLabel("Who you are").fill("ada");
    await dialog.getByLabel("Why", { exact: true }).fill("worse");
    await dialog.getByRole("button", { name: "Roll back" }).click();
    await dialog.getByText("Not done (not_found): /admin/rollback: there is no such route").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.context().close();
  });

  it("keep what was read, paled and called old, when the gateway is gone", async () => {
    const { page } = await openPage(browser);
    await page.goto(`${gateway.origin}/?poll=300#/operations`);
    await page.locator(".answer", { hasText: "1 of 2 feeds not live" }).waitFor();
    await gateway.stop();
    await page.getByText(/This could not be read: the gateway does not answer\. What you see was read at/).waitFor();
    expect(await page.locator(".answer.is-old", { hasText: "1 of 2 feeds not live" }).count()).toBe(1);
    await gateway.start();
    await page.locator(".answer:not(.is-old)").waitFor({ timeout: 60_000 });
    await page.context().close();
  });
});

describe.skipIf(missingBrowser() !== undefined)("the views of figures of a running gateway", () => {
  const fed = new FedGateway();
  beforeAll(async () => {
    [browser] = await Promise.all([openBrowser(), fed.start()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await fed.end();
  });

  it.each([
    { hash: "#/truth", words: "resolved steps" },
    { hash: "#/truth/BTC-USD", words: "pr_auc_fell" },
    // Whether a day has closed depends on when the test runs.
    { hash: "#/drift", words: "The newest window of 1h" },
    { hash: "#/experiment", words: "there is no challenger" },
    { hash: "#/operations", words: "No feed is wished" },
  ])("show $hash as it is answered, and axe finds nothing", async ({ hash, words }) => {
    const { page, complaints } = await openPage(browser);
    await show(page, fed.origin, hash, words);
    expect(await page.locator(".answer.is-old").count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
    await screenshot(page, `real-${hash.replace(/\W+/g, "-").slice(1)}`, true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
