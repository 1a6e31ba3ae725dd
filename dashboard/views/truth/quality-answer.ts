// The figures of one symbol, or of all symbols together, as the view shows them.
import type { PooledQualityAnswer } from "../../../src/http/pooled-quality-schema.ts";
import type { LabelQualityAnswer, ModelQuality, SymbolQualityAnswer } from "../../../src/http/quality-schema.ts";
import type { SymbolAlertsAnswer } from "../../../src/http/symbol-alerts-schema.ts";
import type { SymbolThresholdAnswer } from "../../../src/http/symbol-threshold-schema.ts";
import type { ReadPart } from "../../gateway/read-part.ts";

export type ModelFigures = ModelQuality;
export type LabelFigures = LabelQualityAnswer;

type Figures = Pick<
  SymbolQualityAnswer,
  "window" | "from" | "to" | "step_ms" | "interval" | "labels" | "pairs" | "missing"
>;

/** What else is asked of one symbol. */
export interface SymbolParts {
  readonly threshold: ReadPart<SymbolThresholdAnswer>;
  readonly alerts: ReadPart<SymbolAlertsAnswer>;
}

export interface QualityAnswer extends Figures {
  /** `null` for all symbols together. */
  readonly symbol: string | null;
  /** Of all symbols together: how they are added up, which are in the figures, and why the others are not. */
  readonly pooling?: PooledQualityAnswer["pooling"];
  readonly symbols?: PooledQualityAnswer["symbols"];
  /** Of one symbol. */
  readonly volatility?: SymbolQualityAnswer["volatility"];
  readonly recalibrations?: SymbolQualityAnswer["recalibrations"];
}

type ModelName = ModelFigures["model"];

/** How a model is called here: by its aliases; one without an alias by the first digits of its SHA-256. */
export function modelTitle({ aliases, sha256 }: ModelName): string {
  return aliases.length > 0 ? aliases.join(", ") : sha256.slice(0, 12);
}

/** Whether it is judged, or what others are judged by. */
export function isContender({ aliases }: ModelName): boolean {
  return aliases.includes("champion") || aliases.includes("challenger");
}

/** The champion first, then the challenger, then the others as they came. */
export function inOrder(models: readonly ModelFigures[]): ModelFigures[] {
  const rank = ({ model }: ModelFigures): number =>
    model.aliases.includes("champion") ? 0 : model.aliases.includes("challenger") ? 1 : 2;
  return models.toSorted((a, b) => rank(a) - rank(b));
}
