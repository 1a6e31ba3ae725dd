// The progress of a symbol's archive of predictions, as one page of its database; used by prediction-log.ts.
import * as v from "valibot";
import { StateFormatError } from "../../../features/binary-container.ts";
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { parseOrThrow } from "../../../schemas/parse-or-throw.ts";
import { wholeNumber } from "../../../schemas/schema-values.ts";

/** Rows that change no more and have a page of their own until their object is written. */
export interface PredictionChunk {
  /** Grid index of its first and its last step. */
  readonly firstStep: number;
  readonly lastStep: number;
  readonly rows: number;
  /** The step after which all its rows were settled. */
  readonly settledBy: number;
  /** Of its object, once that is decided. */
  readonly key: string | null;
}

export interface PredictionProgress {
  /** Rows in the archive. */
  readonly archived: number;
  /** Predictions that were answered and cannot be archived. */
  readonly lost: number;
  /** Every step up to this one is archived, in a chunk, or lost; −1 before the first. */
  readonly sealedThrough: number;
  /** In order of their steps. */
  readonly chunks: readonly PredictionChunk[];
}

export const NO_PROGRESS: PredictionProgress = { archived: 0, lost: 0, sealedThrough: -1, chunks: [] };

const KIND = "prediction-progress 1";
const progressSchema = v.object({
  archived: wholeNumber(0),
  lost: wholeNumber(0),
  sealedThrough: wholeNumber(-1),
  chunks: v.array(
    v.object({
      firstStep: wholeNumber(0),
      lastStep: wholeNumber(0),
      rows: wholeNumber(0),
      settledBy: wholeNumber(0),
      key: v.nullable(v.string()),
    }),
  ),
});

export function encodePredictionProgress({ chunks, ...numbers }: PredictionProgress): ArrayBuffer {
  return encodePage(KIND, { numbers: { ...numbers, chunks: JSON.stringify(chunks) }, arrays: [] });
}

/** Reads what `encodePredictionProgress` wrote. Throws `StateFormatError` for other bytes. */
export function decodePredictionProgress(bytes: ArrayBuffer): PredictionProgress {
  const { numbers } = decodePage(KIND, bytes);
  return parseOrThrow(progressSchema, { ...numbers, chunks: jsonOf(numbers["chunks"]) }, { name: KIND, refuse });
}

function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function refuse(text: string): Error {
  return new StateFormatError(text);
}
