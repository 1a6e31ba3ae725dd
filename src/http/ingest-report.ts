// What became of every tick of a request: totals, per symbol, and the refused ones one by one.
import type { AdmissionRefusal } from "../clients/directory.ts";
import type { BatchAnswer } from "../durable/symbol/pipeline.ts";
import type { AnswerOf } from "./contract.ts";
import type { IngestCounts, ingestContract, TickError } from "./ingest-schema.ts";
import { IgnoredFields } from "../features/tick-fields.ts";
import type { RejectionReason, TickRejection } from "../features/tick.ts";
import { rejectedTicks } from "../scrape/isolate-metrics.ts";

/** At most this many refused ticks are described one by one. */
const MAX_ERRORS = 100;
/** At most this many symbols that failed are named in a sentence. */
const MAX_NAMES = 10;

/** What an answer says of a tick that the next one did not agree with. */
const OUTLIER = {
  time: { reason: "ts_outlier", field: "ts", expected: "a time that the next tick agrees with" },
  price: { reason: "price_outlier", field: "price", expected: "a price that the next tick agrees with" },
} as const;

/** Why one tick was refused. */
export type Refusal = Omit<TickRejection, "reason"> & { readonly reason: RejectionReason | AdmissionRefusal };

const noCounts = (): IngestCounts => ({ accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0 });

type SymbolCounts = IngestCounts & { steps_closed: number; trace?: BatchAnswer["trace"] };

/** Collects results in any order; `answer` is the body of `POST /ingest`. */
export class IngestReport {
  /** Fields of the ticks that were not read. */
  readonly ignored = new IgnoredFields();
  private readonly failed: string[] = [];
  private readonly backlogged: string[] = [];
  private readonly symbols = new Map<string, SymbolCounts>();
  private readonly errors: TickError[] = [];
  private readonly totals = noCounts();
  private answered = 0;

  /** @param symbol `undefined` when the tick names none. */
  refuse(index: number, symbol: string | undefined, refusal: Refusal): void {
    this.totals.rejected += 1;
    if (symbol !== undefined) this.countsOf(symbol).rejected += 1;
    rejectedTicks.inc({ reason: refusal.reason });
    if (this.errors.length < MAX_ERRORS) this.errors.push({ index, ...(symbol ? { symbol } : {}), ...refusal });
  }

  /** @param indices place of each of the batch's rows in the request. */
  add(symbol: string, indices: readonly number[], result: BatchAnswer): void {
    const counts = this.countsOf(symbol);
    const outliers = { time: result.outlier + result.givenUp, price: result.priceOutlier + result.priceGivenUp };
    for (const sum of [counts, this.totals]) {
      sum.accepted += result.accepted;
      sum.duplicate += result.duplicate;
      sum.late += result.late;
      sum.held += result.held;
      sum.released += result.released;
      sum.rejected += outliers.time + outliers.price;
    }
    counts.steps_closed = result.stepsClosed;
    if (result.trace !== undefined) counts.trace = result.trace;
    this.answered += 1;
    for (const of of ["time", "price"] as const) {
      if (outliers[of] > 0) rejectedTicks.inc({ reason: OUTLIER[of].reason }, outliers[of]);
    }
    for (const { row, of } of result.outlierRows.slice(0, MAX_ERRORS - this.errors.length)) {
      this.errors.push({ index: indices[row]!, symbol, ...OUTLIER[of] });
    }
  }

  fail(symbol: string): void {
    this.failed.push(symbol);
  }

  /** Nothing of the symbol's batch was taken, because too much of it waits for the archive. */
  holdBack(symbol: string): void {
    this.backlogged.push(symbol);
  }

  /** The symbols whose batch was not acknowledged, in words; `undefined` when there are none. */
  get failure(): string | undefined {
    return inWords(this.failed);
  }

  /** Those that wait for the archive, likewise. */
  get backlog(): string | undefined {
    return inWords(this.backlogged);
  }

  /** Whether there were ticks and none of them reached a symbol. */
  get allRefused(): boolean {
    return this.totals.rejected > 0 && this.answered === 0;
  }

  answer(): AnswerOf<typeof ingestContract> {
    const { totals, symbols, errors } = this;
    const omitted = Math.max(0, totals.rejected - errors.length);
    const { names } = this.ignored;
    const ignored = names.length > 0 ? { ignored: names } : {};
    return { ...totals, symbols: Object.fromEntries(symbols), errors, errors_omitted: omitted, ...ignored };
  }

  private countsOf(symbol: string): SymbolCounts {
    let counts = this.symbols.get(symbol);
    if (counts === undefined) this.symbols.set(symbol, (counts = { ...noCounts(), steps_closed: 0 }));
    return counts;
  }
}

function inWords(symbols: readonly string[]): string | undefined {
  if (symbols.length === 0) return undefined;
  const more = symbols.length > MAX_NAMES ? ` and ${symbols.length - MAX_NAMES} more` : "";
  return symbols.slice(0, MAX_NAMES).join(", ") + more;
}
