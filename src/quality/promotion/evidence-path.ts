// How the evidence of an experiment grew, block by block: kept with it, because the blocks of a thousand symbols cannot
// be read back for each look, and because a late report must not change what was decided.
import * as v from "valibot";
import { exp } from "../../features/exact-math.ts";
import { finiteNumber, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";

/** Most points; an experiment of a year on steps of 1 s has one for each 137 blocks. */
export const MOST_POINTS = 256;

/** `[block, blocks, ln e]`: a decided block of time, the gains up to it, and the evidence after it. */
const pointSchema = v.tuple([finiteNumber(), wholeNumber(0), finiteNumber()], "three numbers");

export const evidencePathSchema = v.array(pointSchema, "a list");

export type EvidencePath = Parsed<typeof evidencePathSchema>;
export type EvidencePoint = EvidencePath[number];

/**
 * The path with one more point. Where there are too many, every second one is left out, but never the last: older
 * points lie farther apart.
 *
 * Example: the path of the gains 0.2 and 0.2 in the blocks 7 and 8 is [7, 1, ln 1.1], [8, 2, 2 ln 1.1].
 */
export function withPoint(path: EvidencePath, point: EvidencePoint): EvidencePath {
  const longer = [...path, point];
  return longer.length <= MOST_POINTS ? longer : longer.filter((_, i) => (longer.length - 1 - i) % 2 === 0);
}

/** The e value after a point: of the last one the verdict's, bit for bit; infinite beyond the largest number. */
export function eValueAt([, , logE]: EvidencePoint): number {
  return exp(logE);
}
