// The proof that offline equals online: one replay through a running gateway, one pass of the trainer, every value
// compared. The process around it is parity.ts.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import type { GridCounts } from "../../src/features/event-grid.ts";
import type { Tick } from "../../src/features/tick.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import { aborted } from "../aborted.ts";
import { findFreePort } from "../free-port.ts";
import { GatewayProcess } from "../gateway-process.ts";
import type { IngestCounts } from "../ingest-answer.ts";
import { type Progress, startProgress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../wrangler-dev.ts";
import { differentValue, firstDifference } from "./first-difference.ts";
import { SCORED } from "./step-columns.ts";
import { type TracedSymbol, tracedReplay } from "./traced-replay.ts";
import { scoreSteps, trainerSteps } from "./trainer-steps.ts";

/** How much was compared, and the first difference if there was one. */
export interface ParityResult {
  ticks: number;
  duplicate: number;
  symbols: number;
  /** Closed steps: a row of each kind, a flag set, a threshold and a label column each. */
  rows: number;
  thresholds: number;
  labels: number;
  scores: number;
  difference: string | undefined;
}

/**
 * Replays `ticks` through a gateway of its own, in temporary state, and compares. Leaves no process and no folder behind,
 * also when `stop` is aborted: then it throws the signal's reason.
 */
export async function runParity(
  ticks: readonly Tick[],
  note: (line: string) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<ParityResult> {
  const state = await mkdtemp(join(tmpdir(), "volgate-parity-"));
  const progress = startProgress("replaying", ticks.length);
  let gateway: GatewayProcess | undefined;
  try {
    const port = await findFreePort(18_787, 200);
    if (port === undefined) throw new UsageError("no free port from 18787 on");
    gateway = new GatewayProcess({
      command: [...wranglerDevCommand(state), "--port", String(port)],
      cwd: ROOT,
      env: wranglerDevEnvironment(),
      onLine: (line) => note(`  ${line}`),
    });
    const interrupted = aborted(stop).then((): never => {
      throw stop.reason;
    });
    const compared = replayed(gateway, `http://127.0.0.1:${port}`, ticks, progress).then((t) => compare(ticks, t));
    return await Promise.race([compared, interrupted]);
  } finally {
    progress.stop();
    await gateway?.stop();
    await rm(state, { recursive: true, force: true });
  }
}

async function replayed(gateway: GatewayProcess, baseUrl: string, ticks: readonly Tick[], progress: Progress) {
  await gateway.answering(`${baseUrl}/health`, 120_000, new AbortController().signal);
  return await tracedReplay(baseUrl, ticks, (done) => progress.update(done));
}

async function compare(ticks: readonly Tick[], traced: ReadonlyMap<string, TracedSymbol>): Promise<ParityResult> {
  const symbols = [...new Set(ticks.map(({ symbol }) => symbol))].sort();
  const result: ParityResult = {
    ticks: ticks.length,
    duplicate: 0,
    symbols: symbols.length,
    rows: 0,
    thresholds: 0,
    labels: 0,
    scores: 0,
    difference: undefined,
  };
  for (const symbol of symbols) {
    const gateway = traced.get(symbol);
    if (gateway === undefined) return { ...result, difference: `${symbol}: the gateway knows nothing of it` };
    result.duplicate += gateway.counts.duplicate;
    const difference = await compareSymbol(
      ticks.filter((tick) => tick.symbol === symbol),
      gateway,
      result,
    );
    if (difference !== undefined) return { ...result, difference: `${symbol}: ${difference}` };
  }
  return result;
}

async function compareSymbol(
  ticks: readonly Tick[],
  { steps: gateway, counts }: TracedSymbol,
  result: ParityResult,
): Promise<string | undefined> {
  const trainer = trainerSteps(ticks, DEFAULT_ENGINE_CONFIG);
  const difference = firstDifference(gateway, trainer) ?? differentCounts(counts, trainer.totals);
  if (difference !== undefined) return difference;
  result.rows += trainer.count;
  result.thresholds += trainer.columns.tau.filter((tau) => !Number.isNaN(tau)).length;
  result.labels += trainer.columns.label.filter((label) => label >= 0).length;
  for (const alias of SCORED) {
    const artifact = await readBundled(gateway.artifacts[alias]);
    const own = await scoreSteps(trainer.closed, artifact.manifest, artifact.onnx);
    const found = differentValue(gateway.scores[alias], own);
    if (found !== undefined) {
      return `${alias} at step ${trainer.columns.index[found.at]}: gateway ${found.left}, ONNX in Node ${found.right}`;
    }
    result.scores += own.filter((p) => !Number.isNaN(p)).length;
  }
  return undefined;
}

/** The gateway rejects outliers; with ticks that parse, it has no other reason here. */
function differentCounts(gateway: IngestCounts, trainer: GridCounts): string | undefined {
  const pairs = [
    ["accepted", gateway.accepted, trainer.accepted],
    ["duplicate", gateway.duplicate, trainer.duplicate],
    ["late", gateway.late, trainer.late],
    ["outlier", gateway.rejected, trainer.outlier],
  ] as const;
  const found = pairs.find(([, online, offline]) => online !== offline);
  return found && `${found[0]} ticks: gateway ${found[1]}, trainer ${found[2]}`;
}

/** The published files behind a SHA-256: a fresh gateway serves the bundled ones. */
async function readBundled(sha256: string) {
  for (const name of ["logistic", "zscore", "persistence", "threshold-only"]) {
    const base = join(ROOT, "src", "model", "bundled", name);
    const manifest = parseManifest(JSON.parse(await readFile(`${base}.json`, "utf8")));
    if (manifest.onnxSha256 === sha256) return { manifest, onnx: new Uint8Array(await readFile(`${base}.onnx`)) };
  }
  throw new Error(`the gateway scored with ${sha256}, which is no bundled artifact`);
}
