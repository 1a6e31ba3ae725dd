// `npm run bench:bars` on a made-up market around the end of 2018.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { program } from "../../bench/bars.ts";
import { ROWS } from "../../src/features/schema.ts";
import { seededUniform } from "./volatile-ticks.ts";

const MINUTE_MS = 60_000;
const TEST_FROM_MS = Date.UTC(2019, 0, 1);

/** Four ticks a minute, whose volatility changes every half hour. */
function writeMarket(): string {
  const uniform = seededUniform(41);
  let price = 100;
  let sigma = 1e-4;
  const lines: string[] = [];
  for (let i = -2400 * 4; i < 400 * 4; i++) {
    if (i % 120 === 0) sigma = uniform() < 0.2 ? 6e-4 : 1e-4 * (0.5 + uniform());
    price *= 1 + sigma * (uniform() + uniform() + uniform() - 1.5);
    lines.push(JSON.stringify({ symbol: "BTC-USD", ts: TEST_FROM_MS + (i * MINUTE_MS) / 4, price }));
  }
  const file = join(mkdtempSync(join(tmpdir(), "volgate-bars-")), "market.ndjson");
  writeFileSync(file, lines.join("\n"));
  return file;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("the benchmark on bars", () => {
  it("compares on the row that was asked for, by default the one that models train on, and says which", async () => {
    vi.stubEnv("PEER_PYTHON", "no-python");
    const file = writeMarket();
    const printed = vi.spyOn(console, "log").mockReturnValue();
    const linesOf = async (...args: string[]): Promise<string[]> => {
      printed.mockClear();
      expect(await program.run([file, "--trees", "2", "--window", "300", ...args])).toBe(0);
      return printed.mock.calls.map(([line]) => String(line));
    };
    const lineOf = (row: "default-1" | "default-2"): unknown =>
      expect.stringMatching(new RegExp(`^row ${row}, \\d+ of its ${ROWS[row].length} columns; window 300 steps$`));
    const rows = await linesOf();
    expect(rows).toContainEqual(lineOf("default-2"));
    expect(rows.filter((line) => /^volgate gbdt.* PR-AUC 0\.\d{4}/.test(line))).toHaveLength(2);
    expect(rows.at(-1)).toContain("skipped LightGBM");
    const others = await linesOf("--row", "default-1");
    expect(others).toContainEqual(lineOf("default-1"));
    await expect(program.run([file, "--row", "peer-10"])).rejects.toThrow("--row: got peer-10");
  });
});
