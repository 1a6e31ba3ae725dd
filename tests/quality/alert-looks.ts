// Facts at which an alert book looks, minute by minute, and what it then says.
import * as v from "valibot";
import type { AlertBook } from "../../src/quality/alerts/alert-book.ts";
import { type AlertBookOptions } from "../../src/quality/alerts/alert-book.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import { alertLimitsSchema } from "../../src/quality/alerts/alert-limits.ts";
import { around, CHAMPION, evidenceFacts, evidenceOf, NOW_MS, WELL } from "./alert-facts.ts";

export const OTHER = "b".repeat(64);

export const SECOND = 1000;

export const MINUTE = 60 * SECOND;

export const OPTIONS: AlertBookOptions = { symbol: "BTC-USD", stepMs: 1000 };

/** A rule that asks for three looks, as a deployment may set it. */
export const THRICE: AlertBookOptions = {
  ...OPTIONS,
  limits: v.parse(alertLimitsSchema, { calibration: { fireAfter: 3, resolveAfter: 3 } }),
};

export const silent = (silentMs: number): AlertFacts => ({ silentMs });

/** As evidence says of a difference that lasts: it is there above 0.02, and not below 0.01. */
export const uncalibrated = (difference: number): AlertFacts => ({
  ...WELL,
  evidence: evidenceFacts({
    calibration: {
      more: evidenceOf(difference > 0.02 ? "told" : difference <= 0.01 ? "well" : "new"),
      fewer: evidenceOf("well"),
    },
  }),
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
