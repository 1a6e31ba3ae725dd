// The bundled set for steps of 1 s: trained on 24 simulated hours, the same bytes at every run.
import { simulateTicks } from "../../simulator/simulator.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { buildDataset } from "../rows/dataset.ts";
import { codeCommit } from "../run/code-commit.ts";
import { parseConfig } from "../run/config.ts";
import { makeReport } from "../run/make-report.ts";
import { reportText, tallyText } from "../run/report-text.ts";
import { train } from "../run/train.ts";
import { BUNDLED_FOLDER, writeBundled } from "./write-bundled.ts";

const SIMULATION = {
  seed: 20251206,
  symbol: "BTC-USD",
  fromMs: Date.UTC(2025, 11, 1),
  toMs: Date.UTC(2025, 11, 2),
} as const;

const CHAMPION = "logistic";
/** A toy needs no more: on the simulated market it is ahead of `default-2`, whose windows begin at 60 s. */
const ROW = "default-1";

/** Trains, prints the figures, which are no evidence, and writes champion and baselines. */
export async function bundleSimulated(command: string): Promise<void> {
  const startedMs = Date.now();
  const source = `simulated ticks: ${JSON.stringify(SIMULATION)}`;
  console.log(source);
  const ticks = [...simulateTicks(SIMULATION)];
  const data = buildDataset(ticks);
  console.log(tallyText(data));
  const { seed } = SIMULATION;
  const config = parseConfig({ folds: "1", families: CHAMPION, row: ROW, seed: String(seed) });
  const facts = { source, dataFingerprint: sha256Hex(JSON.stringify(ticks)), codeCommit: codeCommit() };
  const result = await train(data, {
    config,
    provenance: { ...facts, evidence: "simulated", createdAtMs: SIMULATION.toMs },
    publishFigures: false,
  });
  const seconds = (Date.now() - startedMs) / 1000;
  const createdAt = new Date(SIMULATION.toMs).toISOString();
  const report = makeReport(data, result, {
    ...facts,
    earlier: { tests: [], unread: [] },
    createdAt,
    seconds,
    command,
    seed,
    settings: {},
  });
  console.log(reportText(report));
  console.log("These figures are of a simulated market: no evidence, and not in the manifests.");
  await writeBundled(BUNDLED_FOLDER, result.artifacts, {
    champion: { family: CHAMPION, name: CHAMPION },
    reference: result.reference.family,
  });
}
