import { describe, expect, it } from "vitest";
import { ALERT_RULES, type AlertChange } from "../../src/quality/alerts/alert-change.ts";
import { AlertBook } from "../../src/quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import { linearCongruential } from "../features/linear-congruential.ts";
import { CHAMPION, NOW_MS, WELL } from "./alert-facts.ts";
import { MINUTE, THRICE, SECOND, every, run, silent, uncalibrated } from "./alert-looks.ts";

describe("AlertBook", () => {
  it("reports nothing while nothing is wrong", () => {
    const book = new AlertBook(THRICE);
    expect(run(book, every(0, 200, WELL))).toEqual([]);
    expect(book.statuses(WELL, NOW_MS).map(({ state }) => state)).toEqual(Array(ALERT_RULES.length).fill("quiet"));
  });

  it("refuses a malformed step", () => {
    expect(() => new AlertBook({ symbol: "X", stepMs: 0 })).toThrow("stepMs: got 0, expected a number above 0");
  });

  it("fires after three looks a quarter of an hour apart, however often it looks in between", () => {
    for (const step of [1, 5, 15]) {
      const looks = every(0, 121, uncalibrated(0.1)).filter(([minute]) => minute % step === 0);
      expect(run(new AlertBook(THRICE), looks)).toEqual(["30 firing calibration"]);
    }
  });

  it("starts its count anew at every look that does not confirm", () => {
    const looks = [...every(0, 30, uncalibrated(0.1)), ...every(30, 31, uncalibrated(0.015))];
    expect(run(new AlertBook(THRICE), [...looks, ...every(31, 70, uncalibrated(0.1))])).toEqual([
      "61 firing calibration",
    ]);
  });

  it("keeps its count at a look without the fact", () => {
    const looks = every(0, 60, uncalibrated(0.1)).map(([minute, facts]): [number, AlertFacts] =>
      minute % 2 === 0 ? [minute, facts] : [minute, { model: CHAMPION }],
    );
    expect(run(new AlertBook(THRICE), looks)).toEqual(["32 firing calibration"]);
  });

  it("resolves only below a limit of its own, after as many looks", () => {
    const book = new AlertBook(THRICE);
    run(book, every(0, 31, uncalibrated(0.1)));
    expect(run(book, every(31, 200, uncalibrated(0.015)))).toEqual([]);
    const status = book.statuses(uncalibrated(0.015), NOW_MS).find(({ rule }) => rule === "calibration");
    expect(status).toMatchObject({ state: "firing", sinceMs: NOW_MS });
    expect(run(book, every(200, 260, uncalibrated(0.005)))).toEqual(["230 resolved calibration"]);
  });

  it("reports both ends under one id, with the time at which the condition was first seen", () => {
    const book = new AlertBook(THRICE);
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
        summary:
          "BTC-USD: more spikes come than the scores promise; over 24 h the difference is 0.100 (0.099 to 0.101).",
        figures: expect.objectContaining({ difference: 0.1 }),
      },
      {
        ...common,
        state: "resolved",
        atMs: NOW_MS + 61 * MINUTE,
        summary: expect.stringMatching(/difference is 0\.000/),
        figures: expect.objectContaining({ difference: 0 }),
      },
    ]);
  });

  it("does not flap at the limit: a figure that crosses it back and forth neither fires nor resolves", () => {
    const flapping = every(0, 500, WELL).map(([minute]): [number, AlertFacts] => [
      minute,
      uncalibrated(minute % 10 < 5 ? 0.0201 : 0.0199),
    ]);
    expect(run(new AlertBook(THRICE), flapping)).toEqual([]);
    const book = new AlertBook(THRICE);
    run(book, every(-100, 0, uncalibrated(0.1)));
    expect(run(book, flapping)).toEqual([]);
    const atResolve = every(500, 999, WELL).map(([minute]): [number, AlertFacts] => [
      minute,
      uncalibrated(minute % 10 < 5 ? 0.0101 : 0.0099),
    ]);
    expect(run(book, atResolve)).toEqual([]);
  });

  it("never reports the same change twice, whatever comes", () => {
    const next = linearCongruential(1);
    const book = new AlertBook(THRICE);
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
    const book = new AlertBook(THRICE);
    run(book, [...every(0, 31, uncalibrated(0.1)), ...every(31, 62, uncalibrated(0))]);
    expect(book.isFiring("calibration")).toBe(false);
    expect(run(book, every(62, 200, uncalibrated(0.1)))).toEqual(["121 firing calibration"]);
  });

  it("fires at once when a feed falls silent, and resolves after a minute of ticks", () => {
    const book = new AlertBook(THRICE);
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
    const book = new AlertBook(THRICE);
    const changes: string[] = [];
    for (let second = 0; second < 3600; second++) {
      const facts = silent((second % 70) * SECOND);
      for (const { state } of book.update(facts, NOW_MS + second * SECOND)) changes.push(`${second} ${state}`);
    }
    expect(changes).toEqual(["61 firing"]);
  });

  it("fires at once when a served step differs from its archive, ends after four clean looks, and needs no model", () => {
    const book = new AlertBook(THRICE);
    const parity = (mismatches: number) => ({ parity: { steps: 900, mismatches } });
    const [fired] = book.update({ model: "b", ...parity(3) }, NOW_MS);
    expect(fired).toMatchObject({ rule: "parity_mismatch", severity: "critical", state: "firing", model: null });
    expect(fired!.summary).toContain("3 of 900 served steps differ");
    expect(book.update({ model: "c" }, NOW_MS)).toEqual([]);
    for (let i = 1; i <= 3; i++) expect(book.update(parity(0), NOW_MS + i)).toEqual([]);
    expect(book.update({ parity: { steps: 0, mismatches: 0 } }, NOW_MS + 4)).toEqual([]);
    expect(book.update(parity(0), NOW_MS + 5)).toMatchObject([{ rule: "parity_mismatch", state: "resolved" }]);
  });

  it("ends what fires when it is told to, with the reason, and judges anew", () => {
    const book = new AlertBook(THRICE);
    book.update({ silentMs: 90_000 }, NOW_MS);
    expect(book.withdraw(["drift", "feed_silent"], "the symbol was muted", NOW_MS + 1)).toMatchObject([
      { rule: "feed_silent", state: "resolved", summary: expect.stringContaining("the symbol was muted") },
    ]);
    expect(book.unreported.map(({ state }) => state)).toEqual(["firing", "resolved"]);
    expect(book.update({ silentMs: 90_000 }, NOW_MS + 2)).toMatchObject([{ state: "firing" }]);
  });
});

