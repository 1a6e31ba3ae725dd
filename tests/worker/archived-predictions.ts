// What a symbol answered, from the traces of its batches, and what its archive of predictions says of the same steps.
import { runInDurableObject } from "cloudflare:test";
import { parquetReadObjects } from "hyparquet";
import { FLAG } from "../../src/features/closed-steps.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { archiveFolder } from "../../src/features/archive-key.ts";
import { BUCKET, bytesOf } from "./archive-desk.ts";
import { ingest, stubOf } from "./gateway.ts";
import type { Message } from "./market.ts";

const TRACE = { "X-Volgate-Trace": "steps" };
const STEP_MS = 1000;
const HORIZON_STEPS = 60;

/** A row of the archive, or what it should be; numbers with all their bits. */
export interface PredictionFacts {
  readonly prediction_id: string;
  readonly ts: number;
  readonly score: number;
  readonly tau: number;
  readonly sigma: number | null;
  readonly sigma_q10: number | null;
  readonly sigma_q50: number | null;
  readonly sigma_q90: number | null;
  readonly label: string | null;
  readonly resolved_ts: number | null;
  readonly counted: boolean;
  readonly stale: boolean;
  readonly model_sha256: string;
}

interface TracedStep {
  readonly flags: number;
  readonly score: number;
  readonly tau: number;
  /** Expected volatility and its quantiles, as fractions. */
  readonly sigmas: readonly (number | null)[];
  readonly label: number;
  readonly sha256: string;
}

/** The answers of a symbol, batch by batch. */
export class ServedSteps {
  readonly symbol: string;
  private readonly steps = new Map<number, TracedStep>();

  constructor(symbol: string) {
    this.symbol = symbol;
  }

  /** Sends a batch and notes the trace of its answer. */
  async send(messages: readonly Message[]): Promise<void> {
    const { status, body } = await ingest(messages, TRACE);
    if (status !== 200) throw new Error(JSON.stringify(body));
    for (const trace of body.symbols[this.symbol].trace ?? []) {
      const { champion } = trace.scores;
      const index = new Float64Array(bytesOfText(trace.index));
      const flags = new Uint8Array(bytesOfText(trace.flags));
      const tau = new Float64Array(bytesOfText(trace.tau));
      const label = new Int8Array(bytesOfText(trace.label));
      const scores = new Float32Array(bytesOfText(champion.values));
      const ratios = new Float32Array(bytesOfText(champion.sigmas));
      const quantiles = new Float32Array(bytesOfText(champion.sigmaQuantiles));
      index.forEach((step, k) => {
        const [f, t, l, s] = [flags[k]!, tau[k]!, label[k]!, scores[k]!];
        const sigmas = [ratios[k]!, ...quantiles.subarray(3 * k, 3 * k + 3)].map((ratio) =>
          Number.isNaN(ratio) ? null : ratio * t,
        );
        this.steps.set(step, { flags: f, tau: t, sigmas, label: l, score: s, sha256: champion.sha256 });
      });
    }
  }

  /**
   * The rows that the archive should have of the steps whose labels are settled by event time `untilMs`. A label comes
   * with the step one horizon later of the same segment.
   */
  rows(untilMs: number): PredictionFacts[] {
    const rows: PredictionFacts[] = [];
    for (const [index, { flags, score, tau, sigmas, sha256 }] of this.steps) {
      const settledBy = this.settledBy(index);
      if (Number.isNaN(score) || settledBy === undefined || (settledBy.step + 1) * STEP_MS > untilMs) continue;
      const { label } = settledBy;
      rows.push({
        prediction_id: `${this.symbol}:${index}:${sha256.slice(0, 12)}`,
        ts: (index + 1) * STEP_MS,
        score,
        tau,
        sigma: sigmas[0]!,
        sigma_q10: sigmas[1]!,
        sigma_q50: sigmas[2]!,
        sigma_q90: sigmas[3]!,
        label,
        resolved_ts: label === null ? null : (index + HORIZON_STEPS + 1) * STEP_MS,
        counted: (flags & (FLAG.observed | FLAG.stale)) === FLAG.observed,
        stale: (flags & FLAG.stale) !== 0,
        model_sha256: sha256,
      });
    }
    return rows.sort((a, b) => a.ts - b.ts);
  }

  private settledBy(index: number): { readonly step: number; readonly label: string | null } | undefined {
    for (let step = index + 1; step <= index + HORIZON_STEPS; step++) {
      const at = this.steps.get(step);
      if (at !== undefined && (at.flags & FLAG.segmentStart) !== 0) return { step, label: null };
      if (at === undefined) {
        const next = Math.min(...[...this.steps.keys()].filter((later) => later > step));
        return Number.isFinite(next) ? { step: next, label: null } : undefined;
      }
      if (step === index + HORIZON_STEPS) return { step, label: TEXTS.get(at.label) ?? null };
    }
    return undefined;
  }
}

const TEXTS: ReadonlyMap<number, string> = new Map([
  [LABEL.calm, "0"],
  [LABEL.spike, "1"],
  [LABEL.void, "void"],
]);

export async function predictionKeys(symbol: string): Promise<string[]> {
  const { objects } = await BUCKET.list({ prefix: archiveFolder("predictions", symbol) });
  return objects.map(({ key }) => key);
}

/** Every row of a symbol's archive of predictions, all columns, in the order of the objects. */
export async function archivedRows(symbol: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const key of await predictionKeys(symbol)) {
    for (const row of await parquetReadObjects({ file: await bytesOf(key) })) {
      const plain = Object.entries(row).map(([name, x]) => [name, typeof x === "bigint" ? Number(x) : (x ?? null)]);
      rows.push(Object.fromEntries(plain) as Record<string, unknown>);
    }
  }
  return rows;
}

/** The columns of a row that a trace says too. */
export function factsOf(row: Record<string, unknown>): PredictionFacts {
  const { prediction_id, ts, score, tau, sigma, sigma_q10, sigma_q50, sigma_q90, ...others } = row;
  const { label, resolved_ts, counted, stale, model_sha256 } = others;
  const answered = { prediction_id, ts, score, tau, sigma, sigma_q10, sigma_q50, sigma_q90 };
  return { ...answered, label, resolved_ts, counted, stale, model_sha256 } as PredictionFacts;
}

/** Event time at the end of the archived ticks, ms. */
export function archivedThroughMs(symbol: string): Promise<number> {
  return runInDurableObject(stubOf(symbol), ({ live }) => live!.engine.archive!.progress.watermarkMs ?? -Infinity);
}

/** Archives everything that waits, as before a removal. */
export async function flushArchive(symbol: string): Promise<void> {
  await runInDurableObject(stubOf(symbol), async ({ background }) => {
    await background.archive!.flush();
    await background.archive!.writeLast();
  });
}

function bytesOfText(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer;
}
