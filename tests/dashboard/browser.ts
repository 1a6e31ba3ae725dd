// Chromium without a window, as a reader of the dashboard: pages in a theme and a size, what they complained of, what
// axe finds, and screenshots that CI keeps.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const SCREENSHOTS = join(import.meta.dirname, "..", "..", "dist", "screenshots");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const executablePath = [process.env["VOLGATE_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
);

/**
 * Why browser tests are skipped, or `undefined`: for `describe.skipIf(...)`. Printed, so that a skipped test is seen.
 */
export function missingBrowser(): string | undefined {
  if (executablePath !== undefined) return undefined;
  const missing = "no Chromium: run sh tests/peers/install-chromium.sh as root, or set VOLGATE_CHROMIUM";
  console.warn(`skipped: ${missing}`);
  return missing;
}

export async function openBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error("there is no Chromium");
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--js-flags=--expose-gc"] });
}

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface ReaderPage {
  readonly page: Page;
  /** Errors of scripts and of the content policy. What the network fails to load is none of them. */
  readonly complaints: readonly string[];
}

/** A page of a reader of their own: no storage is shared. Closing the page's context ends it. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<ReaderPage> {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("console", (message) => {
    const text = message.text();
    const isOfNetwork = text.startsWith("Failed to load resource") || text.startsWith("WebSocket connection to");
    if (message.type() === "error" && !isOfNetwork) complaints.push(text);
  });
  return { page, complaints };
}

/** What axe finds, each as rule, count and the first element; empty when the page is accessible. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    return await axe.run();
  });
  return violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

/** Writes dist/screenshots/NAME.png. */
export async function screenshot(page: Page, name: string, fullPage = false): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage });
}

/** How far the page is wider than the window, in px. A phone's `innerWidth` would grow with what is too wide. */
export async function sidewaysPx(page: Page): Promise<number> {
  const widthPx = page.viewportSize()?.width ?? 0;
  return (await page.evaluate(() => document.documentElement.scrollWidth)) - widthPx;
}
