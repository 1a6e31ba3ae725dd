// The command line of `npm run volgate -- rows`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UserError } from "../../../command-line/user-error.ts";
import { parseRowsOptions } from "../../../trainer/rows-out/rows-options.ts";
import { writeRows } from "../../../trainer/rows-out/write-rows.ts";
import { ChildProgram } from "../../processes/child-program.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";
import { readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-command-"));
afterAll(() => rmSync(folder, { recursive: true }));
const recording = writeTicks(join(folder, "ticks.ndjson"), volatileTicks(6000));

async function rows(...args: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return await new ChildProgram(process.execPath, ["volgate.ts", "rows", ...args]).ended;
}

describe("npm run volgate -- rows", () => {
  it("writes a dataset and says what it holds", async () => {
    const out = join(folder, "rows");
    const { status, stdout, stderr } = await rows(recording, "--out", out);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("files   1 read, 6000 ticks, times in ms; refused: none");
    expect(stdout).toMatch(
      /BTC-USD {2}5999 rows, \d{4} to learn from, \d+ of them spikes in \d+ episodes; 0 void, \d+ /,
    );
    expect(stdout).toMatch(new RegExp(`wrote {3}5999 rows in 1 files below ${out}, \\d+ rows/s`));
    expect((await readDataset(out)).map((file) => file.rows.length)).toEqual([5999]);
  });

  it("refuses to add rows of another row, label or walk-forward to a dataset", async () => {
    const out = join(folder, "mixed");
    await writeRows(parseRowsOptions([recording, "--out", out]));
    const before = readFileSync(join(out, "symbol=BTC-USD/date=2025-01-01/part-0.parquet"));
    for (const [options, what] of [
      [["--row", "peer-10"], 'made with another row: "default-1", now "peer-10"'],
      [["--label", '{"quantile":0.8}'], "made with another label"],
      [["--quote-margin", "5"], 'made with another quote_margin_percent: "10", now "5"'],
      [["--test-from", "2025-01-01", "--fold-length", "1h"], 'made with another walk_forward: "none", now'],
    ] as const) {
      const again = writeRows(parseRowsOptions([recording, "--out", out, ...options]));
      await expect(again).rejects.toThrow(UserError);
      await expect(again).rejects.toThrow(what);
    }
    expect(readFileSync(join(out, "symbol=BTC-USD/date=2025-01-01/part-0.parquet")).equals(before)).toBe(true);
  });

  it("says what the first rows lack when little lies before --from", async () => {
    const late = volatileTicks(8000, { skip: (s) => s < 4000 });
    const shifted = late.map((tick) => ({ ...tick, tsMs: tick.tsMs + 86_400_000 - 6_000_000 }));
    const path = writeTicks(join(folder, "late.ndjson"), shifted);
    const day = new Date(FROM_MS + 86_400_000).toISOString().slice(0, 10);
    const { status, stdout } = await rows(path, "--out", join(folder, "late"), "--from", day);
    expect(status).toBe(0);
    expect(stdout).toContain("BTC-USD  1999 steps before --from, 4560 fill every window");
    expect(stdout).toContain("WARNING: the first rows of BTC-USD differ from those of a run that begins earlier");
  });

  it("says when FILES end before the last rows before --to are decided", async () => {
    // A hole over midnight: 61 s after it no tick has closed it yet.
    const around = volatileTicks(12_000, { skip: (s) => s >= 5990 && s < 6200 });
    const shifted = around.map((tick) => ({ ...tick, tsMs: tick.tsMs + 86_400_000 - 6_000_000 }));
    const midnight = FROM_MS + 86_400_000;
    const to = new Date(midnight).toISOString().slice(0, 10);
    const warning = "WARNING: FILES end before the last rows of BTC-USD are decided";
    for (const [name, afterMs, warns] of [
      ["early", 61_000, true],
      ["enough", 360_000, false],
    ] as const) {
      const within = shifted.filter(({ tsMs }) => tsMs < midnight + afterMs);
      const path = writeTicks(join(folder, `${name}.ndjson`), within);
      const { status, stdout } = await rows(path, "--out", join(folder, name), "--to", to);
      expect([status, stdout.includes(warning)]).toEqual([0, warns]);
    }
  });

  it("ends with 2 and one line for a file without ticks, a part of a day, and folds without a length", async () => {
    const empty = join(folder, "empty.ndjson");
    writeFileSync(empty, "");
    const { status, stderr } = await rows(empty, "--out", join(folder, "empty"));
    expect(status).toBe(2);
    expect(stderr).toContain("rows: no tick in 1 file");
    const refused = (...args: string[]) => expect(() => parseRowsOptions(["x.ndjson", ...args]));
    refused("--from", "2025-01-01T10:00").toThrow("--from: got 2025-01-01T10:00, expected a UTC day like 2026-03-01");
    refused("--from", "2025-01-02", "--to", "2025-01-02").toThrow("--from and --to: no day lies between them");
    refused("--test-from", "2025-01-02").toThrow("--test-from needs --fold-length");
    refused("--row", "default-9").toThrow(UserError);
    refused("--label", "{").toThrow("--label {:");
  });
});
