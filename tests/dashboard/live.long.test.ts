// The page on sockets, in Chromium, against a stand-in for the gateway: told as it happens, by asking where no socket
// can be opened, dropped and resumed, silent, hidden.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  accessibilityViolations,
  missingBrowser,
  openBrowser,
  openPage,
  PHONE,
  screenshot,
  sidewaysPx,
} from "./browser.ts";
import { FixtureGateway } from "./fixture-gateway.ts";

const gateway = new FixtureGateway({ symbols: 30 });
const { sockets } = gateway;
let browser: Browser;

/** A machine that is busy takes seconds for a page. */
const SOON = { timeout: 60_000 };

const asked = (path: string): number => gateway.questions.get(path) ?? 0;
const lineIs = (page: Page, word: string) => page.locator(`.line-state[data-state="${word}"]`).waitFor();

async function openMarket(hash = "#/market") {
  const opened = await openPage(browser);
  await opened.page.goto(`${gateway.origin}/${hash}`);
  return opened;
}

/** By how many questions of a path rise within some seconds. */
async function questionsOf(page: Page, path: string, ms = 4_000): Promise<number> {
  const before = asked(path);
  await page.waitForTimeout(ms);
  return asked(path) - before;
}

/** The times of a chart's table, in seconds, the newest first. */
async function tableSeconds(page: Page): Promise<number[]> {
  const texts = await page.getByRole("region", { name: "Table: Probability" }).locator("tbody th").allTextContents();
  return texts.map((text) => Date.parse(`${text.replace(" ", "T")}Z`) / 1_000);
}

