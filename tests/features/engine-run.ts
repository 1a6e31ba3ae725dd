// Running an engine in a test, and comparing everything that comes out.
import { expect } from "vitest";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import type { FeatureEngine } from "../../src/features/feature-engine.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";

/** Feeds packed rows in one call and returns the closed steps with the verdicts. */
export function run(engine: FeatureEngine, rows: Float64Array): { steps: ClosedSteps; verdicts: Uint8Array } {
  const steps = new ClosedSteps(engine.labelSpecs.length);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  engine.process(rows, steps, verdicts);
  return { steps, verdicts };
}

/** Columns of closed steps by name, each one value (or one row of values) per step. */
export type Content = Record<(typeof BEFORE_DEFAULT_2)[number] | "horizonBase" | "history" | "own", number[]>;

/** The columns of closed steps before there was `default-2`. */
export const BEFORE_DEFAULT_2 = [
  "index",
  "flags",
  "base",
  "peer",
  "tau",
  "lnTau",
  "label",
  "horizonVolatility",
  "price",
  "rv60",
  "spread",
] as const;

export function contentOf(steps: ClosedSteps): Content {
  const n = steps.count;
  const capacity = steps.index.length;
  // A plain loop: `Array.from` takes several times as long for the millions of values of a test.
  const columns = (a: Float64Array | Uint8Array | Int8Array): number[] => {
    const values = new Array<number>((a.length / capacity) * n);
    for (let i = 0; i < values.length; i++) values[i] = a[i]!;
    return values;
  };
  return {
    index: columns(steps.index),
    flags: columns(steps.flags),
    base: columns(steps.base),
    peer: columns(steps.peer),
    tau: columns(steps.tau),
    lnTau: columns(steps.lnTau),
    label: columns(steps.label),
    horizonVolatility: columns(steps.horizonVolatility),
    price: columns(steps.price),
    rv60: columns(steps.rv60),
    spread: columns(steps.spread),
    horizonBase: columns(steps.horizonBase),
    history: columns(steps.history),
    own: columns(steps.own),
  };
}

/** Content of several runs, one after the other. */
export function joined(parts: readonly Content[]): Content {
  const keys = Object.keys(contentOf(new ClosedSteps(1))) as (keyof Content)[];
  return Object.fromEntries(keys.map((key) => [key, parts.flatMap((part) => part[key])])) as Content;
}

/** Every value of every column is the same number to the bit (any `NaN` equals any other). */
export function expectSame(actual: Content, expected: Content, keys: readonly string[] = Object.keys(expected)): void {
  for (const key of keys as (keyof Content)[]) {
    const [a, b] = [actual[key], expected[key]];
    expect(a.length, key).toBe(b.length);
    let at = 0;
    while (at < a.length && Object.is(a[at], b[at])) at += 1;
    if (at < a.length) expect.fail(`${key}[${at}]: got ${a[at]}, expected ${b[at]}`);
  }
}

/** The two buffers hold the same bytes. */
export function expectSameBytes(actual: ArrayBuffer, expected: ArrayBuffer): void {
  const [a, b] = [new Uint8Array(actual), new Uint8Array(expected)];
  expect(a.length).toBe(b.length);
  expect(a.findIndex((x, i) => x !== b[i])).toBe(-1);
}
