// POST /admin/symbols/:symbol/warm: creates a symbol with a history from its archive or from ticks of the request.
import { Hono } from "hono";
import { sentTicks } from "../clients/sent-ticks.ts";
import { type WarmAnswer, warmSymbol } from "../clients/warm.ts";
import { settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf, Immutable } from "./contract.ts";
import { Problem } from "./problem.ts";
import { readBody } from "./read-body.ts";
import { readBodyAs, readRequest, sendAnswer } from "./read-request.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { warmContract } from "./warm-schema.ts";
import { type HistoryTicks, readHistory } from "./warm-ticks.ts";

/** What ticks of a request are called in `warm.source`. */
const OF_REQUEST = "ticks";

const NO_TICKS: HistoryTicks = { rows: new Float64Array(0), rejected: 0, errors: [] };

export const warm = new Hono<AppEnv>().post(warmContract.path, async (c) => {
  const { symbol } = (await readRequest(c, warmContract)).params;
  const name = symbolAsAsked(c, symbol);
  if (c.req.header("Content-Type")?.includes("ndjson") === true) {
    const text = await readBody(c.req.raw, warmContract.body.limits);
    const read = readHistory(text, symbol, settingsOf(c.env).tickRules, Date.now());
    if (read.rows.length === 0) throw noTick(read);
    const history = { ticks: sentTicks(read.rows), source: OF_REQUEST };
    const answer = shape(name, await warmSymbol(c.env, symbol, history), read);
    return sendAnswer(c, warmContract, answer);
  }
  const { from } = await readBodyAs(c.req.raw, warmContract);
  return sendAnswer(c, warmContract, shape(name, await warmSymbol(c.env, symbol, from), NO_TICKS));
});

function noTick({ errors, rejected }: HistoryTicks): Problem {
  if (rejected === 0) return new Problem("no_history", "body: got no tick, expected one a line");
  return new Problem("no_valid_tick", "every tick was refused: see errors", { extra: { errors } });
}

function shape(
  symbol: string,
  outcome: WarmAnswer,
  { rejected, errors }: HistoryTicks,
): Immutable<AnswerOf<typeof warmContract>> {
  if (!outcome.ok) throw refusal(outcome.code, symbol);
  const { warm, counts, thresholdValues, probability, missing } = outcome;
  const { priceOutlier, ...others } = counts;
  return {
    symbol,
    warm: {
      source: warm.source,
      steps: warm.steps,
      ticks: warm.ticks,
      from_ms: warm.fromMs,
      to_ms: warm.toMs,
    },
    ticks: { ...others, price_outlier: priceOutlier, rejected },
    threshold_values: thresholdValues,
    probability,
    missing,
    errors,
  };
}

type Refused = Extract<WarmAnswer, { readonly ok: false }>["code"];

const REFUSALS: Readonly<Record<Refused, string>> = {
  already_live: "it has ticks or a history already; only a symbol without any can be warmed",
  no_history: "no tick of the history counts",
  no_archive: "nothing of it is archived",
  archive_unavailable: "its archive could not be read; nothing was changed",
  champion_unknown: "the model that serves is not known yet, so its label would be a guess",
  symbol_not_allowed: "ALLOWED_SYMBOLS does not name it",
  symbol_limit: "there are as many symbols as MAX_SYMBOLS allows",
};

function refusal(code: Refused, symbol: string): Problem {
  const isPassing = code === "champion_unknown" || code === "archive_unavailable";
  const headers = isPassing ? { "Retry-After": "5" } : {};
  return new Problem(code, `${symbol}: ${REFUSALS[code]}`, { headers });
}
