import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { ALERT_RULES, type AlertChange, GATEWAY_SYMBOL } from "../../src/quality/alerts/alert-change.ts";
import { AlertBook, type AlertBookOptions } from "../../src/quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import { alertLimitsSchema } from "../../src/quality/alerts/alert-limits.ts";
import { linearCongruential } from "../features/linear-congruential.ts";
import { around, CHAMPION, NOW_MS, WELL } from "./alert-facts.ts";

const OTHER = "b".repeat(64);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const OPTIONS: AlertBookOptions = { symbol: "BTC-USD", stepMs: 1000 };

const silent = (silentMs: number): AlertFacts => ({ silentMs });
const uncalibrated = (difference: number): AlertFacts => ({
  ...WELL,
  calibration: { difference: around(difference, 0.001) },
});
const driftWindow = (verdict: string, hour: number, model = CHAMPION): AlertFacts => ({
  model,
  drift: { ...WELL.drift!, verdict, windowEndMs: NOW_MS + hour * 60 * MINUTE },
});

/** What changes over a list of [minutes, facts]: `<minute> <state> <rule>`. */
function run(book: AlertBook, looks: readonly (readonly [number, AlertFacts])[]): string[] {
  return looks.flatMap(([minute, facts]) =>
    book.update(facts, NOW_MS + minute * MINUTE).map(({ state, rule }) => `${minute} ${state} ${rule}`),
  );
}

/** The facts at every minute of a range. */
const every = (from: number, to: number, facts: AlertFacts): [number, AlertFacts][] =>
  Array.from({ length: to - from }, (_, i) => [from + i, facts]);

