// Facts at which an alert book looks, minute by minute, and what it then says.
import type { AlertBook } from "../../src/quality/alerts/alert-book.ts";
import { type AlertBookOptions } from "../../src/quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import { around, CHAMPION, NOW_MS, WELL } from "./alert-facts.ts";

export const OTHER = "b".repeat(64);

export const SECOND = 1000;

export const MINUTE = 60 * SECOND;

export const OPTIONS: AlertBookOptions = { symbol: "BTC-USD", stepMs: 1000 };

export const silent = (silentMs: number): AlertFacts => ({ silentMs });

export const uncalibrated = (difference: number): AlertFacts => ({
  ...WELL,
  calibration: { difference: around(difference, 0.001) },
});

export const driftWindow = (verdict: string, hour: number, model = CHAMPION): AlertFacts => ({
  model,
  drift: { ...WELL.drift!, verdict, windowEndMs: NOW_MS + hour * 60 * MINUTE },
});

/** What changes over a list of [minutes, facts]: `<minute> <state> <rule>`. */
export function run(book: AlertBook, looks: readonly (readonly [number, AlertFacts])[]): string[] {
  return looks.flatMap(([minute, facts]) =>
    book.update(facts, NOW_MS + minute * MINUTE).map(({ state, rule }) => `${minute} ${state} ${rule}`),
  );
}

/** The facts at every minute of a range. */
export const every = (from: number, to: number, facts: AlertFacts): [number, AlertFacts][] =>
  Array.from({ length: to - from }, (_, i) => [from + i, facts]);
