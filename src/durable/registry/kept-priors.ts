// What the recalibrations of young symbols begin with, as the registry keeps it: pooled over symbols by a cron trigger.
import * as v from "valibot";
import type { PriorsByModel } from "../../recalibration/pooled-prior.ts";
import { fields, finiteNumber, sha256Text, wholeNumber } from "../../schemas/schema-values.ts";

export interface KeptPriors {
  /** When the symbols were asked last, ms; 0 before the first time. */
  readonly atMs: number;
  /** By SHA-256: models with enough behind them. */
  readonly models: PriorsByModel;
}

export const NO_PRIORS: KeptPriors = { atMs: 0, models: {} };

const priorSchema = fields({
  slope: v.pipe(finiteNumber(), v.gtValue(0, "a slope above 0")),
  level: finiteNumber(),
  symbols: wholeNumber(1),
  horizons: finiteNumber(),
  atMs: finiteNumber(),
});

export const keptPriorsSchema = fields({ atMs: finiteNumber(), models: v.record(sha256Text, priorSchema) });
