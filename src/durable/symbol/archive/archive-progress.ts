// The progress of a symbol's archive, as one page of its database; used by archive-ledger.ts.
import * as v from "valibot";
import { StateFormatError } from "../../../features/binary-container.ts";
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { parseOrThrow } from "../../../schemas/parse-or-throw.ts";
import { finiteNumber, wholeNumber } from "../../../schemas/schema-values.ts";
import { MAX_TS_MS } from "../../../features/tick-time.ts";
import type { BatchRange } from "./archive-ticks.ts";

/** A decided range: writing its object is retried until it succeeds. */
export interface DecidedRange extends BatchRange {
  readonly key: string;
}

export interface ArchiveProgress {
  /** The first batch that is not archived. */
  readonly fromSeq: number;
  readonly decided: DecidedRange | null;
  /** Event time at the end of what is archived, ms; `null` before the first range. */
  readonly watermarkMs: number | null;
  /** Event time that the last object is named for, ms; 0 before the first. */
  readonly namedMs: number;
  /** The packed tick that was held at the end of the last archived batch. */
  readonly held: Float64Array | null;
  /** Ticks in the archive. */
  readonly ticks: number;
  /** Batches that could not be archived, because their slots were missing or damaged. */
  readonly lostBatches: number;
}

/**
 * Progress of an archive that begins with the batch after `seq`. Its counts and object names continue those of
 * `before`.
 */
export function freshProgress(seq: number, before?: ArchiveProgress): ArchiveProgress {
  const { namedMs = 0, ticks = 0, lostBatches = 0 } = before ?? {};
  return { fromSeq: seq + 1, decided: null, watermarkMs: null, namedMs, held: null, ticks, lostBatches };
}

const KIND = "archive-progress 1";
const numbersSchema = v.object({
  fromSeq: wholeNumber(0),
  watermarkMs: v.nullable(finiteNumber()),
  namedMs: wholeNumber(0, MAX_TS_MS),
  ticks: wholeNumber(0),
  lostBatches: v.optional(wholeNumber(0), 0),
  throughSeq: v.nullable(wholeNumber(0)),
  key: v.nullable(v.string()),
});

export function encodeProgress(progress: ArchiveProgress): ArrayBuffer {
  const { decided, held, ...numbers } = progress;
  const range = { throughSeq: decided?.throughSeq ?? null, key: decided?.key ?? null };
  return encodePage(KIND, { numbers: { ...numbers, ...range }, arrays: held === null ? [] : [held] });
}

/**
 * Reads what `encodeProgress` wrote, also before lost batches were counted. Throws `StateFormatError` for another
 * version or damaged bytes.
 */
export function decodeProgress(bytes: ArrayBuffer): ArchiveProgress {
  const { numbers, arrays } = decodePage(KIND, bytes);
  const refuse = (text: string): Error => new StateFormatError(text);
  const { throughSeq, key, ...counts } = parseOrThrow(numbersSchema, numbers, { name: KIND, refuse });
  const decided = throughSeq === null || key === null ? null : { fromSeq: counts.fromSeq, throughSeq, key };
  const [held] = arrays;
  return { ...counts, decided, held: held instanceof Float64Array ? held : null };
}
