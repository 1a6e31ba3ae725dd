// Sends ticks through a running gateway and collects what it computed for every closed step (`X-Volgate-Trace: steps`).
import type { Tick } from "../../src/features/tick.ts";
import { ROW_NAMES, type RowName } from "../../src/features/schema.ts";
import type { IngestCounts } from "../../src/http/ingest-schema.ts";
import { addCounts, type CountTotals, noCounts } from "../../gateway-client/ingest-counts.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";
import {
  SCORED,
  STEP_COLUMNS,
  type ScoredAlias,
  type StepColumn,
  type StepValues,
  type TracedSteps,
} from "./step-columns.ts";

const BATCH_TICKS = 500;

/** The result of one symbol's replay. */
export interface TracedSymbol {
  readonly counts: Readonly<CountTotals>;
  readonly steps: TracedSteps;
  /** Those of the further grids, by name. */
  readonly grids: ReadonlyMap<string, TracedSteps>;
}

/**
 * Replays ticks, in the order given, in batches of 500 over all symbols.
 * @throws Error when the gateway answers anything but 200, or changes an artifact during the replay.
 */
export async function tracedReplay(
  baseUrl: string,
  ticks: readonly Tick[],
  onProgress: (done: number) => void,
): Promise<Map<string, TracedSymbol>> {
  const collectors = new Map<string, SymbolCollector>();
  for (let from = 0; from < ticks.length; from += BATCH_TICKS) {
    const batch = ticks.slice(from, from + BATCH_TICKS);
    const response = await fetch(`${baseUrl}/ingest`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Volgate-Trace": "steps" },
      body: JSON.stringify(batch.map(tickJson)),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`POST /ingest: got ${response.status} ${text.slice(0, 300)}`);
    const { symbols } = JSON.parse(text) as { symbols: Record<string, TracedAnswer> };
    for (const [symbol, answer] of Object.entries(symbols)) {
      let collector = collectors.get(symbol);
      if (collector === undefined) collectors.set(symbol, (collector = new SymbolCollector()));
      collector.add(answer);
    }
    onProgress(Math.min(ticks.length, from + BATCH_TICKS));
  }
  return new Map([...collectors].map(([symbol, collector]) => [symbol, collector.finish()]));
}

type TracedAnswer = IngestCounts & {
  readonly trace?: readonly WireTrace[];
  readonly grid_traces?: Readonly<Record<string, readonly WireTrace[]>>;
};

/** One part of the trace as JSON: base64 of little-endian typed arrays. */
interface WireTrace {
  readonly count: number;
  readonly index: string;
  readonly flags: string;
  readonly rows: Readonly<Record<RowName, string>>;
  readonly tau: string;
  readonly label: string;
  readonly horizonVolatility: string;
  readonly scores: Readonly<Record<ScoredAlias, WireScores>>;
}

interface WireScores {
  readonly sha256: string | null;
  /** As answered, and the model's own. */
  readonly values: string;
  readonly raw: string;
  /** `null` for a model without that output. */
  readonly sigmas: string | null;
  /** `null` where none are learnt. */
  readonly sigmaQuantiles: string | null;
  /** `null` where none follows. */
  readonly thresholds: string | null;
}

class SymbolCollector {
  private readonly counts = noCounts();
  private readonly own = new TraceCollector();
  private readonly grids = new Map<string, TraceCollector>();

  add(answer: TracedAnswer): void {
    addCounts(this.counts, answer);
    this.own.add(answer.trace ?? []);
    for (const [name, traces] of Object.entries(answer.grid_traces ?? {})) {
      const grid = this.grids.get(name) ?? new TraceCollector();
      this.grids.set(name, grid);
      grid.add(traces);
    }
  }

  finish(): TracedSymbol {
    const grids = new Map([...this.grids].map(([name, grid]) => [name, grid.finish()]));
    return { counts: this.counts, steps: this.own.finish(), grids };
  }
}

