// The ticks of a frame by symbol; what is refused goes into the report.
import { splitKey, symbolKey } from "../features/symbol-name.ts";
import type { TickRules } from "../features/tick.ts";
import { hashWithColumns, NO_CONTENT } from "../http/content-hash.ts";
import type { IngestReport, Refusal } from "../http/ingest-report.ts";
import { Problem } from "../http/problem.ts";
import { symbolRefusal, venueRefusal } from "../http/posted-ticks.ts";
import { SymbolBatches } from "../http/symbol-batches.ts";
import { packSection, type PackedSection } from "../markets/pack-section.ts";
import type { TickFrame, TickSection } from "../markets/tick-frame.ts";
import type { FrameRefusal } from "./frame-codes.ts";
import { type TextFrame, tooManyTicks } from "./read-frame.ts";

/** One symbol's ticks of a frame. */
export interface FrameBatch {
  readonly rows: Float64Array;
  /** Place of each row's tick in the frame. */
  readonly indices: readonly number[];
  /** How many of the ticks were given the time of their receipt. */
  readonly receiptTimed: number;
  readonly contentHash?: number | undefined;
}

/** What holds for all frames of a socket. */
export interface FrameFacts {
  /** The key of the only symbol; `null` where ticks name theirs. */
  readonly symbol: string | null;
  /** The venue of ticks that name none. */
  readonly venue: string | null;
  /** `null` for a sender without a name: a frame that is sent again is applied again. */
  readonly producer: string | null;
}

interface Receipt {
  readonly receivedMs: number;
  readonly rules: TickRules;
}

/** The batches of a frame by the key of the symbol, or why it is refused. */
export function frameBatches(
  frame: TextFrame | TickFrame,
  facts: FrameFacts,
  receipt: Receipt,
  report: IngestReport,
): ReadonlyMap<string, FrameBatch> | FrameRefusal {
  if ("sections" in frame) return packedBatches(frame, facts, receipt, report);
  const { symbol: only, venue, producer } = facts;
  const { rules, receivedMs } = receipt;
  const options = { format: "auto", venue: venue ?? undefined, only, rules, isNumbered: producer !== null } as const;
  try {
    const sorted = new SymbolBatches(options, report).addAll(frame.ticks, receivedMs);
    return new Map([...sorted].map(([symbol, { ticks, ...batch }]) => [symbol, { ...batch, rows: ticks.rows() }]));
  } catch (error) {
    // A message may have several ticks.
    if (error instanceof Problem && error.code === "too_many_ticks") return tooManyTicks(frame.seq);
    throw error;
  }
}

function packedBatches(
  { sections }: TickFrame,
  facts: FrameFacts,
  receipt: Receipt,
  report: IngestReport,
): ReadonlyMap<string, FrameBatch> {
  const batches = new Map<string, FrameBatch>();
  let first = 0;
  for (const section of sections) {
    const { key, packed } = packAs(section, facts, receipt);
    for (const { place, rejection } of packed.refused) report.refuse(first + place, key, rejection);
    if (key !== undefined && packed.rows.length > 0) {
      batches.set(key, batchAfter(batches.get(key), packed, { section, first, isNumbered: facts.producer !== null }));
    }
    first += section.count;
  }
  return batches;
}

/** As `PackedSection`, refused by the socket too. */
interface Packed extends Omit<PackedSection, "refused"> {
  readonly refused: readonly { readonly place: number; readonly rejection: Refusal }[];
}

/** A section's ticks under the names that it or the socket gives. */
function packAs(
  section: TickSection,
  facts: FrameFacts,
  { receivedMs, rules }: Receipt,
): { readonly key: string | undefined; readonly packed: Packed } {
  const own = facts.symbol === null ? undefined : splitKey(facts.symbol);
  const symbol = section.name === "" && own !== undefined ? own.symbol : section.name;
  const venue = section.venue === "" ? (facts.venue ?? "") : section.venue;
  const key = symbolKey(symbol, venue);
  const rejection =
    venueRefusal({ venue: section.venue }, facts.venue ?? undefined) ??
    (key === undefined ? undefined : symbolRefusal(key, facts.symbol));
  if (rejection !== undefined) {
    const refused = Array.from({ length: section.count }, (_, place) => ({ place, rejection }));
    return { key: facts.symbol ?? key, packed: { rows: new Float64Array(0), places: [], refused } };
  }
  return { key, packed: packSection(section, { symbol, venue, receivedMs, rules }) };
}

/** The batch of a symbol after one more section: usually its first. */
function batchAfter(
  before: FrameBatch | undefined,
  { rows, places }: Packed,
  sent: { readonly section: TickSection; readonly first: number; readonly isNumbered: boolean },
): FrameBatch {
  const { section, first, isNumbered } = sent;
  const indices: number[] = [];
  const kept = places?.length ?? section.count;
  for (let row = 0; row < kept; row++) indices.push(first + (places?.[row] ?? row));
  const contentHash = isNumbered ? hashWithColumns(before?.contentHash ?? NO_CONTENT, section.columns) : undefined;
  if (before === undefined) return { rows, indices, receiptTimed: 0, contentHash };
  const joined = new Float64Array(before.rows.length + rows.length);
  joined.set(before.rows);
  joined.set(rows, before.rows.length);
  return { rows: joined, indices: [...before.indices, ...indices], receiptTimed: 0, contentHash };
}
