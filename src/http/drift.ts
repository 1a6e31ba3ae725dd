// GET /symbols/:symbol/drift: how far the newest windows are from the training data, feature by feature, and whether
// the errors of the champion have changed.
import { Hono } from "hono";
import { highestRate } from "../drift/false-alarm-rate.ts";
import { symbolExists } from "../clients/directory.ts";
import type { SymbolDrift } from "../durable/symbol/evaluation/symbol-drift.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable } from "./contract.ts";
import { driftContract, type SymbolDriftAnswer, type WindowVerdict } from "./drift-schema.ts";
import { askedGrid, gridOfOthers } from "./grid-view.ts";
import { featureWords, verdictWords } from "../words/drift-words.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { snakeKeys } from "../words/snake-keys.ts";
import { askSymbol } from "../clients/symbols.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

type Verdict = NonNullable<SymbolDrift["latest"]["1h"]>;

export const drift = new Hono<AppEnv>().get(driftContract.path, async (c) => {
  const { params, query } = await readRequest(c, driftContract);
  const { symbol } = params;
  const grid = askedGrid(c.env, query);
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const answer = await askSymbol(c.env, symbol, (stub) => stub.drift(grid, query.ratios === "1"));
  if (answer === undefined) throw unknownSymbol(symbol);
  if (answer === null) throw gridOfOthers(symbol, grid);
  return sendAnswer(c, driftContract, shapeDrift(symbolAsAsked(c, symbol), answer));
});

/** What customary fixed thresholds would say; shown beside the verdict, decides nothing. */
const CUSTOMARY = [
  { share: 0.5, words: "at least 50 % of the features at 0.1 or more" },
  { share: 0.75, words: "at least 75 % of the features at 0.1 or more" },
];

/** The answer's JSON. */
export function shapeDrift(symbol: string, { latest, history, concept }: SymbolDrift): Immutable<SymbolDriftAnswer> {
  return {
    symbol,
    windows: { "1h": shapeVerdict(latest["1h"], "hour"), "24h": shapeVerdict(latest["24h"], "day") },
    history: history.map(
      ({ window, toMs, driftedShare, threshold, largestRatio, ratioThreshold, verdict, ratios }) => ({
        window,
        to: iso(toMs),
        verdict,
        drifted_share: driftedShare,
        threshold,
        largest_ratio: largestRatio,
        ratio_threshold: ratioThreshold,
        ...(ratios === undefined ? {} : { ratios }),
      }),
    ),
    concept: {
      events: concept.map(({ atMs, ...event }) => ({ at: iso(atMs), ...snakeKeys(event) })),
      words:
        concept.length === 0
          ? "no detector has fired on the champion's errors or scores"
          : "detectors on means of 60 steps of the champion's squared errors (Page-Hinkley, ADWIN) and scores (ADWIN)",
    },
  };
}

function shapeVerdict(verdict: Verdict | null, length: "hour" | "day"): Immutable<WindowVerdict> {
  if (verdict === null) {
    const reason = `no whole ${length} of event time has been closed since the symbol was created`;
    return { verdict: "none", reason, features: [] };
  }
  const { fromMs, toMs, rows, modelSha, driftedShare, datasetThreshold, evidentlyShare, nullWindows, alpha } = verdict;
  return {
    verdict: verdict.verdict,
    words: verdictWords(verdict),
    reason: verdict.reason,
    from: iso(fromMs),
    to: iso(toMs),
    rows,
    model_sha256: modelSha,
    drifted_share: driftedShare,
    threshold: datasetThreshold,
    largest_ratio: verdict.largestRatio,
    largest_ratio_feature: verdict.largestRatioFeature,
    ratio_threshold: verdict.datasetRatioThreshold,
    alarmed_by: verdict.alarmedBy,
    false_alarms: {
      stated_rate: alpha,
      highest_rate: alpha === null || datasetThreshold === null ? null : highestRate(nullWindows, alpha),
      training_windows: nullWindows,
    },
    customary: {
      share_at_0_1: evidentlyShare,
      verdicts: CUSTOMARY.map(({ share, words }) => ({
        words,
        drift: evidentlyShare === null ? null : evidentlyShare >= share,
      })),
    },
    features: verdict.features.map((feature) => ({
      ...snakeKeys(feature),
      words: featureWords(feature, alpha),
    })),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
