// The ticks of a history from NDJSON, all of one symbol. Lines are read one after the other: a history is large.
import { MAX_WARM_TICKS } from "../markets/history/warm-limits.ts";
import { PackedTicks } from "../features/packed-ticks.ts";
import { splitKey, symbolKey } from "../features/symbol-name.ts";
import { readTickFields } from "../features/tick-fields.ts";
import { isRejection, parseTick, type TickRules } from "../features/tick.ts";
import { jsonObject } from "../markets/json-object.ts";
import type { TickError } from "./ingest-schema.ts";
import { NotJson } from "./parse-ticks.ts";
import { postedTicks, withVenue } from "./posted-ticks.ts";
import { Problem } from "./problem.ts";

/** Refused ticks that an answer lists. */
const MAX_ERRORS = 20;

export interface HistoryTicks {
  /** Packed, in the order of the lines. */
  readonly rows: Float64Array;
  /** Ticks that were refused, and the first of them. */
  readonly rejected: number;
  readonly errors: readonly TickError[];
}

/**
 * Reads `text`, one message a line. A tick that names no symbol or no venue has those of `key`; one of another symbol
 * is refused. Throws `Problem` 413 for more than `MAX_WARM_TICKS`.
 */
export function readHistory(text: string, key: string, rules: TickRules, nowMs: number): HistoryTicks {
  const ticks = new PackedTicks(1024);
  const errors: TickError[] = [];
  let rejected = 0;
  const refuse = (error: TickError): void => {
    rejected += 1;
    if (errors.length < MAX_ERRORS) errors.push(error);
  };
  let index = -1;
  for (const line of linesOf(text)) {
    index += 1;
    if (line.trim() === "") continue;
    const found = inputsOf(line);
    if ("reason" in found) {
      refuse({ index, ...found });
      continue;
    }
    for (const input of found.inputs) {
      const tick = parseTick(asOf(key, input), nowMs, rules);
      if (isRejection(tick)) refuse({ index, symbol: key, ...tick });
      else if (tick.symbol !== key) {
        refuse({ index, reason: "symbol_malformed", field: "symbol", got: tick.symbol, expected: `${key}, or none` });
      } else {
        if (ticks.count === MAX_WARM_TICKS) throw tooManyTicks();
        ticks.add(tick);
      }
    }
  }
  return { rows: ticks.rows(), rejected, errors };
}

function tooManyTicks(): Problem {
  const most = MAX_WARM_TICKS.toLocaleString("en-US");
  return new Problem("too_many_ticks", `body: got more than ${most} ticks, expected at most that: send the newest`);
}

type Refused = Omit<TickError, "index" | "symbol">;

function inputsOf(line: string): { readonly inputs: readonly unknown[] } | Refused {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return { reason: "not_json", field: "line", got: new NotJson(line).got, expected: "a JSON object" };
  }
  return postedTicks(message, "auto");
}

/** The tick with the symbol and the venue of the key, where it names none. */
function asOf(key: string, input: unknown): unknown {
  const fields = jsonObject(input);
  if (fields === undefined) return input;
  const { symbol, venue } = splitKey(key);
  const own = readTickFields(fields).symbol ?? symbol;
  const named = { ...fields, symbol: own };
  const isBare = typeof own === "string" && symbolKey(own)?.includes("@") === false;
  return isBare ? withVenue(named, venue) : named;
}

function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    yield text.slice(from, end < 0 ? text.length : end);
    if (end < 0) return;
    from = end + 1;
  }
}
