// What one labelled step says for a change and for its end, and the worst that it can say, known before its label.
import type { EvidenceRow } from "./fall-detector.ts";

/** A step's evidence for a change, and for the end of that change. */
interface RowPair {
  readonly ofFall: EvidenceRow;
  readonly ofEnd: EvidenceRow;
}

/**
 * For more spikes than the scores promise, by more than the tolerance: y − p − tolerance.
 *
 * Example: a spike at p = 0.3 with a tolerance of 0.02 is a gain of 0.68; the worst was −0.32.
 */
export function rowOfMore(probability: number, label: number, tolerance: number): RowPair {
  const gain = label - probability - tolerance;
  return {
    ofFall: { gain, bound: probability + tolerance },
    ofEnd: { gain: -gain, bound: Math.max(0, 1 - probability - tolerance) },
  };
}

/** The same for fewer spikes: p − y − tolerance. */
export function rowOfFewer(probability: number, label: number, tolerance: number): RowPair {
  const gain = probability - label - tolerance;
  return {
    ofFall: { gain, bound: 1 - probability + tolerance },
    ofEnd: { gain: -gain, bound: Math.max(0, probability - tolerance) },
  };
}

/**
 * For a reference that is better than the champion: fireAt − ((reference − y)² − (champion − y)²), where the second
 * part is the champion's gain.
 *
 * Example: at a spike the champion's 0.2 and the reference's 0.3 differ by 0.64 − 0.49 = 0.15; without one it were
 * 0.04 − 0.09 = −0.05.
 */
export function rowOfReference(champion: number, reference: number, label: number, fireAt: number): RowPair {
  const ifCalm = champion * champion - reference * reference;
  const ifSpike = ifCalm - 2 * (champion - reference);
  const gain = fireAt + (label === 1 ? ifSpike : ifCalm);
  return {
    ofFall: { gain, bound: Math.max(0, -fireAt - Math.min(ifCalm, ifSpike)) },
    ofEnd: { gain: -gain, bound: Math.max(0, fireAt + Math.max(ifCalm, ifSpike)) },
  };
}
