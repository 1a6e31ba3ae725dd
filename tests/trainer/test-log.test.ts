import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { PublishTarget } from "../../trainer/publish/publish-target.ts";
import { logTest, readEarlierTests, testsOf } from "../../trainer/run/test-log.ts";
import bundled from "../../src/model/bundled/logistic.json" with { type: "json" };

const LOOK = {
  createdAt: "2026-01-01T00:00:00.000Z",
  dataFingerprint: "f",
  testFromMs: 1000,
  testToMs: 2000,
  label: "trailing-quantile",
  chosen: "gbdt",
  codeCommit: "c",
};
const EVALUATION = {
  ...{ method: "m", rows: 1, positives: 1, episodes: 1, baseRate: 1 },
  ...{
    brier: { value: 0, low: 0, high: 0 },
    logLoss: { value: 0, low: 0, high: 0 },
    ece: { value: 0, low: 0, high: 0 },
  },
  ...{ precision: null, recall: null, f1: null },
};

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "volgate-tests-"));
});

/** A bucket with these manifests, the oldest first. */
function bucketOf(manifests: readonly object[]): PublishTarget {
  const whole = manifests.map((own, i) => ({ ...bundled, onnxSha256: i.toString(16).repeat(64), ...own }));
  const artifacts = whole.map(({ onnxSha256: sha256, name, version, family, row, schemaHash, createdAt }) => {
    return { sha256, name, version, family, row, schemaHash, createdAt };
  });
  const texts = new Map<string, string>([["models/index.json", JSON.stringify({ format: 1, artifacts })]]);
  for (const one of whole) texts.set(`models/${one.onnxSha256}/manifest.json`, JSON.stringify(one));
  const get = (key: string): Promise<never> =>
    Promise.resolve((texts.has(key) ? { text: () => Promise.resolve(texts.get(key)) } : null) as never);
  return { name: "r2://b", publish: () => Promise.resolve([]), read: (use) => use({ get }) };
}

describe("the log of tests", () => {
  it("counts the looks at the same data whose periods share a moment", async () => {
    expect(await readEarlierTests(dir, undefined, "f")).toEqual({ tests: [], unread: [] });
    for (const look of [LOOK, { ...LOOK, testFromMs: 2000, testToMs: 3000 }, { ...LOOK, dataFingerprint: "other" }]) {
      expect(await logTest(dir, look)).toBeUndefined();
    }
    const earlier = await readEarlierTests(dir, undefined, "f");
    expect(earlier.tests).toHaveLength(2);
    expect([testsOf(earlier, 0, 999), testsOf(earlier, 0, 1000), testsOf(earlier, 2000, 2000)]).toEqual([0, 1, 2]);
  });

  it("says which lines are no test, counts the others, and never empties the file", async () => {
    const text = `${JSON.stringify(LOOK)}\n{"createdAt":1}\nnothing\n`;
    writeFileSync(join(dir, "tests.jsonl"), text);
    const { tests, unread } = await readEarlierTests(dir, undefined, "f");
    expect(tests).toHaveLength(1);
    expect(unread).toEqual([`${join(dir, "tests.jsonl")}: 2 lines are no test, the first is line 2`]);
    await logTest(dir, LOOK);
    expect(readFileSync(join(dir, "tests.jsonl"), "utf8")).toBe(`${text}${JSON.stringify(LOOK)}\n`);
  });

  it("makes its folder, so that the first look of a fresh checkout counts too", async () => {
    const fresh = join(dir, "artifacts", "new");
    expect(await logTest(fresh, LOOK)).toBeUndefined();
    expect((await readEarlierTests(fresh, undefined, LOOK.dataFingerprint)).tests).toHaveLength(1);
  });

  it("is missing, and not empty, where one is needed: a bundle made in a fresh checkout knows of no look", async () => {
    const fresh = join(dir, "artifacts");
    const missing = { tests: [], unread: [`${join(fresh, "tests.jsonl")}: there is no log of earlier tests`] };
    expect(await readEarlierTests(fresh, undefined, "f", { needsLog: true })).toEqual(missing);
    await logTest(fresh, LOOK);
    expect((await readEarlierTests(fresh, undefined, "f", { needsLog: true })).unread).toEqual([]);
  });

  it("says when it cannot be read or written at all", async () => {
    await mkdir(join(dir, "tests.jsonl"));
    expect((await readEarlierTests(dir, undefined, "f")).unread[0]).toMatch(/tests.jsonl: EISDIR/);
    expect(await logTest(dir, LOOK)).toMatch(/tests.jsonl: this test could not be added: EISDIR/);
  });

  it("takes the published runs too, each once, those of before the field as of every period", async () => {
    await logTest(dir, LOOK);
    const testPeriod = { testFromMs: 5000, testToMs: 6000 };
    const target = bucketOf([
      { dataFingerprint: "f", createdAt: LOOK.createdAt, evaluation: EVALUATION },
      { dataFingerprint: "f", createdAt: "2026-01-02T00:00:00.000Z", evaluation: EVALUATION },
      { dataFingerprint: "f", createdAt: "2026-01-03T00:00:00.000Z", evaluation: { ...EVALUATION, testPeriod } },
      { dataFingerprint: "f", createdAt: "2026-01-03T00:00:00.000Z", evaluation: { ...EVALUATION, testPeriod } },
      { dataFingerprint: "g", createdAt: "2026-01-04T00:00:00.000Z", evaluation: EVALUATION },
      { dataFingerprint: "f", createdAt: "2026-01-05T00:00:00.000Z", evaluation: null },
    ]);
    const earlier = await readEarlierTests(dir, target, "f");
    expect(earlier.unread).toEqual([]);
    expect(earlier.tests).toHaveLength(3);
    expect([testsOf(earlier, 1000, 2000), testsOf(earlier, 5500, 5600), testsOf(earlier, 7000, 8000)]).toEqual([
      2, 2, 1,
    ]);
  });

  it("takes a run of which any model has figures, although the last one published has none", async () => {
    // Learned families that were not fitted in the first fold have no figures, and are published after the baselines.
    const testPeriod = { testFromMs: 1000, testToMs: 2000 };
    const run = { dataFingerprint: "f", createdAt: "2026-01-06T00:00:00.000Z" };
    const target = bucketOf([
      { ...run, evaluation: { ...EVALUATION, testPeriod } },
      { ...run, evaluation: null },
    ]);
    const earlier = await readEarlierTests(dir, target, "f");
    expect(earlier.tests).toEqual([{ createdAt: run.createdAt, ...testPeriod }]);
    expect(earlier.unread).toEqual([]);
  });

  it("says when the bucket does not answer", async () => {
    const target = { ...bucketOf([]), read: () => Promise.reject(new Error("no route")) };
    expect(await readEarlierTests(dir, target, "f")).toEqual({ tests: [], unread: ["r2://b: no route"] });
  });
});
