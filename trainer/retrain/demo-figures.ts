// The live figures that the demonstration reads from the gateway: one model's quality over the last day, and the drift
// verdicts of a stretch of time.
import * as v from "valibot";
import { driftVerdictLineSchema } from "../../src/http/drift-schema.ts";
import { labelQualitySchema, modelQualitySchema, symbolQualitySchema } from "../../src/http/quality-schema.ts";
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import type { GatewayAdmin } from "./gateway-admin.ts";

// The fields of the answers that this file uses.
const modelSchema = v.object({
  model: v.pick(modelQualitySchema.entries.model, ["sha256"]),
  ...v.pick(modelQualitySchema, ["resolved", "base_rate", "pr_auc", "brier", "brier_skill", "episodes", "blocks"])
    .entries,
});
const qualitySchema = v.object({
  ...v.pick(symbolQualitySchema, ["from", "to"]).entries,
  labels: v.array(v.object({ ...v.pick(labelQualitySchema, ["tau_bps_mean"]).entries, models: v.array(modelSchema) })),
});
const driftSchema = v.object({
  history: v.array(v.pick(driftVerdictLineSchema, ["window", "to", "verdict", "drifted_share", "threshold"])),
});

/** One model over the last 24 h of event time. */
export interface LiveFigures {
  readonly fromMs: number;
  readonly toMs: number;
  readonly resolved: number;
  readonly baseRate: number | null;
  readonly prAuc: Figure | null;
  readonly brier: Figure | null;
  /** 1 − Brier / Brier of the base rate: 0 is no better than always saying the base rate. */
  readonly brierSkill: Figure | null;
  readonly episodes: number;
  readonly blocks: number;
  /** Mean threshold of a spike, bps. */
  readonly tauBps: number | null;
}

/** Live quality of the model with this SHA-256; `undefined` while it has none. Throws what `GatewayAdmin` throws. */
export async function liveFigures(
  admin: GatewayAdmin,
  symbol: string,
  sha256: string,
): Promise<LiveFigures | undefined> {
  const answer = await admin.get(`/symbols/${encodeURIComponent(symbol)}/quality?window=24h`, qualitySchema);
  for (const { models, tau_bps_mean: tauBps } of answer.labels) {
    const one = models.find(({ model }) => model.sha256 === sha256);
    if (one === undefined) continue;
    const { resolved, base_rate: baseRate, pr_auc: prAuc, brier, brier_skill: brierSkill, episodes, blocks } = one;
    const [fromMs, toMs] = [Date.parse(answer.from ?? ""), Date.parse(answer.to ?? "")];
    return { fromMs, toMs, resolved, baseRate, prAuc, brier, brierSkill, episodes, blocks, tauBps };
  }
  return undefined;
}

/**
 * `Brier 0.0812 [0.0701, 0.0920], skill 0.312 [0.241, 0.380], PR-AUC 0.610 [0.540, 0.660], base rate 0.141, 96 blocks,
 * 97 episodes, τ 9.1 bps`.
 */
export function liveFiguresText(figures: LiveFigures | undefined): string {
  if (figures === undefined) return "no live figures";
  const { brier, brierSkill, prAuc, baseRate, blocks, episodes, tauBps } = figures;
  return [
    `Brier ${figureText(brier, 4)}`,
    `skill ${figureText(brierSkill, 3)}`,
    `PR-AUC ${figureText(prAuc, 3)}`,
    `base rate ${baseRate?.toFixed(3) ?? "–"}`,
    `${blocks} blocks`,
    `${episodes} episodes`,
    `τ ${tauBps?.toFixed(1) ?? "–"} bps`,
  ].join(", ");
}

/** `0.0812 [0.0701, 0.0920]`, a dash for none. */
export function figureText(figure: Figure | null, digits: number): string {
  if (figure === null) return "–";
  const [value, low, high] = [figure.value, figure.low, figure.high].map((x) => x.toFixed(digits));
  return `${value} [${low}, ${high}]`;
}

/** One verdict on an hour of rows. */
export interface HourVerdict {
  readonly toMs: number;
  readonly verdict: string;
  readonly driftedShare: number | null;
  readonly threshold: number | null;
}

/**
 * The verdicts on hours that ended in (fromMs, toMs], as far as the gateway keeps them: the last 48 of both lengths.
 */
export async function hourVerdicts(
  admin: GatewayAdmin,
  symbol: string,
  fromMs: number,
  toMs: number,
): Promise<HourVerdict[]> {
  const { history } = await admin.get(`/symbols/${encodeURIComponent(symbol)}/drift`, driftSchema);
  return history
    .filter(({ window }) => window === "1h")
    .map(({ to, verdict, drifted_share: driftedShare, threshold }) => {
      return { toMs: Date.parse(to), verdict, driftedShare, threshold };
    })
    .filter((hour) => hour.toMs > fromMs && hour.toMs <= toMs);
}

/** `24 hours: 23 ok, 1 drift; limit 50 %`. */
export function verdictsText(hours: readonly HourVerdict[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of hours) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const words = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(", ");
  const limit = hours.at(-1)?.threshold ?? null;
  return `${hours.length} hours: ${words || "none"}${limit === null ? "" : `; limit ${percentText(limit)} of the features`}`;
}

export function percentText(share: number | null): string {
  return share === null ? "–" : `${Number((100 * share).toFixed(1))} %`;
}
