// Counts and logs models that failed on some steps.
import { logError } from "../../log.ts";
import type { LiveGrid } from "./live-symbol.ts";
import { SCORED } from "../../model/scored-alias.ts";
import type { StepScores } from "./scoring.ts";

export function countScoringErrors({ name, counters }: LiveGrid, scores: StepScores): void {
  for (const alias of SCORED) {
    const { error } = scores[alias];
    if (error === undefined) continue;
    counters.scoringErrors += 1;
    logError("scoring_error", { symbol: name, alias, error });
  }
}
