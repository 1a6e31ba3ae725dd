// All families of the trainer, in the order of its tables.
import type { Candidate } from "./candidate.ts";
import { forest } from "./forest.ts";
import { gbdt } from "./gbdt.ts";
import { har } from "./har.ts";
import { logistic } from "./logistic.ts";
import { persistence } from "./persistence.ts";
import { recent } from "./recent.ts";
import { thresholdOnly } from "./threshold-only.ts";
import { zscore } from "./zscore.ts";

export const CANDIDATES: readonly Candidate[] = [
  zscore,
  persistence,
  recent,
  thresholdOnly,
  har,
  logistic,
  forest,
  gbdt,
];

/** Made of other families, never fitted by itself. */
export const BLEND = "blend";

/** What the blend is made of, where they were fitted. */
export const BLENDED: readonly string[] = ["logistic", "forest", "gbdt"];

/** Names that `--families` takes. */
export const FAMILIES: readonly string[] = [...CANDIDATES.map(({ family }) => family), BLEND];

/** Baselines that every run fits; the strongest of them by the training rows is what a model must beat. */
export const REQUIRED: readonly string[] = CANDIDATES.flatMap(({ family, baseline }) => (baseline ? [family] : []));