describe.skipIf(missingBrowser() !== undefined)("the dashboard on sockets", () => {
  beforeAll(async () => {
    [browser] = await Promise.all([openBrowser(), gateway.start()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway.stop();
  });
  beforeEach(() => Object.assign(sockets, { areRefused: false, areSilent: false }));
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    sockets.dropAll();
  });

  it("is told what the market does, and asks nothing meanwhile", async () => {
    const { page, complaints } = await openMarket();
    await lineIs(page, "live");
    expect(await page.locator(".line-state").textContent()).toBe("●live");
    expect(sockets.opened.at(-1)).toMatch(/^\/overview\?since=\d+$/);
    const row = page.getByRole("row").nth(1);
    const before = await row.textContent();
    expect(await questionsOf(page, "/overview")).toBe(0);
    await expect.poll(() => row.textContent(), { timeout: 60_000 }).not.toBe(before);
    expect(await accessibilityViolations(page)).toEqual([]);
    await screenshot(page, "market-on-sockets");
    expect(complaints).toEqual([]);
    await page.context().close();
    await expect.poll(() => sockets.count("/overview"), SOON).toBe(0);
  });

  it("asks where no socket can be opened, and says so", async () => {
    sockets.areRefused = true;
    const { page, complaints } = await openMarket();
    await lineIs(page, "polling");
    expect(await questionsOf(page, "/overview")).toBeGreaterThanOrEqual(3);
    await lineIs(page, "polling");
    await screenshot(page, "market-polling");
    // A proxy that lets sockets through again is found.
    sockets.areRefused = false;
    await lineIs(page, "live");
    expect(complaints).toEqual([]);
  });

  it("goes on from where it was when its sockets are dropped", async () => {
    const { page } = await openMarket();
    await lineIs(page, "live");
    const count = sockets.opened.length;
    sockets.dropAll();
    await lineIs(page, "polling");
    await lineIs(page, "live");
    expect(sockets.opened.length).toBeGreaterThan(count);
  });

  it("does not call a market live whose socket is silent and whose gateway does not answer", async () => {
    const { page } = await openMarket();
    await lineIs(page, "live");
    await page.route("**/overview*", () => undefined);
    sockets.areSilent = true;
    await page.getByRole("alert").filter({ hasText: "fallen silent" }).waitFor({ timeout: 60_000 });
    expect(await page.locator(".chip.is-live").count()).toBe(0);
    await lineIs(page, "lost");
    await screenshot(page, "market-silent");
    sockets.areSilent = false;
    await page.unroute("**/overview*");
    await lineIs(page, "live");
  });

  it("closes its sockets in a hidden tab, and opens them when it is seen again", async () => {
    const { page } = await openMarket("#/symbol/BTC-USD");
    await expect.poll(() => [sockets.count("/overview"), sockets.count("/stream")], SOON).toEqual([1, 1]);
    await hide(page, true);
    await expect.poll(() => [sockets.count("/overview"), sockets.count("/stream")], SOON).toEqual([0, 0]);
    expect(await questionsOf(page, "/overview", 3_000)).toBe(0);
    expect(sockets.count("/overview")).toBe(0);
    await hide(page, false);
    await expect.poll(() => [sockets.count("/overview"), sockets.count("/stream")], SOON).toEqual([1, 1]);
    await lineIs(page, "live");
  });

  it("adds a symbol's steps to its charts as they are told: none is missing, none is there twice", async () => {
    const { page, complaints } = await openMarket("#/symbol/BTC-USD");
    await expect.poll(() => sockets.count("/stream"), SOON).toBe(1);
    await page.locator(".tile-probability .tile-figure", { hasText: /\d/ }).waitFor();
    await page.getByRole("button", { name: "Table of the chart “Probability of a spike”" }).click();
    const history = "/symbols/BTC-USD/history";
    const before = await tableSeconds(page);
    const [questions, predicted] = [asked(history), asked("/predict")];
    await page.waitForTimeout(6_000);
    expect([asked(history) - questions <= 1, asked("/predict") - predicted <= 2]).toEqual([true, true]);
    await page.locator(".tile-price .tile-figure", { hasText: /\d/ }).waitFor();
    await screenshot(page, "symbol-on-sockets", true);
    // Dropped for some steps: what was made meanwhile comes too.
    sockets.areRefused = true;
    sockets.dropAll();
    await page.waitForTimeout(3_000);
    sockets.areRefused = false;
    await expect.poll(() => sockets.count("/stream"), { timeout: 60_000 }).toBe(1);
    expect(sockets.opened.findLast((path) => path.startsWith("/stream"))).toMatch(/after=BTC-USD%7E\d+/);
    await page.waitForTimeout(3_000);
    const after = await tableSeconds(page);
    expect(after[0]! - before[0]!).toBeGreaterThanOrEqual(11);
    for (const [i, second] of after.slice(1).entries()) expect(after[i]! - second).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("asks for a symbol whose stream tells nothing though its socket answers", async () => {
    const { page } = await openMarket("#/symbol/BTC-USD");
    await expect.poll(() => sockets.count("/stream"), SOON).toBe(1);
    const { predictions } = gateway.market;
    onTestFinished(() => void (gateway.market.predictions = predictions));
    gateway.market.predictions = () => [];
    await expect.poll(() => sockets.count("/stream"), { ...SOON, interval: 20 }).toBe(0);
    expect(await questionsOf(page, "/predict", 1_000)).toBeGreaterThanOrEqual(1);
  });

  it("offers the grids that the gateway has, and follows the one that is chosen", async () => {
    const two = new FixtureGateway({ symbols: 5, answers: { "/version": () => ({ grids: ["1s", "60s"] }) } });
    two.sockets.areRefused = false;
    await two.start();
    onTestFinished(() => two.stop());
    const { page } = await openPage(browser, { viewport: PHONE });
    await page.goto(`${two.origin}/`);
    const select = page.getByLabel("Grid");
    await select.waitFor();
    expect(await select.locator("option").allTextContents()).toEqual(["1s (default)", "60s"]);
    await select.selectOption("60s");
    await page.waitForURL(/#\/market\?grid=60s$/);
    await expect.poll(() => two.sockets.opened.at(-1), SOON).toMatch(/^\/overview\?since=\d+&grid=60s$/);
    expect(await sidewaysPx(page)).toBe(0);
    await screenshot(page, "grid-select-phone");
    await select.selectOption("1s (default)");
    await page.waitForURL(/#\/market$/);
    await page.context().close();
  });

  it("opens its sockets with the token of reads", async () => {
    const closed = new FixtureGateway({ symbols: 5, readToken: "secret of reads" });
    closed.sockets.areRefused = false;
    await closed.start();
    const { page } = await openPage(browser, { viewport: PHONE });
    await page.goto(`${closed.origin}/`);
    await lineIs(page, "refused");
    await page.getByRole("button", { name: "Token" }).click();
    await page.getByLabel("READ_TOKEN").fill("secret of reads");
    await page.getByRole("button", { name: "Use" }).click();
    await lineIs(page, "live");
    await closed.stop();
  });
});

/** As a browser says it of a tab that is not looked at. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}