describe("AlertBook", () => {
  it("has nothing to say while nothing is wrong", () => {
    const book = new AlertBook(OPTIONS);
    expect(run(book, every(0, 200, WELL))).toEqual([]);
    expect(book.statuses(WELL, NOW_MS).map(({ state }) => state)).toEqual(Array(7).fill("quiet"));
  });

  it("refuses a step that is none", () => {
    expect(() => new AlertBook({ symbol: "X", stepMs: 0 })).toThrow("stepMs: got 0, expected a number above 0");
  });

  it("fires after three looks a quarter of an hour apart, however often it looks in between", () => {
    for (const step of [1, 5, 15]) {
      const looks = every(0, 121, uncalibrated(0.1)).filter(([minute]) => minute % step === 0);
      expect(run(new AlertBook(OPTIONS), looks)).toEqual(["30 firing calibration"]);
    }
  });

  it("starts its count anew at every look that does not confirm", () => {
    const looks = [...every(0, 30, uncalibrated(0.1)), ...every(30, 31, uncalibrated(0.015))];
    expect(run(new AlertBook(OPTIONS), [...looks, ...every(31, 70, uncalibrated(0.1))])).toEqual([
      "61 firing calibration",
    ]);
  });

  it("counts nothing, and forgets nothing, at a look without the fact", () => {
    const looks = every(0, 60, uncalibrated(0.1)).map(([minute, facts]): [number, AlertFacts] =>
      minute % 2 === 0 ? [minute, facts] : [minute, { model: CHAMPION }],
    );
    expect(run(new AlertBook(OPTIONS), looks)).toEqual(["32 firing calibration"]);
  });

  it("resolves only below a limit of its own, after as many looks", () => {
    const book = new AlertBook(OPTIONS);
    run(book, every(0, 31, uncalibrated(0.1)));
    expect(run(book, every(31, 200, uncalibrated(0.015)))).toEqual([]);
    const status = book.statuses(uncalibrated(0.015), NOW_MS).find(({ rule }) => rule === "calibration");
    expect(status).toMatchObject({ state: "firing", sinceMs: NOW_MS });
    expect(run(book, every(200, 260, uncalibrated(0.005)))).toEqual(["230 resolved calibration"]);
  });

  it("says both ends under one id, with the time at which the condition was first seen", () => {
    const book = new AlertBook(OPTIONS);
    run(book, every(0, 31, uncalibrated(0.1)));
    run(book, every(31, 100, uncalibrated(0)));
    const id = `BTC-USD:calibration:${NOW_MS + 30 * MINUTE}`;
    const common = {
      id,
      symbol: "BTC-USD",
      rule: "calibration",
      severity: "warning",
      sinceMs: NOW_MS,
      model: CHAMPION,
    };
    expect(book.unreported).toEqual([
      {
        ...common,
        state: "firing",
        atMs: NOW_MS + 30 * MINUTE,
        summary: "BTC-USD: over 24 h more spikes came than the scores promised: difference 0.100 (0.099 to 0.101).",
        figures: expect.objectContaining({ difference: 0.1 }),
      },
      {
        ...common,
        state: "resolved",
        atMs: NOW_MS + 61 * MINUTE,
        summary: expect.stringMatching(/difference 0\.000/),
        figures: expect.objectContaining({ difference: 0 }),
      },
    ]);
  });

  it("does not flap at the limit: a figure that crosses it back and forth neither fires nor resolves", () => {
    const flapping = every(0, 500, WELL).map(([minute]): [number, AlertFacts] => [
      minute,
      uncalibrated(minute % 10 < 5 ? 0.0201 : 0.0199),
    ]);
    expect(run(new AlertBook(OPTIONS), flapping)).toEqual([]);
    const book = new AlertBook(OPTIONS);
    run(book, every(-100, 0, uncalibrated(0.1)));
    expect(run(book, flapping)).toEqual([]);
    const atResolve = every(500, 999, WELL).map(([minute]): [number, AlertFacts] => [
      minute,
      uncalibrated(minute % 10 < 5 ? 0.0101 : 0.0099),
    ]);
    expect(run(book, atResolve)).toEqual([]);
  });

  it("never says the same twice, whatever comes", () => {
    const next = linearCongruential(1);
    const book = new AlertBook(OPTIONS);
    const states: Partial<Record<AlertChange["rule"], AlertChange["state"]>> = {};
    let changes = 0;
    for (let minute = 0; minute < 20_000; minute++) {
      const wild = ((next() >>> 8) % 1000) / 1000;
      const rough = minute % 700 < 350 ? 0.3 : 0;
      const facts = { ...uncalibrated(wild < 0.01 ? 0.015 : rough), ...silent(rough > 0 ? 90_000 : 500) };
      for (const change of book.update(facts, NOW_MS + minute * MINUTE)) {
        expect(change.state).toBe(states[change.rule] === "firing" ? "resolved" : "firing");
        states[change.rule] = change.state;
        changes += 1;
      }
    }
    expect(changes).toBeGreaterThan(50);
  });

  it("waits out the cool-down after a resolve, and then fires by what was confirmed meanwhile", () => {
    const book = new AlertBook(OPTIONS);
    run(book, [...every(0, 31, uncalibrated(0.1)), ...every(31, 62, uncalibrated(0))]);
    expect(book.isFiring("calibration")).toBe(false);
    expect(run(book, every(62, 200, uncalibrated(0.1)))).toEqual(["121 firing calibration"]);
  });

  it("fires at once when a feed falls silent, and resolves after a minute of ticks", () => {
    const book = new AlertBook(OPTIONS);
    const at = (second: number, silentMs: number) => book.update(silent(silentMs), NOW_MS + second * SECOND);
    expect(at(0, 60_000)).toEqual([]);
    expect(at(1, 61_000).map(({ id, severity, model }) => [id, severity, model])).toEqual([
      [`BTC-USD:feed_silent:${NOW_MS + 1000}`, "critical", null],
    ]);
    for (let second = 2; second < 100; second++) expect(at(second, 60_000 + second * SECOND)).toEqual([]);
    for (let second = 100; second < 160; second++) expect(at(second, 200)).toEqual([]);
    expect(at(160, 200).map(({ state }) => state)).toEqual(["resolved"]);
  });

  it("does not resolve a feed that gives a tick now and then", () => {
    const book = new AlertBook(OPTIONS);
    const changes: string[] = [];
    for (let second = 0; second < 3600; second++) {
      const facts = silent((second % 70) * SECOND);
      for (const { state } of book.update(facts, NOW_MS + second * SECOND)) changes.push(`${second} ${state}`);
    }
    expect(changes).toEqual(["61 firing"]);
  });

  it("takes a drift window for evidence once, however often it is seen", () => {
    const book = new AlertBook(OPTIONS);
    expect(run(book, every(0, 60, driftWindow("drift", 0)))).toEqual([]);
    expect(run(book, every(60, 120, driftWindow("drift", 1)))).toEqual(["60 firing drift"]);
    expect(run(book, every(120, 180, driftWindow("ok", 2)))).toEqual([]);
    expect(run(book, every(180, 240, driftWindow("ok", 3)))).toEqual(["180 resolved drift"]);
  });

  it("wants two windows of drift that follow each other: one without a verdict between them, or none, starts anew", () => {
    for (const between of [[], ["too_few_rows"], Array<string>(23).fill("uncalibrated")]) {
      const book = new AlertBook(OPTIONS);
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
    const quiet = new AlertBook(OPTIONS);
    run(quiet, [[0, driftWindow("drift", 50)]]);
    for (const hour of [2, 3, 4, 49]) expect(run(quiet, [[hour, driftWindow("drift", hour)]])).toEqual([]);
    expect(run(quiet, [[50, driftWindow("ok", 48)]])).toEqual([]);
    expect(run(quiet, [[60, driftWindow("drift", 51)]])).toEqual(["60 firing drift"]);

    const book = new AlertBook(OPTIONS);
    const verdicts = ["drift", "drift", "ok", "ok"];
    const windows = verdicts.map((verdict, hour): [number, AlertFacts] => [hour * 60, driftWindow(verdict, hour)]);
    expect(run(book, windows)).toEqual(["60 firing drift", "180 resolved drift"]);
    const restarted = AlertBook.fromJSON(OPTIONS, JSON.parse(JSON.stringify(book)));
    const later = windows.map(([minute, facts]): [number, AlertFacts] => [minute + 600, facts]);
    expect(run(restarted, later)).toEqual([]);
  });

  it("judges a new champion anew: what fired for the last one is resolved, and fires again without a cool-down", () => {
    const book = new AlertBook(OPTIONS);
    run(book, [...every(0, 31, uncalibrated(0.1)), [31, silent(90_000)]]);
    const swapped = { ...uncalibrated(0.1), model: OTHER, silentMs: 90_000 };
    expect(book.update(swapped, NOW_MS + 32 * MINUTE)).toMatchObject([
      { rule: "calibration", state: "resolved", model: CHAMPION, summary: "BTC-USD: judged anew: the model changed." },
    ]);
    expect(run(book, every(33, 70, swapped))).toEqual(["63 firing calibration"]);
    expect(book.unreported.at(-1)?.model).toBe(OTHER);
  });

  it("resolves when there is no model any more, and not when it is not said which", () => {
    const book = new AlertBook(OPTIONS);
    run(book, every(0, 31, uncalibrated(0.1)));
    expect(book.update({}, NOW_MS + 40 * MINUTE)).toEqual([]);
    expect(book.update({ model: null }, NOW_MS + 41 * MINUTE)).toMatchObject([{ state: "resolved" }]);
  });

  it("leaves out a rule that is switched off, and resolves what it had fired", () => {
    const limits = v.parse(alertLimitsSchema, { calibration: { enabled: false } });
    const off = new AlertBook({ ...OPTIONS, limits });
    expect(run(off, every(0, 60, uncalibrated(0.1)))).toEqual([]);
    expect(off.statuses(uncalibrated(0.1), NOW_MS).find(({ rule }) => rule === "calibration")?.state).toBe("off");
    const on = new AlertBook(OPTIONS);
    run(on, every(0, 31, uncalibrated(0.1)));
    const restarted = AlertBook.fromJSON({ ...OPTIONS, limits }, JSON.parse(JSON.stringify(on)));
    expect(run(restarted, every(31, 33, uncalibrated(0.1)))).toEqual(["31 resolved calibration"]);
  });

  it("tells of a challenger once, for the whole gateway, until it is another one", () => {
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

  it("takes back that a challenger is ready when half of the evidence is gone, and waits six hours before the next word", () => {
    const book = new AlertBook({ symbol: GATEWAY_SYMBOL, stepMs: 1000 });
    const at = (eValue: number): AlertFacts => ({
      model: OTHER,
      challenger: { ...WELL.challenger!, eValue, ready: eValue >= 20 },
    });
    expect(
      run(book, [
        [0, at(20)],
        [15, at(10)],
        [30, at(9.9)],
      ]),
    ).toEqual(["0 firing challenger_ready", "30 resolved challenger_ready"]);
    expect(run(book, every(45, 420, at(25)))).toEqual(["390 firing challenger_ready"]);
  });

  it("goes on when the clock is set back", () => {
    const book = new AlertBook(OPTIONS);
    run(book, every(1000, 1016, uncalibrated(0.1)));
    expect(run(book, every(0, 40, uncalibrated(0.1)))).toEqual(["0 firing calibration"]);
    run(book, every(40, 75, uncalibrated(0)));
    expect(run(book, every(-500, -400, uncalibrated(0.1)))).toEqual(["-470 firing calibration"]);
  });

  it("keeps what was not told yet, the newest 50, until it was", () => {
    const book = new AlertBook({
      ...OPTIONS,
      limits: v.parse(alertLimitsSchema, { drift: { fireAfter: 1, resolveAfter: 1, coolDownMs: 0 } }),
    });
    for (let hour = 0; hour < 60; hour++) run(book, [[hour * 60, driftWindow(hour % 2 === 0 ? "drift" : "ok", hour)]]);
    expect(book.unreported).toHaveLength(50);
    expect(book.unreported.at(-1)?.atMs).toBe(NOW_MS + 59 * 60 * MINUTE);
    const [first, second] = book.unreported;
    book.markReported([first!]);
    expect(book.unreported).toHaveLength(49);
    expect(book.unreported[0]).toEqual(second);
    book.markReported(book.unreported);
    expect(book.unreported).toEqual([]);
  });

  it("takes over what fires elsewhere when it lost its memory, and resolves that under its id", () => {
    const before = new AlertBook(OPTIONS);
    run(before, every(0, 31, uncalibrated(0.1)));
    const active = before.unreported;
    const book = new AlertBook(OPTIONS);
    book.adopt(active);
    book.adopt([
      { ...active[0]!, symbol: "ETH-USD" },
      { ...active[0]!, id: "BTC-USD:drift:x", rule: "drift" },
    ]);
    expect(run(book, every(31, 60, uncalibrated(0.1)))).toEqual([]);
    expect(run(book, every(60, 95, uncalibrated(0)))).toEqual(["90 resolved calibration"]);
    expect(book.unreported[0]?.id).toBe(active[0]?.id);
  });
});

describe("an AlertBook after a restart", () => {
  const looks: [number, AlertFacts][] = [
    ...every(0, 40, { ...uncalibrated(0.1), silentMs: 0 }),
    ...every(40, 80, { ...uncalibrated(0), silentMs: 70_000 }),
    ...every(80, 200, { ...uncalibrated(0.1), silentMs: 100 }),
    ...every(200, 260, { ...uncalibrated(0), model: OTHER }),
  ];

  it("says what it would have said without one, whenever that was", () => {
    const straight = new AlertBook(OPTIONS);
    const expected = run(straight, looks);
    expect(expected.length).toBeGreaterThan(5);
    for (let at = 0; at < looks.length; at += 7) {
      const book = new AlertBook(OPTIONS);
      const first = run(book, looks.slice(0, at));
      const again = AlertBook.fromJSON(OPTIONS, JSON.parse(JSON.stringify(book)));
      expect([...first, ...run(again, looks.slice(at))]).toEqual(expected);
      expect(JSON.stringify(again)).toBe(JSON.stringify(straight));
    }
  });

  it.each([
    undefined,
    null,
    7,
    "x",
    [],
    { rules: 7 },
    { rules: { calibration: { streak: -1 } }, unreported: 3, model: 9 },
    { rules: { calibration: { streak: 0, countedMs: "x", sinceMs: null, fired: null, resolvedMs: null } } },
    { rules: { calibration: { streak: 0, countedMs: null, sinceMs: null, fired: { atMs: 1 }, resolvedMs: null } } },
  ])("starts empty where it cannot read %j", (stored) => {
    const book = AlertBook.fromJSON(OPTIONS, stored);
    expect(JSON.stringify(book)).toBe(JSON.stringify(new AlertBook(OPTIONS)));
  });

  it("loses only the rule that it cannot read, and only the changes", () => {
    const book = new AlertBook(OPTIONS);
    run(book, [...every(0, 31, uncalibrated(0.1)), [31, silent(90_000)]]);
    const stored = JSON.parse(JSON.stringify(book)) as { rules: Record<string, unknown>; unreported: unknown[] };
    stored.rules["calibration"] = "damaged";
    stored.unreported[0] = { id: 7 };
    const restarted = AlertBook.fromJSON(OPTIONS, stored);
    expect(ALERT_RULES.filter((rule) => restarted.isFiring(rule))).toEqual(["feed_silent"]);
    expect(restarted.unreported).toMatchObject([{ rule: "feed_silent" }]);
  });
});