/** The steps of one grid. */
class TraceCollector {
  private readonly columns = new Map<StepColumn, Buffer[]>(STEP_COLUMNS.map(({ name }) => [name, []]));
  private readonly served = new Map<ScoredAlias, Buffer[]>(SCORED.map((alias) => [alias, []]));
  private readonly scores = new Map<ScoredAlias, Buffer[]>(SCORED.map((alias) => [alias, []]));
  private readonly sigmas = new Map<ScoredAlias, Buffer[]>(SCORED.map((alias) => [alias, []]));
  private readonly sigmaQuantiles = new Map<ScoredAlias, Buffer[]>(SCORED.map((alias) => [alias, []]));
  private readonly thresholds = new Map<ScoredAlias, Buffer[]>(SCORED.map((alias) => [alias, []]));
  private readonly artifacts = new Map<ScoredAlias, string | null>();
  private count = 0;

  add(traces: readonly WireTrace[]): void {
    for (const part of traces) this.addPart(part);
  }

  finish(): TracedSteps {
    const columns = STEP_COLUMNS.map(({ name, bytes }) => [name, typed(name, bytes, this.columns.get(name)!)] as const);
    const scores = SCORED.map((alias) => {
      const probabilities = new Float32Array(joined(this.scores.get(alias)!));
      const sigmaRatios = floatsOf(this.sigmas.get(alias)!);
      const sigmaQuantiles = floatsOf(this.sigmaQuantiles.get(alias)!);
      const followed = this.thresholds.get(alias)!;
      const thresholds = followed.length === 0 ? undefined : new Float64Array(joined(followed));
      return [alias, { probabilities, sigmaRatios, sigmaQuantiles, thresholds }] as const;
    });
    const served = SCORED.map((alias) => [alias, new Float32Array(joined(this.served.get(alias)!))] as const);
    return {
      count: this.count,
      columns: Object.fromEntries(columns) as Record<StepColumn, StepValues>,
      scores: Object.fromEntries(scores) as TracedSteps["scores"],
      served: Object.fromEntries(served) as TracedSteps["served"],
      artifacts: Object.fromEntries(this.artifacts) as TracedSteps["artifacts"],
    };
  }

  private addPart(trace: WireTrace): void {
    this.count += trace.count;
    for (const [name, buffers] of this.columns) {
      const text = isRow(name) ? trace.rows[name] : trace[name];
      buffers.push(Buffer.from(text, "base64"));
    }
    for (const [alias, buffers] of this.scores) {
      const { sha256, values, raw, sigmas, sigmaQuantiles, thresholds } = trace.scores[alias];
      const before = this.artifacts.get(alias);
      if (before !== undefined && before !== sha256) throw new Error(`${alias}: artifact ${sha256} after ${before}`);
      this.artifacts.set(alias, sha256);
      buffers.push(Buffer.from(raw, "base64"));
      this.served.get(alias)!.push(Buffer.from(values, "base64"));
      if (sigmas !== null) this.sigmas.get(alias)!.push(Buffer.from(sigmas, "base64"));
      if (sigmaQuantiles !== null) this.sigmaQuantiles.get(alias)!.push(Buffer.from(sigmaQuantiles, "base64"));
      if (thresholds !== null) this.thresholds.get(alias)!.push(Buffer.from(thresholds, "base64"));
    }
  }
}

function isRow(name: StepColumn): name is RowName {
  const rows: readonly string[] = ROW_NAMES;
  return rows.includes(name);
}

function typed(name: StepColumn, bytes: 1 | 4 | 8, buffers: readonly Buffer[]): StepValues {
  const data = joined(buffers);
  if (bytes === 8) return new Float64Array(data);
  if (bytes === 4) return new Float32Array(data);
  return name === "label" ? new Int8Array(data) : new Uint8Array(data);
}

/** `undefined` without any part. */
function floatsOf(buffers: readonly Buffer[]): Float32Array | undefined {
  return buffers.length === 0 ? undefined : new Float32Array(joined(buffers));
}

/** One buffer of its own, aligned at 0. */
function joined(buffers: readonly Buffer[]): ArrayBuffer {
  const length = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const all = new Uint8Array(new ArrayBuffer(length));
  let at = 0;
  for (const buffer of buffers) {
    all.set(buffer, at);
    at += buffer.byteLength;
  }
  return all.buffer;
}