describe("a rule that counts event time", () => {
  const HOUR = 60 * MINUTE;
  /** Looks a second of wall time apart, each a quarter of an hour of event time later. */
  const replayed = (book: AlertBook, facts: AlertFacts, from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, i) => from + i).flatMap((quarter) =>
      book
        .update({ ...facts, eventMs: NOW_MS + quarter * 15 * MINUTE }, NOW_MS + quarter * SECOND)
        .map(({ state, rule }) => `${quarter} ${state} ${rule}`),
    );

  it("fires, resolves and cools down in a replay as it does live", () => {
    const book = new AlertBook(THRICE);
    expect(replayed(book, uncalibrated(0.1), 0, 3)).toEqual(["2 firing calibration"]);
    expect(replayed(book, WELL, 3, 6)).toEqual(["5 resolved calibration"]);
    // The cool-down of an hour ends four quarters later.
    expect(replayed(book, uncalibrated(0.1), 6, 12)).toEqual(["9 firing calibration"]);
  });

  it("counts no second look at the same event time, however much wall time passes", () => {
    const book = new AlertBook(THRICE);
    for (let i = 0; i < 50; i++) {
      expect(book.update({ ...uncalibrated(0.1), eventMs: NOW_MS }, NOW_MS + i * HOUR)).toEqual([]);
    }
  });

  it("tells the end of the cool-down by the same clock", () => {
    const book = new AlertBook(THRICE);
    replayed(book, uncalibrated(0.1), 0, 3);
    replayed(book, WELL, 3, 6);
    const eventMs = NOW_MS + 6 * 15 * MINUTE;
    const status = book
      .statuses({ ...uncalibrated(0.1), eventMs }, NOW_MS + 6 * SECOND)
      .find(({ rule }) => rule === "calibration")!;
    expect(status.coolDownUntilMs).toBe(NOW_MS + 5 * 15 * MINUTE + HOUR);
    expect(status.missing).toContain("cool-down: it does not fire for another 45 min");
  });
});
