// How large the body of a route may be. Small bytes can stand for much memory, so decompressed bytes and JSON values
// are limited too, before they are parsed.

export interface BodyLimits {
  /** Bytes of the text, after decompression. */
  readonly maxBytes: number;
  /** Bytes of a compressed body; absent where none is taken. */
  readonly maxGzipBytes?: number;
  /** Whether it may be compressed with `deflate` instead of gzip. */
  readonly deflate?: true;
  /** JSON values in it, nested ones too. */
  readonly maxValues: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Of routes that do not say otherwise: a few fields. */
export const SMALL_BODY: BodyLimits = { maxBytes: 64 * KIB, maxValues: 1_000 };
/** 1,000 rows or 100 symbols, on an open route. */
export const PREDICT_BODY: BodyLimits = { maxBytes: MIB, maxValues: 20_000 };
/** 1,000 rows of any model, as JSON or as float64, on an open route. */
export const INFER_BODY: BodyLimits = { maxBytes: 2 * MIB, maxGzipBytes: MIB, deflate: true, maxValues: 100_000 };
/** 1,000 labels. */
export const FEEDBACK_BODY: BodyLimits = { maxBytes: MIB / 2, maxGzipBytes: MIB / 8, maxValues: 20_000 };
/** 5,000 ticks. */
export const INGEST_BODY: BodyLimits = { maxBytes: 8 * MIB, maxGzipBytes: 2 * MIB, maxValues: 320_000 };

/** 30,000 ticks of a history. */
export const WARM_BODY: BodyLimits = { maxBytes: 8 * MIB, maxGzipBytes: 2 * MIB, maxValues: 1_000_000 };

/** The blocks of some symbols in thirty days: nine values and about 150 bytes each. */
export const BACKFILL_BODY: BodyLimits = { maxBytes: 8 * MIB, maxValues: 320_000 };

/** E.g. `at most 512 KiB, no gzip`. */
export function limitsText({ maxBytes, maxGzipBytes, deflate, maxValues }: BodyLimits): string {
  const size = (bytes: number): string => (bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / KIB} KiB`);
  const words = deflate === true ? "gzip or deflate" : "gzip";
  const gzip = maxGzipBytes === undefined ? "not compressed" : `at most ${size(maxGzipBytes)} compressed with ${words}`;
  return `At most ${size(maxBytes)} and ${maxValues.toLocaleString("en-US")} JSON values, ${gzip}`;
}
