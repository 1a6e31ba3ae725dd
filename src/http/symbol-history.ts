// GET /symbols/:symbol/history: what a symbol's closed steps were like, for a chart.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import { askSymbol } from "../clients/symbols.ts";
import type { SymbolSteps } from "../durable/symbol/steps/symbol-steps.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf } from "./contract.ts";
import { askedGrid, gridOfOthers } from "./grid-view.ts";
import { Problem } from "./problem.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { symbolHistoryContract } from "./symbol-history-schema.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

export const symbolHistory = new Hono<AppEnv>().get(symbolHistoryContract.path, async (c) => {
  const { params, query } = await readRequest(c, symbolHistoryContract);
  const { symbol } = params;
  const { from: fromMs, to: toMs, points } = query;
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw new Problem("from_malformed", `from: got ${fromMs}, expected a time before to, which is ${toMs}`);
  }
  const grid = askedGrid(c.env, query);
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const steps = await askSymbol(c.env, symbol, (stub) => stub.steps({ fromMs, toMs, points }, grid));
  if (steps === undefined) throw unknownSymbol(symbol);
  if (steps === null) throw gridOfOthers(symbol, grid);
  return sendAnswer(c, symbolHistoryContract, shape(symbolAsAsked(c, symbol), steps));
});

function shape(symbol: string, { columns, ...steps }: SymbolSteps): AnswerOf<typeof symbolHistoryContract> {
  const { rvBps, tauBps, sigmaBps, ...others } = columns;
  return {
    symbol,
    step_ms: steps.stepMs,
    horizon_steps: steps.horizonSteps,
    from: steps.fromMs,
    to: steps.toMs,
    every_ms: steps.everyMs,
    earliest_ms: steps.earliestMs,
    latest_ms: steps.latestMs,
    columns: { ...others, rv_bps: rvBps, tau_bps: tauBps, sigma_bps: sigmaBps },
  };
}
