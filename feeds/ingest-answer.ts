// The gateway's answer to a batch, parsed once where it comes in.

/**
 * What became of ticks. One that is `held` is counted again when a later batch decides it: as `released` or `rejected`.
 */
export interface IngestCounts {
  accepted: number;
  duplicate: number;
  late: number;
  held: number;
  released: number;
  rejected: number;
}

/** One refused tick: its index in the batch and what was wrong. */
export interface IngestError {
  readonly index: number;
  readonly symbol: string;
  readonly reason: string;
  readonly field: string;
  readonly got: string;
  readonly expected: string;
}

export interface IngestAnswer extends Readonly<IngestCounts> {
  readonly symbols: ReadonlyMap<string, Readonly<IngestCounts> & { readonly stepsClosed: number }>;
  readonly errors: readonly IngestError[];
  /** Refused ticks beyond those listed. */
  readonly errorsOmitted: number;
}

export const INGEST_COUNTS = ["accepted", "duplicate", "late", "held", "released", "rejected"] as const;

export function noIngestCounts(): IngestCounts {
  return { accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0 };
}

/** Parses the JSON of `POST /ingest`; `undefined` when it is not such an answer. */
export function parseIngestAnswer(value: unknown): IngestAnswer | undefined {
  const body = record(value);
  const counts = body && parseCounts(body);
  const perSymbol = record(body?.["symbols"]);
  if (body === undefined || counts === undefined || perSymbol === undefined) return undefined;
  const symbols = new Map<string, IngestCounts & { stepsClosed: number }>();
  for (const [symbol, entry] of Object.entries(perSymbol)) {
    const fields = record(entry);
    const ofSymbol = fields && parseCounts(fields);
    if (ofSymbol === undefined) return undefined;
    symbols.set(symbol, { ...ofSymbol, stepsClosed: numberOr(fields?.["steps_closed"], 0) });
  }
  const errors = Array.isArray(body["errors"]) ? body["errors"].map(parseError) : [];
  return { ...counts, symbols, errors, errorsOmitted: numberOr(body["errors_omitted"], 0) };
}

function parseCounts(fields: Readonly<Record<string, unknown>>): IngestCounts | undefined {
  const counts = noIngestCounts();
  for (const name of INGEST_COUNTS) counts[name] = numberOr(fields[name], NaN);
  return Object.values(counts).some(Number.isNaN) ? undefined : counts;
}

function parseError(value: unknown): IngestError {
  const fields = record(value) ?? {};
  const text = (name: string): string => String(fields[name] ?? "");
  return {
    index: numberOr(fields["index"], -1),
    symbol: text("symbol"),
    reason: text("reason"),
    field: text("field"),
    got: text("got"),
    expected: text("expected"),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
