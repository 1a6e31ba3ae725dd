// What a comparison with the undisturbed gateway calls lost, doubled and different.
import { expect, it } from "vitest";
import { differencesOf, tally } from "../../chaos/twin.ts";
import type { SymbolAccount, TickCounts } from "../../chaos/symbol-account.ts";

const COUNTS: TickCounts = { accepted: 1_000, duplicate: 3, late: 2, outlier: 1, price_outlier: 0 };
const NONE: ReadonlySet<string> = new Set();

function account(counts: Partial<TickCounts> = {}, held = 0, probability: number | null = 0.25): SymbolAccount {
  const history = [{ columns: { ts: [1_000, 2_000], probability: [null, probability] } }];
  return { counts: { ...COUNTS, ...counts }, held, parts: { state: { steps_closed: 400 }, history } };
}

it("finds nothing between equal accounts", () => {
  expect(tally(account(), account())).toEqual({ lost: 0, doubled: 0 });
  expect(differencesOf("A", account(), account(), NONE)).toEqual([]);
});

it("counts ticks that are missing as lost, wherever they would have been counted", () => {
  expect(tally(account({ accepted: 900 }), account())).toEqual({ lost: 100, doubled: 0 });
  expect(tally(account({ outlier: 0 }), account())).toEqual({ lost: 1, doubled: 0 });
  expect(tally(account({ accepted: 999 }, 1), account())).toEqual({ lost: 0, doubled: 0 });
});

it("counts ticks that were applied again as doubled, whether they were accepted, duplicates or late", () => {
  expect(tally(account({ accepted: 1_100 }), account())).toEqual({ lost: 0, doubled: 100 });
  expect(tally(account({ duplicate: 53 }), account())).toEqual({ lost: 0, doubled: 50 });
  expect(tally(account({ late: 102 }), account())).toEqual({ lost: 0, doubled: 100 });
});

it("does not set ticks that were lost off against others that were doubled", () => {
  expect(tally(account({ accepted: 900, late: 102 }), account())).toEqual({ lost: 100, doubled: 100 });
});

it("names the first value of a score that differs, unless the fault may change that part", () => {
  const [there, twin] = [account({}, 0, 0.5), account()];
  const difference =
    "A: history differs from the undisturbed gateway: at /0/columns/probability/1 got 0.5, expected 0.25";
  expect(differencesOf("A", there, twin, NONE)).toEqual([difference]);
  expect(differencesOf("A", there, twin, new Set(["history"]))).toEqual([]);
});

it("takes no comparison for one in which nothing was scored", () => {
  const [there, twin] = [account({}, 0, null), account({}, 0, null)];
  expect(differencesOf("A", there, twin, NONE)).toEqual([
    "A: the undisturbed gateway has no score, so that nothing is shown",
  ]);
});
