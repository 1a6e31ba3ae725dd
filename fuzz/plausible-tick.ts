// What every accepted tick must be by docs/messages.md: the fuzzer's own check, beside the parser's.
import { TICK_FIELDS } from "../src/features/packed-ticks.ts";
import { SYMBOL_FORM } from "../src/features/symbol-name.ts";
import { isRejection, type Tick, type TickRejection } from "../src/features/tick.ts";
import { FLOW_FIELDS } from "../src/features/trade-flow.ts";
import { MAX_TS_MS, MIN_TS_MS } from "../src/features/tick-time.ts";
import { demand } from "./fuzz-target.ts";

/** When the fuzzer's messages were received. */
export const NOW_MS = 1_764_547_300_000;

const isMissingOr = (x: number, test: (x: number) => boolean): boolean => Number.isNaN(x) || test(x);
const isPrice = (x: number): boolean => x > 0 && Number.isFinite(x);
const isAmount = (x: number): boolean => x >= 0 && Number.isFinite(x) && !Object.is(x, -0);

/** @throws FuzzFinding for a tick that nobody could have meant. */
export function requirePlausible(tick: Tick): void {
  const { symbol, tsMs, price, bid, ask, bidSize, askSize, size, id, flow } = tick;
  const text = (): string => `accepted ${JSON.stringify(tick)}`;
  demand(SYMBOL_FORM.test(symbol), text);
  demand(Number.isSafeInteger(tsMs) && tsMs >= MIN_TS_MS && tsMs <= MAX_TS_MS, text);
  demand(
    [price, bid, ask].every((x) => isMissingOr(x, isPrice)),
    text,
  );
  demand(!Number.isNaN(price) || !Number.isNaN(bid + ask), text);
  demand(!(bid > ask), text);
  demand(
    [bidSize, askSize, size].every((x) => isMissingOr(x, isAmount)),
    text,
  );
  demand(
    isMissingOr(id, (x) => Number.isInteger(x) && Math.abs(x) < 2 ** 63),
    text,
  );
  if (flow !== undefined)
    requireFlow(
      FLOW_FIELDS.map((field) => flow[field]),
      text,
    );
}

/** The same for a packed row. */
export function requirePlausibleRow(rows: Float64Array, at: number): void {
  const [tsMs, price, bid, ask, bidSize, askSize, size, id, ...flow] = rows.subarray(at, at + TICK_FIELDS);
  const quote = { tsMs: tsMs!, price: price!, bid: bid!, ask: ask! };
  requirePlausible({ symbol: "X", ...quote, bidSize: bidSize!, askSize: askSize!, size: size!, id: id! });
  requireFlow(flow, () => `accepted a flow of ${flow.join()}`);
}

/** A refusal says what, where and why in texts of bounded length. */
export function requireRefusal(refusal: TickRejection): void {
  const { reason, field, got, expected } = refusal;
  const text = (): string => `refused with ${JSON.stringify(refusal).slice(0, 500)}`;
  demand(
    [reason, field, got, expected].every((part) => typeof part === "string"),
    text,
  );
  demand(reason !== ("" as string) && field !== "" && expected !== "", text);
  demand(
    [field, got, expected].every((part) => part.length <= 400),
    text,
  );
}

/** The tick or the refusal; whether it was a tick. */
export function requireVerdict(verdict: Tick | TickRejection): boolean {
  if (isRejection(verdict)) {
    requireRefusal(verdict);
    return false;
  }
  requirePlausible(verdict);
  return true;
}

function requireFlow([side, ...amounts]: readonly number[], text: () => string): void {
  demand(
    isMissingOr(side!, (x) => x === 1 || x === -1),
    text,
  );
  demand(
    amounts.every((x) => isMissingOr(x, isAmount)),
    text,
  );
  demand(isMissingOr(amounts[0]!, Number.isSafeInteger), text);
}
