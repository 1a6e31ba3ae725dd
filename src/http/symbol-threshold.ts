// GET /symbols/:symbol/threshold: from which probability a symbol's models alert, and what that reached.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import { askSymbol } from "../clients/symbols.ts";
import type { AliasThreshold } from "../durable/symbol/evaluation/symbol-threshold.ts";
import type { AlertConfusion } from "../threshold/alert-counts.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable } from "./contract.ts";
import { askedGrid, gridOfOthers } from "./grid-view.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { symbolThresholdContract, type SymbolThresholdAnswer } from "./symbol-threshold-schema.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

type ModelAnswer = Immutable<SymbolThresholdAnswer["models"][number]>;
type Followed = NonNullable<AliasThreshold["followed"]>;
type FollowedAnswer = NonNullable<ModelAnswer["followed"]>;

export const symbolThresholds = new Hono<AppEnv>().get(symbolThresholdContract.path, async (c) => {
  const { params, query } = await readRequest(c, symbolThresholdContract);
  const { symbol } = params;
  const grid = askedGrid(c.env, query);
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const answer = await askSymbol(c.env, symbol, (stub) => stub.threshold(grid));
  if (answer === undefined) throw unknownSymbol(symbol);
  if (answer === null) throw gridOfOthers(symbol, grid);
  const { mode, aliases } = answer;
  return sendAnswer(c, symbolThresholdContract, { symbol: symbolAsAsked(c, symbol), mode, models: aliases.map(shape) });
});

function shape({ alias, sha256, name, version, followed, ...one }: AliasThreshold): ModelAnswer {
  return {
    alias,
    model: { name, version, sha256 },
    ...{ threshold: one.threshold, source: one.source, goal: one.goal, manifest_threshold: one.manifestThreshold },
    followed: followed === null ? null : shapeFollowed(followed),
  };
}

function shapeFollowed({ threshold, lowest, highest, windows, changes, ...one }: Followed): FollowedAnswer {
  return {
    ...{ threshold, lowest, highest, stretches_since: one.stretchesSince, change_count: one.changeCount },
    changes: changes.map(({ atMs, truePositives, from, to, reached: isReached, ...counts }) => {
      const { rows, positives, alerts, stretches } = counts;
      return {
        ...{ at: iso(atMs), from, to, reached: isReached },
        ...{ rows, positives, alerts, true_positives: truePositives, stretches },
      };
    }),
    windows: { "24h": shapeWindow(windows["24h"]), "30d": shapeWindow(windows["30d"]) },
  };
}

function shapeWindow({ fromMs, confusion, atThreshold }: Followed["windows"]["24h"]): FollowedAnswer["windows"]["24h"] {
  return {
    from: iso(fromMs),
    as_served: reached(confusion.served),
    stated: reached(confusion.stated),
    followed: reached(confusion.followed),
    at_threshold: atThreshold === null ? null : reached(atThreshold),
  };
}

function reached({ tp, fp, fn, tn }: AlertConfusion) {
  return {
    ...{ tp, fp, fn, tn },
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    alert_rate: ratio(tp + fp, tp + fp + fn + tn),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
