// What a manifest says of a model's quality: figures on rows that it did not see, and whether it passed the gate.
import { finite, finiteOrNull, list, object, type Raw, text, wrong } from "./manifest-fields.ts";

/** A figure with its 95 % interval; `null` where it does not exist, as PR-AUC without a spike. */
export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Figures of one evaluation on rows that the model did not see. All are numbers that a report printed. */
export interface Evaluation {
  readonly method: string;
  readonly rows: number;
  readonly positives: number;
  readonly episodes: number;
  readonly baseRate: number;
  readonly prAuc: Figure | null;
  readonly lift: Figure | null;
  readonly rocAuc: Figure | null;
  readonly brier: Figure;
  readonly brierSkill: Figure | null;
  readonly logLoss: Figure;
  /** Expected calibration error over 10 bins of equal width. */
  readonly ece: Figure;
  /** At the operating threshold. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** The one test of the chosen candidate against the baselines. */
export interface Gate {
  readonly verdict: "passed" | "refused";
  /** Why it was refused, e.g. `too_few_episodes`; empty when passed. */
  readonly reasons: readonly string[];
  readonly episodes: number;
  /** Block-mean Brier gain over a baseline with its 95 % t interval; a gain is above 0. */
  readonly gains: Readonly<Record<string, Figure>>;
}

/** Throws `ManifestError`. */
export function parseEvaluation(value: unknown): Evaluation | null {
  if (value === null) return null;
  const raw = object(value, "evaluation");
  return {
    method: text(raw, "method"),
    rows: finite(raw, "rows", 0),
    positives: finite(raw, "positives", 0),
    episodes: finite(raw, "episodes", 0),
    baseRate: finite(raw, "baseRate", 0, 1),
    prAuc: figureOrNull(raw, "prAuc"),
    lift: figureOrNull(raw, "lift"),
    rocAuc: figureOrNull(raw, "rocAuc"),
    brier: figure(raw["brier"], "brier"),
    brierSkill: figureOrNull(raw, "brierSkill"),
    logLoss: figure(raw["logLoss"], "logLoss"),
    ece: figure(raw["ece"], "ece"),
    precision: finiteOrNull(raw, "precision"),
    recall: finiteOrNull(raw, "recall"),
    f1: finiteOrNull(raw, "f1"),
  };
}

/** Throws `ManifestError`, for a missing gate too: only `null` says that there is none. */
export function parseGate(value: unknown): Gate | null {
  if (value === null) return null;
  if (value === undefined) throw wrong("gate", value, "an object, or null where no gate applies");
  const raw = object(value, "gate");
  const verdict = raw["verdict"];
  if (verdict !== "passed" && verdict !== "refused") throw wrong("gate.verdict", verdict, "passed or refused");
  const gains = object(raw["gains"], "gate.gains");
  return {
    verdict,
    reasons: list(raw["reasons"], "gate.reasons").map((reason) => {
      if (typeof reason !== "string" || reason.length > 200) throw wrong("gate.reasons", reason, "short texts");
      return reason;
    }),
    episodes: finite(raw, "episodes", 0),
    gains: Object.fromEntries(Object.entries(gains).map(([name, gain]) => [name, figure(gain, `gate.gains.${name}`)])),
  };
}

function figureOrNull(raw: Raw, field: string): Figure | null {
  return (raw[field] ?? null) === null ? null : figure(raw[field], field);
}

function figure(value: unknown, field: string): Figure {
  const raw = object(value, field);
  return { value: finite(raw, "value"), low: finite(raw, "low"), high: finite(raw, "high") };
}
