// The ticks of a request by symbol: each message is read, each tick parsed, and what is refused goes into the report.
import { PackedTicks } from "../features/packed-ticks.ts";
import { symbolKey } from "../features/symbol-name.ts";
import { readTickFields } from "../features/tick-fields.ts";
import { parseTick, type TickRules } from "../features/tick.ts";
import { lacksTime, withReceiveTime } from "../markets/message.ts";
import { hashWithMessage, NO_CONTENT } from "./content-hash.ts";
import type { IngestReport } from "./ingest-report.ts";
import { CapturedMessage, MAX_TICKS, NotJson, SENT_LINE, tooManyTicks } from "./parse-ticks.ts";
import { type PostedAs, postedTicks, symbolRefusal, venueRefusal, withVenue } from "./posted-ticks.ts";

export interface SymbolBatch {
  readonly ticks: PackedTicks;
  /** Place of each row's message in the request. */
  readonly indices: number[];
  /** How many of the ticks were given the time of their receipt. */
  receiptTimed: number;
  /** Of all messages that name the symbol, the refused ones too; only of a numbered request. */
  contentHash?: number | undefined;
}

interface BatchOptions extends PostedAs {
  readonly rules: TickRules;
  /** The key of the only symbol: that of ticks that name none, and others are refused; `null` for any. */
  readonly only?: string | null;
  /** Whether a batch that is sent again is to be recognized. */
  readonly isNumbered: boolean;
}

/** When a message was received: here, and by whoever captured it. */
interface Receipt {
  /** Place of the message in the request. */
  readonly index: number;
  readonly nowMs: number;
  readonly receivedMs: number;
}

export class SymbolBatches {
  private readonly options: BatchOptions;
  private readonly report: IngestReport;
  private readonly batches = new Map<string, SymbolBatch>();
  private readonly hashes = new Map<string, number>();
  private messages = 0;
  private ticks = 0;

  constructor(options: BatchOptions, report: IngestReport) {
    this.options = options;
    this.report = report;
  }

  /** The batches of a whole request. Throws `Problem` 413 for messages with more than 5,000 ticks. */
  addAll(messages: readonly unknown[], nowMs: number): ReadonlyMap<string, SymbolBatch> {
    this.messages = messages.length;
    messages.forEach((message, index) => {
      if (message instanceof NotJson) {
        const { got } = message;
        this.report.refuse(index, undefined, { reason: "not_json", field: "line", got, expected: "a JSON object" });
      } else if (message === SENT_LINE) this.report.skip();
      else if (message instanceof CapturedMessage) {
        this.addMessage(message.message, { index, nowMs, receivedMs: message.receivedMs });
      } else this.addMessage(message, { index, nowMs, receivedMs: nowMs });
    });
    for (const [symbol, batch] of this.batches) batch.contentHash = this.hashes.get(symbol);
    return this.batches;
  }

  private addMessage(message: unknown, receipt: Receipt): void {
    const found = postedTicks(message, this.options.format, this.options.only ?? undefined);
    if ("reason" in found) {
      this.report.refuse(receipt.index, undefined, found);
      return;
    }
    const { inputs, receivedMs = receipt.receivedMs } = found;
    if (inputs.length === 0) this.report.skip();
    this.ticks += inputs.length;
    if (this.ticks > MAX_TICKS) throw tooManyTicks();
    for (const input of inputs) this.addTick(input, { ...receipt, receivedMs });
  }

  private addTick(input: unknown, { index, nowMs, receivedMs }: Receipt): void {
    const { options, report } = this;
    const isTimed = lacksTime(input);
    const named = withVenue(isTimed ? withReceiveTime(input, receivedMs) : input, options.venue);
    const parsed = venueRefusal(input, options.venue) ?? parseTick(named, nowMs, options.rules, report.ignored);
    const tick = "reason" in parsed ? parsed : (symbolRefusal(parsed.symbol, options.only) ?? parsed);
    const symbol = "reason" in tick ? symbolNamedIn(named) : tick.symbol;
    if (symbol !== undefined) {
      report.nameAs(symbol, named as object);
      // As it was sent: when the same message is sent again, its time of receipt is another one.
      if (options.isNumbered) this.addToHash(symbol, input as object);
    }
    if ("reason" in tick) {
      report.refuse(index, symbol, tick);
      return;
    }
    const batch = this.batchOf(tick.symbol);
    if (isTimed) batch.receiptTimed += 1;
    batch.ticks.add(tick);
    batch.indices.push(index);
  }

  private addToHash(symbol: string, message: object): void {
    this.hashes.set(symbol, hashWithMessage(this.hashes.get(symbol) ?? NO_CONTENT, message));
  }

  private batchOf(symbol: string): SymbolBatch {
    let batch = this.batches.get(symbol);
    if (batch === undefined) {
      // Room for everything at the first symbol and ever less: many symbols must not each reserve a whole request.
      batch = {
        ticks: new PackedTicks(Math.ceil(this.messages / (this.batches.size + 1))),
        indices: [],
        receiptTimed: 0,
      };
      this.batches.set(symbol, batch);
    }
    return batch;
  }
}

/** The symbol that a refused tick names, if it names one. */
function symbolNamedIn(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const { symbol, venue } = readTickFields(input as Readonly<Record<string, unknown>>);
  return symbolKey(symbol, venue);
}
