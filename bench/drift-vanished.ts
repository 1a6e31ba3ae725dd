// What the verdicts say of hours in which the quotes have stopped.
import { simulateTicks } from "../simulator/simulator.ts";
import { share } from "./alarm-rates.ts";
import { percent } from "./drift-false-alarms.ts";
import { DAY_MS, FROM_MS, referenceOf } from "./drift-models.ts";
import { driftRows, rowsBetween } from "./drift-rows.ts";
import { driftVerdicts, type WatchedModel } from "./drift-verdicts.ts";

const TRAIN_DAYS = 5;
const TEST_DAYS = 3;
const ALPHA = 0.05;

/** Share of hours with drift, by the limits of distances alone and by columns that vanished too. */
export function printVanished(model: WatchedModel): void {
  const stream = { seed: 41, symbol: "BTC-USD", fromMs: FROM_MS, toMs: FROM_MS + (TRAIN_DAYS + TEST_DAYS) * DAY_MS };
  const without = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN };
  const quoted = driftRows(simulateTicks(stream));
  const unquoted = driftRows(withoutQuotes());
  function* withoutQuotes() {
    for (const tick of simulateTicks(stream)) yield { ...tick, ...without };
  }
  const reference = referenceOf(rowsBetween(quoted, FROM_MS, FROM_MS + TRAIN_DAYS * DAY_MS), model, ALPHA);
  console.log(`1 h windows of ${TEST_DAYS} unseen days: drift by distances alone, and by vanished columns too`);
  for (const [words, data] of [
    ["with quotes", quoted],
    ["quotes stopped", unquoted],
  ] as const) {
    const verdicts = driftVerdicts(rowsBetween(data, FROM_MS + TRAIN_DAYS * DAY_MS, Infinity), model, reference);
    const hours = verdicts.filter(({ window }) => window === "1h");
    const byDistance = share(hours, ({ alarmedBy }) => alarmedBy.some((by) => by !== "presence"));
    const all = share(hours, ({ verdict }) => verdict === "drift");
    console.log(
      `  ${words.padEnd(15)} ${percent(byDistance).padStart(7)} ${percent(all).padStart(7)} of ${hours.length}`,
    );
  }
  console.log();
}
