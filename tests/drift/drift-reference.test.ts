import { describe, expect, it } from "vitest";
import {
  driftFeature,
  type DriftReference,
  driftReferenceSchema,
  PROBABILITY,
} from "../../src/drift/drift-reference.ts";
import { parseOrThrow } from "../../src/schemas/parse-or-throw.ts";
import { driftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { roundedDriftReference } from "../../src/model/manifest-drift.ts";
import { kindsOfColumns, numbers, sample, uniform } from "./samples.ts";

const quantilesOf = (values: Float64Array) => driftFeature("x", values).quantiles;

describe("the quantiles of a reference", () => {
  it("are 257, linear between the values: 0 … 4 has k/64", () => {
    expect(quantilesOf(numbers(4, 2, 0, 1, 3))).toEqual(Array.from({ length: 257 }, (_, k) => k / 64));
  });

  it("are the sorted values themselves where there are 257", () => {
    const next = uniform(1);
    const values = sample(257, next);
    expect(quantilesOf(values)).toEqual(Array.from(values).sort((a, b) => a - b));
  });

  it("of one value, of equal values and of none are that value or nothing", () => {
    expect(new Set(quantilesOf(numbers(7)))).toEqual(new Set([7]));
    expect(new Set(quantilesOf(numbers(2, 2, 2)))).toEqual(new Set([2]));
    expect(quantilesOf(numbers(NaN, Infinity))).toEqual([]);
  });
});

describe("a feature's reference", () => {
  it("counts what is not finite as missing and has the population deviation", () => {
    const { quantiles, missingShare, deviation } = driftFeature("x", numbers(0, 1, NaN, 2, 3, Infinity, 4, -Infinity));
    expect(quantiles[64]).toBe(1);
    expect(missingShare).toBe(3 / 8);
    expect(deviation).toBeCloseTo(Math.SQRT2, 15);
    expect(driftFeature("none", numbers(NaN))).toEqual({ name: "none", quantiles: [], missingShare: 1, deviation: 0 });
    expect(driftFeature("no rows", numbers())).toEqual({
      name: "no rows",
      quantiles: [],
      missingShare: 0,
      deviation: 0,
    });
  });
});

const COLUMNS = Object.keys(kindsOfColumns(1, 1));

function reference(): DriftReference {
  const columns = kindsOfColumns(3000, 1);
  return {
    features: [
      ...COLUMNS.map((name) => driftFeature(name, columns[name]!)),
      driftFeature(PROBABILITY, columns["bell"]!),
    ],
    windows: driftWindowPlan(1000).map(({ name, steps, every, minRows }) => ({
      ...{ name, steps, every, minRows, nullWindows: 150, alpha: 0.05, datasetShare: 2 / 7, datasetRatio: 5 / 3 },
      thresholds: name === "24h" ? null : [...COLUMNS.map((_, k) => (k === 2 ? null : 1 / 3 + k)), 0.5],
      ...(name === "24h" ? { reason: "12 windows, at least 100 needed", datasetShare: null, datasetRatio: null } : {}),
    })),
  };
}

function parse(value: unknown): DriftReference {
  return parseOrThrow(driftReferenceSchema, value, { name: "drift", refuse: (text) => new Error(text) });
}

describe("in a manifest", () => {
  const written = roundedDriftReference(reference());

  it("a reference goes through JSON and comes back the same", () => {
    expect(parse(JSON.parse(JSON.stringify(written)))).toEqual(written);
  });

  it("has seven significant digits, which quantiles survive in order and within a ten-millionth", () => {
    for (const [k, { quantiles }] of reference().features.entries()) {
      for (const [i, x] of quantiles.entries()) {
        const rounded = written.features[k]!.quantiles[i]!;
        expect(Math.abs(rounded - x)).toBeLessThanOrEqual(5.1e-7 * Math.abs(x));
        if (i > 0) expect(rounded).toBeGreaterThanOrEqual(written.features[k]!.quantiles[i - 1]!);
      }
    }
    expect(written.windows[0]!.thresholds![0]).toBe(0.3333333);
    expect(written.windows[0]!.datasetShare).toBe(2 / 7);
    expect(written.windows[0]!.datasetRatio).toBe(1.666667);
  });

  it("of 41 columns takes less than 120 kB", () => {
    const next = uniform(3);
    const feature = driftFeature(
      "a_feature_of_usual_length",
      sample(5000, () => next() - 0.5),
    );
    const wide = roundedDriftReference({ ...reference(), features: Array.from({ length: 41 }, () => feature) });
    expect(JSON.stringify(wide).length).toBeLessThan(120_000);
  });

  it("has no limit for the ratio when it is older than that limit", () => {
    const old = JSON.parse(JSON.stringify(written)) as Loose;
    for (const window of old.windows) delete window.datasetRatio;
    const { features, windows } = parse(old);
    expect(features).toEqual(written.features);
    expect(windows).toEqual(written.windows.map((window) => ({ ...window, datasetRatio: null })));
  });

  const broken: [string, (raw: Loose) => void, RegExp][] = [
    [
      "too few quantiles",
      (raw) => raw.features[0]!.quantiles.pop(),
      /drift\.features\[0\]\.quantiles: got a list, expected 257 numbers or none/,
    ],
    ["falling quantiles", (raw) => raw.features[0]!.quantiles.reverse(), /quantiles\[1\]: got .*ascend/],
    [
      "a quantile that is no number",
      (raw) => (raw.features[1]!.quantiles[3] = null),
      /features\[1\]\.quantiles\[3\]: got null/,
    ],
    ["a share above 1", (raw) => (raw.features[0]!.missingShare = 1.5), /missingShare: got 1.5/],
    [
      "an unknown window",
      (raw) => (raw.windows[0]!.name = "2h"),
      /drift\.windows\[0\]\.name: got "2h", expected one of 1h, 24h/,
    ],
    ["a window twice", (raw) => raw.windows.push(raw.windows[0]!), /expected each window once/],
    ["half a step", (raw) => (raw.windows[0]!.every = 1.5), /every: got 1.5, expected a whole number/],
    ["a threshold too few", (raw) => raw.windows[0]!.thresholds!.pop(), /thresholds: got 6 values, expected 7/],
    ["a negative threshold", (raw) => (raw.windows[0]!.thresholds![1] = -1), /thresholds\[1\]: got -1/],
    ["a negative ratio", (raw) => (raw.windows[0]!.datasetRatio = -1), /datasetRatio: got -1/],
    ["a ratio that is no number", (raw) => (raw.windows[0]!.datasetRatio = "2"), /datasetRatio: got "2"/],
    ["a rate above 1", (raw) => (raw.windows[1]!.alpha = 5), /alpha: got 5/],
    [
      "a least share too few",
      (raw) => (raw.windows[0]!.missing = { least: [0], most: raw.features.map(() => 1) }),
      /drift\.windows\[0\]\.missing\.least: got 1 values, expected 7, one per feature/,
    ],
    [
      "a symbol's window twice",
      (raw) => symbolOf(raw).windows.push(raw.windows[1]!, raw.windows[1]!),
      /drift\.symbols\[0\]\.windows\[1\]\.name: got 24h again, expected each window once/,
    ],
    [
      "a symbol's threshold too few",
      (raw) => symbolOf(raw).windows.push({ ...raw.windows[0]!, thresholds: [1] }),
      /drift\.symbols\[0\]\.windows\[0\]\.thresholds: got 1 values, expected 7, one per feature/,
    ],
    ...(["least", "most"] as const).map((side): [string, (raw: Loose) => void, RegExp] => {
      const ones = { least: new Array<number>(7).fill(0), most: new Array<number>(7).fill(1) };
      return [
        `a symbol's ${side} shares without a feature's`,
        (raw) => symbolOf(raw).windows.push({ ...raw.windows[0]!, missing: { ...ones, [side]: [] } }),
        new RegExp(`drift\\.symbols\\[0\\]\\.windows\\[0\\]\\.missing\\.${side}: got 0 values, expected 7`),
      ];
    }),
    [
      "a symbol twice",
      (raw) => void (symbolOf(raw), raw.symbols!.push(raw.symbols![0]!)),
      /drift\.symbols\[1\]\.name: got X again, expected each symbol once/,
    ],
    ["no list", (raw) => Object.assign(raw, { windows: 3 }), /drift\.windows: got 3, expected a list/],
  ];

  it.each(broken)("%s is refused by name", (_, damage, message) => {
    const raw = JSON.parse(JSON.stringify(written)) as Loose;
    damage(raw);
    expect(() => parse(raw)).toThrow(message);
  });
});

/** The only symbol, made. */
function symbolOf(raw: Loose): LooseSymbol {
  const symbol: LooseSymbol = { name: "X", shifts: [], scales: [], windows: [] };
  raw.symbols = [symbol];
  return symbol;
}

interface LooseSymbol {
  readonly name: string;
  readonly shifts: number[];
  readonly scales: number[];
  readonly windows: Loose["windows"];
}

interface Loose {
  symbols?: LooseSymbol[];
  readonly features: { name: string; quantiles: (number | null)[]; missingShare: number }[];
  readonly windows: {
    name: string;
    every: number;
    alpha: number;
    thresholds: (number | null)[] | null;
    datasetRatio?: unknown;
    missing?: { readonly least: number[]; readonly most: number[] };
  }[];
}
