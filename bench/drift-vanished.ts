// What the verdicts say of hours in which the quotes have stopped.
import { simulateTicks } from "../simulator/simulator.ts";
import { share } from "./alarm-rates.ts";
import { percent } from "./drift-false-alarms.ts";
import { DAY_MS, FROM_MS, HOUR_MS, referenceOf } from "./drift-models.ts";
import { driftRows, rowsBetween } from "./drift-rows.ts";
import { driftVerdicts, type WatchedModel } from "./drift-verdicts.ts";

const TRAIN_DAYS = 5;
const TEST_DAYS = 3;
const ALPHA = 0.05;

/** Hours of the training without quotes, from its second day on. */
const BAD_HOURS = [0, 1, 2, 6];

/** Share of hours with drift, by the limits of distances alone and by columns that vanished too. */
export function printVanished(model: WatchedModel): void {
  const stream = { seed: 41, symbol: "BTC-USD", fromMs: FROM_MS, toMs: FROM_MS + (TRAIN_DAYS + TEST_DAYS) * DAY_MS };
  const without = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN };
  const quoted = driftRows(simulateTicks(stream));
  function* withoutQuotes(fromMs: number, toMs: number) {
    for (const tick of simulateTicks(stream)) {
      yield tick.tsMs >= fromMs && tick.tsMs < toMs ? { ...tick, ...without } : tick;
    }
  }
  const testMs = FROM_MS + TRAIN_DAYS * DAY_MS;
  const unquoted = driftRows(withoutQuotes(testMs, Infinity));
  console.log(`1 h windows of ${TEST_DAYS} unseen days: drift by distances alone, and by vanished columns too`);
  for (const bad of BAD_HOURS) {
    const fromMs = FROM_MS + DAY_MS;
    const trainedOn = bad === 0 ? quoted : driftRows(withoutQuotes(fromMs, fromMs + bad * HOUR_MS));
    const reference = referenceOf(rowsBetween(trainedOn, FROM_MS, testMs), model, ALPHA);
    console.log(`  ${bad} of ${reference.windows[0]!.nullWindows} training hours without quotes`);
    for (const [words, data] of [
      ["with quotes", quoted],
      ["quotes stopped", unquoted],
    ] as const) {
      const verdicts = driftVerdicts(rowsBetween(data, testMs, Infinity), model, reference);
      const hours = verdicts.filter(({ window }) => window === "1h");
      const byDistance = share(hours, ({ alarmedBy }) => alarmedBy.some((by) => by !== "presence"));
      const all = share(hours, ({ verdict }) => verdict === "drift");
      const rates = `${percent(byDistance).padStart(7)} ${percent(all).padStart(7)}`;
      console.log(`    ${words.padEnd(15)} ${rates} of ${hours.length}`);
    }
  }
  console.log();
}
