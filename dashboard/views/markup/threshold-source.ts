// Where a threshold comes from, in words.
import type { PredictionAnswer } from "../../../src/http/predict-schema.ts";

type Source = NonNullable<Extract<PredictionAnswer, { ts: number }>["threshold_source"]>;

const WORDS: Readonly<Record<Source, string>> = {
  manifest: "the model's own",
  operator: "an operator's choice",
  followed: "follows the live labels",
};

export function thresholdSource(source: Source): string {
  return WORDS[source];
}
