// POST /admin/experiment/backfill: a challenger's record from the archive.
import { Hono } from "hono";
import {
  type ArchiveRecord,
  backfillExperiment,
  type BackfillRefusal,
  type BackfillResult,
} from "../jobs/experiment/backfill-experiment.ts";
import { BLOCK_STEPS } from "../quality/step-ring.ts";
import { settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { backfillContract } from "./backfill-schema.ts";
import { changeCause } from "./change-cause.ts";
import { refusal } from "./change-refusal.ts";
import type { RequestOf } from "./contract.ts";
import { reportShape } from "./experiment-shape.ts";
import { askedEnv } from "./grid-view.ts";
import { Problem } from "./problem.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

export const backfill = new Hono<AppEnv>().post(backfillContract.path, async (c) => {
  const { query, body } = await readRequest(c, backfillContract);
  const env = askedEnv(c.env, query);
  const result = await backfillExperiment(env, recordOf(body), changeCause(body, "admin", Date.now()));
  if (!result.ok) throw problemOf(result);
  const { stepMs } = settingsOf(env).engine.grid;
  const { promoted, notPromoted } = result.evaluation;
  return sendAnswer(c, backfillContract, {
    symbols: result.symbols.map((symbol) => symbolShape(symbol, stepMs)),
    champion_trained_until: new Date(result.championTrainedMs).toISOString(),
    favours_champion: result.favoursChampion,
    promoted,
    not_promoted: notPromoted,
    ...reportShape(result.evaluation),
  });
});

function recordOf({ experiment, pair, records }: RequestOf<typeof backfillContract>["body"]): ArchiveRecord {
  const symbols = records.map(({ symbol, blocks }) => ({
    symbol,
    blocks: blocks.map(({ gain_sum: gainSum, bet_sum: betSum, ...rest }) => ({ ...rest, gainSum, betSum })),
  }));
  return { experiment, pair, symbols };
}

type Kept = Extract<BackfillResult, { readonly ok: true }>["symbols"][number];

function symbolShape({ symbol, blocks, firstLive }: Kept, stepMs: number) {
  const begin = (block: number): string => new Date(block * BLOCK_STEPS * stepMs).toISOString();
  return {
    symbol,
    blocks: blocks.length,
    from: begin(blocks[0]!.block),
    to: begin(blocks.at(-1)!.block + 1),
    live_from: firstLive === null ? null : begin(firstLive),
  };
}

function problemOf(refused: BackfillRefusal): Problem {
  if (!("detail" in refused)) return refusal(refused.code);
  const { code, detail } = refused;
  return code === "unknown_symbol" ? unknownSymbol(detail) : new Problem(code, detail);
}
