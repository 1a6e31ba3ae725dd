// What an answer says of a recalibration, in a sentence.
import type { RecalibrationAnswer } from "../../../src/http/recalibration-schema.ts";
import { recalibrationWords } from "../../../report/recalibration-words.ts";

export function recalibrationSentence(answer: RecalibrationAnswer): string {
  const { state, labels, e_value: eValue, since: sinceMs } = answer;
  return recalibrationWords({ state, labels, eValue, sinceMs });
}
