import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { ALERT_RULES, type AlertChange } from "../../src/quality/alerts/alert-change.ts";
import { AlertBook } from "../../src/quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import { alertLimitsSchema } from "../../src/quality/alerts/alert-limits.ts";
import { around, evidenceFacts, evidenceOf, NOW_MS, WELL } from "./alert-facts.ts";
import { MINUTE, OPTIONS, THRICE, OTHER, driftWindow, every, run, silent, uncalibrated } from "./alert-looks.ts";

describe("the memory of an AlertBook", () => {
  it("goes on when the clock is set back", () => {
    const book = new AlertBook(THRICE);
    run(book, every(1000, 1016, uncalibrated(0.1)));
    expect(run(book, every(0, 40, uncalibrated(0.1)))).toEqual(["0 firing calibration"]);
    run(book, every(40, 75, uncalibrated(0)));
    expect(run(book, every(-500, -400, uncalibrated(0.1)))).toEqual(["-470 firing calibration"]);
  });

  it("keeps changes that were not delivered yet, the newest 50, until they are", () => {
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

  it("never drops the end of an alert whose beginning was delivered, nor the beginning of what fires", () => {
    const book = new AlertBook({
      ...OPTIONS,
      limits: v.parse(alertLimitsSchema, { drift: { fireAfter: 1, resolveAfter: 1, coolDownMs: 0 } }),
    });
    const hours = (from: number, to: number) => {
      for (let hour = from; hour < to; hour++) {
        run(book, [[hour * 60, driftWindow(hour % 2 === 0 ? "drift" : "ok", hour)]]);
      }
    };
    hours(0, 1);
    const [delivered] = book.unreported;
    book.markReported([delivered!]);
    hours(1, 121);
    expect(book.unreported.length).toBeLessThanOrEqual(50);
    expect(book.unreported[0]).toMatchObject({ id: delivered!.id, state: "resolved" });
    expect(book.unreported.at(-1)).toMatchObject({ state: "firing", atMs: NOW_MS + 120 * 60 * MINUTE });
  });

  it("takes over what fires elsewhere when it lost its memory, and resolves that under its id", () => {
    const before = new AlertBook(THRICE);
    run(before, every(0, 31, uncalibrated(0.1)));
    const active = before.unreported;
    const book = new AlertBook(THRICE);
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

  it("reports what it would have reported without one, whenever that was", () => {
    const straight = new AlertBook(THRICE);
    const expected = run(straight, looks);
    expect(expected.length).toBeGreaterThan(5);
    for (let at = 0; at < looks.length; at += 7) {
      const book = new AlertBook(THRICE);
      const first = run(book, looks.slice(0, at));
      const again = AlertBook.fromJSON(THRICE, JSON.parse(JSON.stringify(book)));
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
    const book = AlertBook.fromJSON(THRICE, stored);
    expect(JSON.stringify(book)).toBe(JSON.stringify(new AlertBook(THRICE)));
  });

  it("goes on with an alert of a rule under its former name, and ends it under the id that receivers know", () => {
    const worse = {
      ...WELL,
      evidence: evidenceFacts({ referenceGain: evidenceOf("told") }),
      referenceGain: around(-0.01, 0.001),
    };
    const changes = (one: AlertBook, minutes: readonly number[], facts: AlertFacts): AlertChange[] =>
      minutes.flatMap((minute) => one.update(facts, NOW_MS + minute * MINUTE));
    const book = new AlertBook(THRICE);
    const [fired] = changes(book, [0], worse);
    expect(fired).toMatchObject({ rule: "not_better_than_baseline", state: "firing" });
    const formerId = fired!.id.replace("not_better_than_baseline", "not_better_than_persistence");
    const former = JSON.parse(
      JSON.stringify(book).replaceAll("not_better_than_baseline", "not_better_than_persistence"),
    ) as { rules: Record<string, { fired: { id?: string } }> };
    // Earlier versions made the id from the rule and the time.
    delete former.rules["not_better_than_persistence"]!.fired.id;
    const again = AlertBook.fromJSON(THRICE, former);
    expect(again.isFiring("not_better_than_baseline")).toBe(true);
    expect(again.unreported).toMatchObject([{ rule: "not_better_than_baseline", id: formerId, state: "firing" }]);
    const lost = new AlertBook(THRICE);
    lost.adopt(again.unreported);
    for (const one of [again, lost]) {
      expect(changes(one, [60], WELL)).toMatchObject([
        { rule: "not_better_than_baseline", id: formerId, state: "resolved" },
      ]);
    }
  });

  it("loses only the rule that it cannot read, and only the changes", () => {
    const book = new AlertBook(THRICE);
    run(book, [...every(0, 31, uncalibrated(0.1)), [31, silent(90_000)]]);
    const stored = JSON.parse(JSON.stringify(book)) as { rules: Record<string, unknown>; unreported: unknown[] };
    stored.rules["calibration"] = "damaged";
    stored.unreported[0] = { id: 7 };
    const restarted = AlertBook.fromJSON(THRICE, stored);
    expect(ALERT_RULES.filter((rule) => restarted.isFiring(rule))).toEqual(["feed_silent"]);
    expect(restarted.unreported).toMatchObject([{ rule: "feed_silent" }]);
  });
});
