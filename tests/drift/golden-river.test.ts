import { describe, expect, it } from "vitest";
import { Adwin, type AdwinOptions } from "../../src/drift/adwin.ts";
import { PageHinkley, type PageHinkleyOptions } from "../../src/drift/page-hinkley.ts";
import golden from "./golden-river.json";
import { firing, riverSequence } from "./river-sequence.ts";

interface PythonOptions {
  readonly min_instances?: number;
  readonly delta?: number;
  readonly threshold?: number;
  readonly alpha?: number;
  readonly mode?: string;
  readonly clock?: number;
  readonly max_buckets?: number;
  readonly min_window_length?: number;
  readonly grace_period?: number;
}

/** river's names of the options as ours. */
function ours(options: PythonOptions): Partial<PageHinkleyOptions> & Partial<AdwinOptions> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value as never,
    ]),
  );
}

describe.each(Object.entries(golden))("on the sequence %s", (_, { parameters, pageHinkley, adwin }) => {
  const values = riverSequence(parameters);

  it.each(pageHinkley)("Page–Hinkley fires where river's does: $options", ({ options, fired }) => {
    expect(firing(new PageHinkley(ours(options)), values)).toEqual(fired);
  });

  it.each(adwin)("ADWIN fires where river's does and ends with its window: $options", (expected) => {
    const detector = new Adwin(ours(expected.options));
    expect(firing(detector, values)).toEqual(expected.fired);
    expect(detector.width).toBe(expected.width);
    expect(detector.estimation).toBeCloseTo(expected.estimation, 9);
  });
});

it("has sequences on which both detectors fire and on which they do not", () => {
  for (const detector of ["pageHinkley", "adwin"] as const) {
    const counts = Object.values(golden).flatMap((sequence) => sequence[detector].map(({ fired }) => fired.length));
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(10);
    expect(counts.filter((count) => count === 0).length).toBeGreaterThan(0);
  }
});
