// What recalibrates the models of a grid, for people and for scrapes.
import type { ServedModels } from "../../../model/model-host.ts";
import { SCORED } from "../../../model/scored-alias.ts";
import type { CalibrationKind, MonthFigures } from "../../../recalibration/month-calibration.ts";
import type { PooledPrior } from "../../../recalibration/pooled-prior.ts";
import { FAULTY_RECALIBRATION, type RecalibrationFacts } from "../../../recalibration/recalibration-facts.ts";
import type { ServingChange } from "../../../recalibration/serving-proof.ts";
import type { GridLearners } from "../learning/learner-table.ts";

/** One model's. */
export interface SymbolRecalibration {
  readonly sha256: string;
  readonly facts: RecalibrationFacts;
  /** What it began with from other symbols; `null` for the identity. */
  readonly prior: PooledPrior | null;
  /** The oldest month first. */
  readonly months: readonly MonthFigures[];
  /** What began or ceased to serve, the oldest first. */
  readonly changes: readonly ServingChange[];
}

/** Of each model that serves once. */
export function symbolRecalibrations(learners: GridLearners, { byAlias }: ServedModels): SymbolRecalibration[] {
  const learner = learners.of("recalibration");
  const shas = new Set(SCORED.flatMap((alias) => byAlias[alias]?.manifest.onnxSha256 ?? []));
  return [...shas].map((sha256) => {
    const one = learner.of(sha256);
    const [months, changes] = [one?.months.figures() ?? [], one?.proof.journal ?? []];
    return { sha256, facts: factsOf(learners, sha256), prior: one?.pooledPrior ?? null, months, changes };
  });
}

/** The aliases that may answer. */
const ANSWERING = ["champion", "challenger"] as const;

/** What recalibrates an alias that may answer, as numbers. */
export interface RecalibrationFigures extends RecalibrationFacts {
  readonly alias: (typeof ANSWERING)[number];
  /** ECE in the current month, by what it is of; `null` without labels. */
  readonly monthEce: Readonly<Record<CalibrationKind, number>> | null;
}

export function recalibrationFigures(learners: GridLearners, { byAlias }: ServedModels): RecalibrationFigures[] {
  return ANSWERING.flatMap((alias) => {
    const sha256 = byAlias[alias]?.manifest.onnxSha256;
    if (sha256 === undefined) return [];
    const month = learners.of("recalibration").of(sha256)?.months.figures().at(-1);
    const monthEce =
      month === undefined
        ? null
        : { raw: month.raw.ece, recalibrated: month.recalibrated.ece, served: month.served.ece };
    return [{ ...factsOf(learners, sha256), alias, monthEce }];
  });
}

function factsOf(learners: GridLearners, sha256: string): RecalibrationFacts {
  if (learners.isFaulty("recalibration")) return FAULTY_RECALIBRATION;
  return learners.of("recalibration").factsOf(sha256);
}
