// examples/distributed-rows: two Dask workers make a month of rows, LightGBM's distributed learner trains on them, and
// its model comes back through `model import`. Needs Python: sh tests/peers/install.sh.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRowsOptions } from "../../../trainer/rows-out/rows-options.ts";
import { writeRows } from "../../../trainer/rows-out/write-rows.ts";
import { missingPeers, peerPython } from "../../peers/python.ts";
import { runSuccessfully } from "../../processes/child-program.ts";
import { DAYS, writeMonthOfBars } from "./month-of-bars.ts";
import { readDataset } from "./read-dataset.ts";

const EXAMPLE = join(import.meta.dirname, "../../../examples/distributed-rows");
const missing = missingPeers(["dask", "distributed", "lightgbm", "pyarrow", "onnxmltools"]);
const LABEL = '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}';
const OPTIONS = ["--step", "60s", "--label", LABEL, "--test-from", "2018-03-20", "--fold-length", "3d"];
const MINUTES = 60_000;

/** LightGBM's workers listen on all interfaces while they find each other: here they have none but loopback. */
const LOOPBACK_ONLY = ["-rn", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'];
const UNSHARE = "/usr/bin/unshare";
const canUnshare = spawnSync(UNSHARE, [...LOOPBACK_ONLY, "true"]).status === 0;
if (!canUnshare) console.warn(`skipped: training with LightGBM, because ${UNSHARE} cannot make a network of its own`);

const folder = mkdtempSync(join(tmpdir(), "volgate-distributed-"));
afterAll(() => rmSync(folder, { recursive: true }));

function python(): string {
  const found = peerPython([]);
  return "path" in found ? found.path : "";
}

interface Figures {
  readonly training_rows: number;
  readonly test_rows: number;
  readonly base_rate: number;
  readonly mean_probability: number;
  readonly average_precision: number;
  readonly workers: number;
}

describe.skipIf(missing !== undefined)("rows on two workers", () => {
  const [bars, whole, parts] = ["bars", "whole", "parts"].map((name) => join(folder, name)) as [string, string, string];

  beforeAll(async () => {
    const { source } = writeMonthOfBars(bars);
    const plan = parseRowsOptions([bars, "--symbol", "XBTUSD", "--to", "2018-04-01", "--out", whole, ...OPTIONS]);
    await writeRows(plan);
    const period = ["--from", "2018-03-01", "--to", "2018-04-01"];
    const args = [join(EXAMPLE, "build_rows.py"), bars, "--symbol", "XBTUSD", ...period, "--out", parts, "--"];
    const { stdout } = await runSuccessfully(python(), [...args, ...OPTIONS], { withinMs: 10 * MINUTES });
    console.log(`bars: ${source}; ${stdout.trim().split("\n").at(-1)}`);
    expect(stdout).toContain(`${DAYS} days of rows, made by 2 workers`);
  }, 12 * MINUTES);

  it("are those of one process, byte for byte", async () => {
    const [one, many] = [await readDataset(whole), await readDataset(parts)];
    expect(many.map(({ path }) => path)).toEqual(one.map(({ path }) => path));
    expect(one.length).toBe(DAYS);
    one.forEach(({ bytes }, i) => expect(Buffer.compare(bytes, many[i]!.bytes)).toBe(0));
    expect(one.reduce((sum, { rows }) => sum + rows.length, 0)).toBeGreaterThan(44_000);
  });

  it.skipIf(!canUnshare)(
    "train LightGBM's distributed learner, whose model is imported without a difference",
    async () => {
      const model = join(folder, "model");
      const train = [python(), join(EXAMPLE, "train_lightgbm.py"), parts, "--out", model];
      const { stdout } = await runSuccessfully(UNSHARE, [...LOOPBACK_ONLY, ...train], { withinMs: 10 * MINUTES });
      const last = stdout.trim().split("\n").at(-1) ?? "";
      console.log(last);
      expect(stdout).toContain("total number of machines: 2");
      const figures = JSON.parse(last) as Figures;
      const eligible = (await readDataset(parts)).flatMap(({ rows }) => rows).filter(({ eligible: is }) => is === true);
      const mayTrain = eligible.filter(({ fold, purge }) => fold === -1 && (purge ?? -1) === -1);
      expect(figures.workers).toBe(2);
      expect(figures.training_rows).toBe(mayTrain.length);
      expect(figures.test_rows).toBe(eligible.filter(({ fold }) => Number(fold) >= 0).length);
      // Chance is the base rate.
      expect(figures.average_precision).toBeGreaterThan(2 * figures.base_rate);
      expect(Math.abs(figures.mean_probability - figures.base_rate)).toBeLessThan(0.05);

      const features = readFileSync(join(model, "features.txt"), "utf8").trim();
      const given = ["--features", features, "--step", "60s", "--label", join(model, "label.json")];
      const golden = ["--golden", join(model, "golden.csv"), "--out", join(folder, "artifacts")];
      const call = ["volgate.ts", "model", "import", join(model, "lightgbm.onnx"), ...given, ...golden];
      const imported = await runSuccessfully(process.execPath, call);
      expect(imported.stdout).toContain("checked 2000 golden rows, of which 0 differ by more than 0.000001");
    },
    12 * MINUTES,
  );
});
