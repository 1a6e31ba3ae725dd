// `npm run bundle`: makes the models that ship with the gateway, so that an empty bucket predicts at once.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "../command-line/command.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { manifestText } from "../model-artifacts/artifact.ts";
import { codeCommit } from "./run/code-commit.ts";
import { parseConfig } from "./run/config.ts";
import { buildDataset } from "./rows/dataset.ts";
import { makeReport } from "./run/make-report.ts";
import { reportText, tallyText } from "./run/report-text.ts";
import { sha256Hex } from "../model-artifacts/sha256.ts";
import { train } from "./run/train.ts";

const SIMULATION = {
  seed: 20251206,
  symbol: "BTC-USD",
  fromMs: Date.UTC(2025, 11, 1),
  toMs: Date.UTC(2025, 11, 2),
} as const;
const FOLDER = join(import.meta.dirname, "..", "src", "model", "bundled");

/** The champion and the baselines. */
const SHIPPED = ["logistic", "zscore", "persistence", "threshold-only"] as const;

const BUNDLE = {
  name: "bundle",
  call: "npm run bundle --",
  about: `
Trains the models that ship with the gateway on a simulated market and writes them to src/model/bundled. They make a
fresh deployment work; they are no evidence of anything, and their manifests carry no figures.`,
  options: {},
  notes: "Exit code: 0 written, 1 a bug, 2 a mistake in the command.",
} satisfies Command;

export const program: Program = {
  command: BUNDLE,
  run: async (args) => {
    parseCommandLine(BUNDLE, args);
    await bundle();
    return EXIT.done;
  },
};

async function bundle(): Promise<void> {
  const startedMs = Date.now();
  const source = `simulated ticks: ${JSON.stringify(SIMULATION)}`;
  console.log(source);
  const ticks = [...simulateTicks(SIMULATION)];
  const data = buildDataset(ticks);
  console.log(tallyText(data));
  const config = parseConfig({ folds: "1", families: "logistic", seed: String(SIMULATION.seed) });
  const facts = { source, dataFingerprint: sha256Hex(JSON.stringify(ticks)), codeCommit: codeCommit() };
  const result = await train(data, {
    config,
    provenance: { ...facts, createdAtMs: SIMULATION.toMs },
    publishFigures: false,
  });
  const seconds = (Date.now() - startedMs) / 1000;
  const createdAt = new Date(SIMULATION.toMs).toISOString();
  const { seed } = SIMULATION;
  const report = makeReport(data, result, {
    earlier: { tests: [], unread: [] },
    ...facts,
    createdAt,
    seconds,
    command: "npm run bundle",
    seed,
    settings: {},
  });
  console.log(reportText(report));
  console.log("These figures are of a simulated market: no evidence, and not in the manifests.");
  for (const family of SHIPPED) {
    const artifact = result.artifacts.find(({ manifest }) => manifest.family === family);
    if (artifact === undefined) throw new Error(`${family}: no artifact`);
    await writeFile(join(FOLDER, `${family}.onnx`), artifact.onnx);
    await writeFile(join(FOLDER, `${family}.json`), manifestText(artifact.manifest));
    console.log(`wrote ${join(FOLDER, family)}.{onnx,json}, ${artifact.manifest.onnxSha256}`);
  }
}
