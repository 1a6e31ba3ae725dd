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
  const gathered = new Map<string, Gathered>();
  const noHash = facts.producer === null ? undefined : NO_CONTENT;
  let first = 0;
  for (const section of sections) {
    const { key, packed } = packAs(section, facts, receipt);
    for (const { place, rejection } of packed.refused) report.refuse(first + place, key, rejection);
    if (key !== undefined && packed.rows.length > 0) {
      let batch = gathered.get(key);
      if (batch === undefined) gathered.set(key, (batch = { parts: [], indices: [], contentHash: noHash }));
      gather(batch, packed, section, first);
    }
    first += section.count;
  }
  return new Map([...gathered].map(([key, batch]) => [key, batchOf(batch)]));
}

/** The sections of one symbol: usually one. Joined once, since a frame may have thousands. */
interface Gathered {
  readonly parts: Float64Array[];
  readonly indices: number[];
  /** Only of a numbered frame. */
  contentHash: number | undefined;
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

function gather(batch: Gathered, { rows, places }: Packed, section: TickSection, first: number): void {
  const kept = places?.length ?? section.count;
  batch.parts.push(rows);
  for (let row = 0; row < kept; row++) batch.indices.push(first + (places?.[row] ?? row));
  if (batch.contentHash !== undefined) batch.contentHash = hashWithColumns(batch.contentHash, section.columns);
}

function batchOf({ parts, indices, contentHash }: Gathered): FrameBatch {
  if (parts.length === 1) return { rows: parts[0]!, indices, receiptTimed: 0, contentHash };
  const rows = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    rows.set(part, at);
    at += part.length;
  }
  return { rows, indices, receiptTimed: 0, contentHash };
}
