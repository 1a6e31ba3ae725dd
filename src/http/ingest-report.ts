// What became of every tick of a request: totals, per symbol, and the refused ones one by one.
import type { Delivery, Way } from "../clients/delivery.ts";
import type { AdmissionRefusal } from "../clients/directory.ts";
import type { BatchAnswer } from "../durable/symbol/pipeline.ts";
import type { AnswerOf } from "./contract.ts";
import type { IngestCounts, ingestContract, IngestWarning, SymbolAnswer, TickError } from "./ingest-schema.ts";
import { Problem } from "./problem.ts";
import { SYMBOL_FAILURE_CODES, SYMBOL_FAILURES, type SymbolFailureCode } from "./symbol-failures.ts";
import { IgnoredFields, readTickFields } from "../features/tick-fields.ts";
import type { RejectionReason, TickRejection } from "../features/tick.ts";
import { ingestTicks, rejectedTicks } from "../counting/isolate-counters.ts";

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
export type Refusal = Omit<TickRejection, "reason"> & {
  readonly reason: RejectionReason | AdmissionRefusal | FormatRefusal;
};

/** Why a message is not read. */
type FormatRefusal = "not_of_format" | "ambiguous_format";

const ADMITTED: Readonly<Record<AdmissionRefusal, string>> = {
  symbol_limit: "no more symbols than MAX_SYMBOLS",
  symbol_not_allowed: "a symbol of ALLOWED_SYMBOLS",
};

const noCounts = (): IngestCounts => ({ accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0 });

type SymbolCounts = IngestCounts &
  Pick<SymbolAnswer, "failed" | "warnings"> & {
    steps_closed: number;
    trace?: BatchAnswer["trace"];
    grid_traces?: BatchAnswer["gridTraces"];
  };

/** What the report says of a batch beside its result. */
interface SentBatch {
  readonly indices: readonly number[];
  readonly receiptTimed: number;
}

/** Collects results in any order; `answer` is the body of `POST /ingest`. */
export class IngestReport {
  /** Fields of the ticks that were not read. */
  readonly ignored = new IgnoredFields();
  /** The names of the symbols as they were sent, by key. */
  private readonly names = new Map<string, string>();
  private readonly failures = new Map<string, SymbolFailureCode>();
  private readonly symbols = new Map<string, SymbolCounts>();
  private readonly errors: TickError[] = [];
  private readonly totals = noCounts();
  private readonly way: Way;
  private answered = 0;
  private skipped = 0;

  /** @param way how the ticks came. */
  constructor(way: Way = "http") {
    this.way = way;
  }

  /** Notes how the first message of a symbol spells it: the answer names it so. */
  nameAs(symbol: string, message: object): void {
    if (!this.names.has(symbol)) this.names.set(symbol, nameIn(message, symbol));
  }

  /** A message that has no tick. */
  skip(): void {
    this.skipped += 1;
  }

  /** Counts and lists a tick that could not be read. @param symbol `undefined` when the tick names none. */
  refuse(index: number, symbol: string | undefined, refusal: Refusal): void {
    const { way } = this;
    ingestTicks.inc({ way, outcome: "rejected" });
    rejectedTicks.inc({ way, reason: refusal.reason });
    this.list(index, symbol, refusal);
  }

  /** Lists a tick that was refused, and counted by who refused it. */
  list(index: number, symbol: string | undefined, refusal: Refusal): void {
    this.totals.rejected += 1;
    if (symbol !== undefined) this.countsOf(symbol).rejected += 1;
    if (this.errors.length < MAX_ERRORS) {
      this.errors.push({ index, ...(symbol ? { symbol: this.nameOf(symbol) } : {}), ...refusal });
    }
  }

  /** What became of a symbol's batch. */
  addDelivery(symbol: string, batch: SentBatch, delivery: Delivery): void {
    if (delivery.kind === "taken") this.add(symbol, batch, delivery.answer);
    else if (delivery.kind === "failed") this.fail(symbol, delivery.code, batch.indices.length);
    else {
      const { reason } = delivery;
      for (const index of batch.indices) {
        this.list(index, symbol, { reason, field: "symbol", got: symbol, expected: ADMITTED[reason] });
      }
    }
  }

