// The progress of a symbol's archive of predictions, as one page of its database; used by prediction-log.ts.
import { decodePage, encodePage } from "../../../features/page-buffer.ts";

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

export function encodePredictionProgress({ chunks, ...numbers }: PredictionProgress): ArrayBuffer {
  return encodePage(KIND, { numbers: { ...numbers, chunks: JSON.stringify(chunks) }, arrays: [] });
}

/** Reads what `encodePredictionProgress` wrote. Throws `StateFormatError` for other bytes. */
export function decodePredictionProgress(bytes: ArrayBuffer): PredictionProgress {
  const { numbers } = decodePage(KIND, bytes);
  const { archived, lost, sealedThrough, chunks } = numbers;
  return {
    archived: Number(archived),
    lost: Number(lost),
    sealedThrough: Number(sealedThrough),
    chunks: JSON.parse(String(chunks)) as PredictionChunk[],
  };
}
