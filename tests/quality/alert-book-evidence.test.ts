import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { GATEWAY_SYMBOL } from "../../src/quality/alerts/alert-change.ts";
import { AlertBook } from "../../src/quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import { alertLimitsSchema } from "../../src/quality/alerts/alert-limits.ts";
import { CHAMPION, NOW_MS, WELL } from "./alert-facts.ts";
import { MINUTE, THRICE, OTHER, driftWindow, every, run, silent, uncalibrated } from "./alert-looks.ts";

describe("the evidence of an AlertBook", () => {
  it("takes a drift window for evidence once, however often it is seen", () => {
    const book = new AlertBook(THRICE);
    expect(run(book, every(0, 60, driftWindow("drift", 0)))).toEqual([]);
    expect(run(book, every(60, 120, driftWindow("drift", 1)))).toEqual(["60 firing drift"]);
    expect(run(book, every(120, 180, driftWindow("ok", 2)))).toEqual([]);
    expect(run(book, every(180, 240, driftWindow("ok", 3)))).toEqual(["180 resolved drift"]);
  });

  it("requires two consecutive windows of drift: one without a verdict between them, or none, starts anew", () => {
    for (const between of [[], ["too_few_rows"], Array<string>(23).fill("uncalibrated")]) {
      const book = new AlertBook(THRICE);
      const next = between.length + 2;
      const verdicts = ["drift", ...between];
      expect(
        run(
          book,
          verdicts.map((verdict, hour) => [hour * 60, driftWindow(verdict, hour)]),
        ),
      ).toEqual([]);
      expect(run(book, [[next * 60, driftWindow("drift", next)]])).toEqual([]);
      const confirmed = book.update(driftWindow("drift", next + 1), NOW_MS + (next + 1) * 60 * MINUTE);
      expect(confirmed).toMatchObject([{ state: "firing", sinceMs: NOW_MS + next * 60 * MINUTE }]);
      expect(run(book, [[(next + 2) * 60, driftWindow("ok", next + 2)]])).toEqual([]);
      expect(run(book, [[(next + 4) * 60, driftWindow("ok", next + 4)]])).toEqual([]);
      expect(run(book, [[(next + 5) * 60, driftWindow("ok", next + 5)]])).toEqual([
        `${(next + 5) * 60} resolved drift`,
      ]);
    }
  });

  it("takes no older window for evidence of anything, over a restart and after a resolve too", () => {
    const quiet = new AlertBook(THRICE);
    run(quiet, [[0, driftWindow("drift", 50)]]);
    for (const hour of [2, 3, 4, 49]) expect(run(quiet, [[hour, driftWindow("drift", hour)]])).toEqual([]);
    expect(run(quiet, [[50, driftWindow("ok", 48)]])).toEqual([]);
    expect(run(quiet, [[60, driftWindow("drift", 51)]])).toEqual(["60 firing drift"]);

    const book = new AlertBook(THRICE);
    const verdicts = ["drift", "drift", "ok", "ok"];
    const windows = verdicts.map((verdict, hour): [number, AlertFacts] => [hour * 60, driftWindow(verdict, hour)]);
    expect(run(book, windows)).toEqual(["60 firing drift", "180 resolved drift"]);
    const restarted = AlertBook.fromJSON(THRICE, JSON.parse(JSON.stringify(book)));
    const later = windows.map(([minute, facts]): [number, AlertFacts] => [minute + 600, facts]);
    expect(run(restarted, later)).toEqual([]);
  });

  it("judges a new champion anew: what fired for the last one is resolved, and fires again without a cool-down", () => {
    const book = new AlertBook(THRICE);
    run(book, [...every(0, 31, uncalibrated(0.1)), [31, silent(90_000)]]);
    const swapped = { ...uncalibrated(0.1), model: OTHER, silentMs: 90_000 };
    expect(book.update(swapped, NOW_MS + 32 * MINUTE)).toMatchObject([
      { rule: "calibration", state: "resolved", model: CHAMPION, summary: "BTC-USD: judged anew: the model changed." },
    ]);
    expect(run(book, every(33, 70, swapped))).toEqual(["63 firing calibration"]);
    expect(book.unreported.at(-1)?.model).toBe(OTHER);
  });

  it("resolves when there is no model any more, and not when it is not said which", () => {
    const book = new AlertBook(THRICE);
    run(book, every(0, 31, uncalibrated(0.1)));
    expect(book.update({}, NOW_MS + 40 * MINUTE)).toEqual([]);
    expect(book.update({ model: null }, NOW_MS + 41 * MINUTE)).toMatchObject([{ state: "resolved" }]);
  });

  it("leaves out a rule that is switched off, and resolves what it had fired", () => {
    const limits = v.parse(alertLimitsSchema, { calibration: { enabled: false } });
    const off = new AlertBook({ ...THRICE, limits });
    expect(run(off, every(0, 60, uncalibrated(0.1)))).toEqual([]);
    expect(off.statuses(uncalibrated(0.1), NOW_MS).find(({ rule }) => rule === "calibration")?.state).toBe("off");
    const on = new AlertBook(THRICE);
    run(on, every(0, 31, uncalibrated(0.1)));
    const restarted = AlertBook.fromJSON({ ...THRICE, limits }, JSON.parse(JSON.stringify(on)));
    expect(run(restarted, every(31, 33, uncalibrated(0.1)))).toEqual(["31 resolved calibration"]);
  });

  it("reports a challenger once, for the whole gateway, until it is another one", () => {
    const book = new AlertBook({ symbol: GATEWAY_SYMBOL, stepMs: 1000 });
    const ready = (model: string | null): AlertFacts => ({ model, challenger: { ...WELL.challenger!, ready: true } });
    expect(run(book, every(0, 5, ready(OTHER)))).toEqual(["0 firing challenger_ready"]);
    expect(book.unreported[0]?.id).toBe(`*:challenger_ready:${NOW_MS}`);
    const wavering: AlertFacts = { model: OTHER, challenger: { ...WELL.challenger!, eValue: 10 } };
    expect(
      run(book, [
        [5, wavering],
        [5, ready(OTHER)],
        [5, wavering],
      ]),
    ).toEqual([]);
    expect(run(book, [[5, { model: null, challenger: null }]])).toEqual(["5 resolved challenger_ready"]);
  });

  it("takes back that a challenger is ready when the evidence for it is gone, and waits six hours before the next report", () => {
    const book = new AlertBook({ symbol: GATEWAY_SYMBOL, stepMs: 1000 });
    const at = (eValue: number): AlertFacts => ({
      model: OTHER,
      challenger: { ...WELL.challenger!, eValue, ready: eValue >= 20 },
    });
    expect(
      run(book, [
        [0, at(20)],
        [15, at(1)],
        [30, at(0.9)],
      ]),
    ).toEqual(["0 firing challenger_ready", "30 resolved challenger_ready"]);
    expect(run(book, every(45, 420, at(25)))).toEqual(["390 firing challenger_ready"]);
  });
});