  /** @param batch what was sent: the place of each row in the request, and how many have the time of their receipt. */
  add(symbol: string, { indices, receiptTimed: timed }: SentBatch, result: BatchAnswer): void {
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
    if (result.gridTraces !== undefined) counts.grid_traces = result.gridTraces;
    const late = result.late > 0 ? [lateWarning(result.late, indices.length)] : [];
    const warnings = timed > 0 ? [...late, receiveTimeWarning(timed, indices.length)] : late;
    if (warnings.length > 0) counts.warnings = warnings;
    this.answered += 1;
    for (const { row, of } of result.outlierRows.slice(0, MAX_ERRORS - this.errors.length)) {
      this.errors.push({ index: indices[row]!, symbol: this.nameOf(symbol), ...OUTLIER[of] });
    }
  }

  /** None of the symbol's `ticks` was taken. */
  fail(symbol: string, code: SymbolFailureCode, ticks: number): void {
    const { meaning, retryAfterS } = SYMBOL_FAILURES[code];
    this.failures.set(symbol, code);
    this.countsOf(symbol).failed = { code, detail: `not taken: ${meaning}`, ticks, retry_after_s: retryAfterS };
  }

  /** Why symbols took nothing, by their key. */
  get failed(): ReadonlyMap<string, SymbolFailureCode> {
    return this.failures;
  }

  /** 207 when some symbols took their ticks and others did not. */
  get status(): 200 | 207 {
    return this.failures.size > 0 ? 207 : 200;
  }

  /** Why no symbol took anything; `undefined` when one did, or when there was no tick. */
  problem(): Problem | undefined {
    if (this.answered > 0) return undefined;
    const found = new Set(this.failures.values());
    const gravest = SYMBOL_FAILURE_CODES.find((code) => found.has(code));
    const extra = this.answer();
    if (gravest === undefined) {
      if (this.totals.rejected === 0) return undefined;
      return new Problem("no_valid_tick", "every tick was refused: see errors", { extra });
    }
    const { meaning, retryAfterS } = SYMBOL_FAILURES[gravest];
    const failed = [...this.failures.keys()].map((symbol) => this.nameOf(symbol));
    const detail = `${inWords(failed)}: not taken: ${meaning}`;
    const code = gravest === "symbol_failed" || gravest === "symbol_timeout" ? "partly_failed" : gravest;
    return new Problem(code, detail, {
      extra,
      headers: retryAfterS === null ? {} : { "Retry-After": `${retryAfterS}` },
    });
  }

  answer(): AnswerOf<typeof ingestContract> {
    const { totals, errors } = this;
    const omitted = Math.max(0, totals.rejected - errors.length);
    const { names } = this.ignored;
    const skipped = this.skipped > 0 ? { skipped: this.skipped } : {};
    const ignored = names.length > 0 ? { ignored: names } : {};
    return { ...totals, symbols: this.bySentName(), errors, errors_omitted: omitted, ...skipped, ...ignored };
  }

  private nameOf(symbol: string): string {
    return this.names.get(symbol) ?? symbol;
  }

  private bySentName(): Record<string, SymbolCounts> {
    return Object.fromEntries([...this.symbols].map(([symbol, counts]) => [this.nameOf(symbol), counts]));
  }

  private countsOf(symbol: string): SymbolCounts {
    let counts = this.symbols.get(symbol);
    if (counts === undefined) this.symbols.set(symbol, (counts = { ...noCounts(), steps_closed: 0 }));
    return counts;
  }
}

/** A symbol as a message spells it; a venue that is a field of its own is put behind an `@`, as in the key. */
function nameIn(message: object, key: string): string {
  const { symbol, venue } = readTickFields(message as Readonly<Record<string, unknown>>);
  if (typeof symbol !== "string") return key;
  return typeof venue === "string" && venue !== "" && !symbol.includes("@") ? `${symbol}@${venue}` : symbol;
}

function lateWarning(late: number, ticks: number): IngestWarning {
  const detail =
    `${late} of ${ticks} ticks are older than the open step and were not applied; requests that are sent at once can ` +
    "overtake each other: send those of one symbol one after the other";
  return { code: "late_ticks", detail };
}

function receiveTimeWarning(timed: number, ticks: number): IngestWarning {
  const detail =
    `${timed} of ${ticks} ticks have no time in their messages and were given that of their receipt: sent again ` +
    "without a producer's number they are new ticks";
  return { code: "receive_time", detail };
}

function inWords(symbols: readonly string[]): string {
  const more = symbols.length > MAX_NAMES ? ` and ${symbols.length - MAX_NAMES} more` : "";
  return symbols.slice(0, MAX_NAMES).join(", ") + more;
}
