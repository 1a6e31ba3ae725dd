import { describe, expect, it } from "vitest";
import { AlertEvidence, type WatchedModel } from "../../src/quality/alert-evidence/alert-evidence.ts";
import { DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";
import type { Page } from "../../src/features/page-buffer.ts";
import { linearCongruential } from "../features/linear-congruential.ts";
import { around } from "./alert-facts.ts";

const STEP_MS = 60_000;
const DAY = 1440;
const MODEL: WatchedModel = {
  ...{ sha256: "c", labelText: "label", horizonSteps: 1, threshold: 0.3, edges: [] },
  ...{ prAuc: around(0.45, 0.01), reference: "r" },
};

interface Market {
  /** How often a spike comes, of what the champion says. */
  readonly share?: (p: number) => number;
  /** Whether the champion's score has nothing to do with the label. */
  readonly blind?: boolean;
}

/** Feeds steps of a champion that is calibrated but for what is given, beside a reference of one probability. */
function feeder(seed: number) {
  const next = linearCongruential(seed);
  const uniform = (): number => (next() >>> 8) / 2 ** 24;
  let step = 0;
  return (evidence: AlertEvidence, steps: number, { share = (p) => p, blind = false }: Market = {}): void => {
    for (const end = step + steps; step < end; step++) {
      const score = (): number => 0.02 + 0.6 * uniform() ** 3;
      const truth = score();
      const p = blind ? score() : truth;
      evidence.update(step, p, 0.17, Number(uniform() < share(truth)));
    }
  };
}

const fresh = (model = MODEL): AlertEvidence => {
  const evidence = new AlertEvidence(STEP_MS, DEFAULT_ALERT_LIMITS);
  evidence.setModel(model);
  return evidence;
};
const phases = ({ facts }: AlertEvidence) => ({
  more: facts!.calibration.more.phase,
  fewer: facts!.calibration.fewer.phase,
  reference: facts!.referenceGain?.phase,
  prAuc: facts!.prAuc?.phase,
});
const asMap = (pages: readonly Page[]) => new Map(pages.map(({ id, bytes }) => [id, bytes]));
const bitsOf = (evidence: AlertEvidence) => JSON.stringify(evidence.facts);

describe("AlertEvidence", () => {
  it("tells nothing while all is well, and says by which evidence and for which rate", () => {
    const evidence = fresh();
    feeder(1)(evidence, 20 * DAY);
    expect(Object.values(phases(evidence))).not.toContain("told");
    expect(evidence.facts!.calibration.more).toMatchObject({ limit: 288_000, ratePerMonth: 0.01, groups: 1919 });
    expect(evidence.facts!.prAuc).toMatchObject({ limit: 144_000, lasting: { limit: 6000 } });
  });

  it("tells more and fewer spikes than promised apart, and their end", () => {
    const [more, fewer] = [fresh(), fresh()];
    const [feedMore, feedFewer] = [feeder(2), feeder(3)];
    feedMore(more, 5 * DAY);
    feedMore(more, 2 * DAY, { share: (p) => Math.min(1, 1.6 * p) });
    expect(phases(more)).toMatchObject({ more: "told", fewer: "well" });
    feedFewer(fewer, 5 * DAY);
    feedFewer(fewer, 2 * DAY, { share: (p) => 0.5 * p });
    expect(phases(fewer)).toMatchObject({ more: "well", fewer: "told" });
    feedMore(more, 5 * DAY);
    expect(phases(more)).toMatchObject({ more: "well", fewer: "well" });
    expect(more.facts!.calibration.more.value).toBeLessThan(more.facts!.calibration.more.limit);
  });

  it("tells a champion whose scores say nothing any more: by its PR-AUC, and by the reference", () => {
    const evidence = fresh();
    const feed = feeder(4);
    feed(evidence, 8 * DAY);
    expect(phases(evidence)).toMatchObject({ reference: "well", prAuc: "well" });
    feed(evidence, 3 * DAY, { blind: true });
    expect(phases(evidence)).toMatchObject({ reference: "told", prAuc: "told" });
    feed(evidence, 12 * DAY);
    expect(phases(evidence)).toMatchObject({ reference: "well", prAuc: "well" });
  });

  it("tells a champion that never had the manifest's PR-AUC", () => {
    const evidence = fresh({ ...MODEL, prAuc: around(0.9, 0.01) });
    feeder(5)(evidence, 21 * DAY);
    expect(phases(evidence).prAuc).toBe("told");
    expect(evidence.facts!.prAuc!.recent).toBeLessThan(0.6);
  });

  it("goes on after a restart bit for bit, wherever that is", () => {
    const straight = fresh();
    const feed = feeder(6);
    let restarted = fresh();
    for (let i = 0; i < 12; i++) {
      const steps = 97 + 311 * i;
      const pages = asMap(restarted.dirtyPages());
      expect(restarted.dirtyPages()).toEqual([]);
      restarted = AlertEvidence.load(STEP_MS, DEFAULT_ALERT_LIMITS, pages);
      restarted.setModel(MODEL);
      feed(straight, steps);
      const again = feeder(6);
      // The same steps as the straight one had.
      const all = fresh();
      again(
        all,
        Array.from({ length: i + 1 }, (_, j) => 97 + 311 * j).reduce((a, b) => a + b, 0),
      );
      expect(bitsOf(all)).toBe(bitsOf(straight));
      restarted = AlertEvidence.load(STEP_MS, DEFAULT_ALERT_LIMITS, asMap(all.dirtyPages()));
      restarted.setModel(MODEL);
      expect(bitsOf(restarted)).toBe(bitsOf(straight));
    }
    const [a, b] = [feeder(7), feeder(7)];
    a(straight, 20_000 + 2 * DAY);
    b(restarted, 20_000 + 2 * DAY);
    expect(bitsOf(restarted)).toBe(bitsOf(straight));
  });

  it.each([
    ["another champion", { sha256: "d" }, ["more", "fewer", "referenceGain", "prAuc"]],
    ["another label", { labelText: "other" }, ["more", "fewer", "referenceGain", "prAuc"]],
    ["another reference", { reference: "s" }, ["referenceGain"]],
    ["another figure of the manifest", { prAuc: around(0.4, 0.01) }, ["prAuc"]],
  ] as const)("begins anew with %s what stands on it, and nothing else", (_, changed, anew) => {
    const evidence = fresh();
    feeder(8)(evidence, 3 * DAY);
    evidence.setModel({ ...MODEL, ...changed });
    const { calibration, referenceGain, prAuc } = evidence.facts!;
    const groups = { ...calibration, referenceGain, prAuc };
    for (const [name, fact] of Object.entries(groups)) {
      expect(fact!.groups === 0, name).toBe((anew as readonly string[]).includes(name));
    }
  });

  it("has no evidence without a reference, without a PR-AUC, and before the first champion", () => {
    expect(new AlertEvidence(STEP_MS, DEFAULT_ALERT_LIMITS).facts).toBeNull();
    const evidence = fresh({ ...MODEL, reference: null, prAuc: null });
    feeder(9)(evidence, DAY);
    expect(evidence.facts).toMatchObject({ referenceGain: null, prAuc: null });
  });

  it("begins anew with what a stored state of another limit or step stands on", () => {
    const evidence = fresh();
    feeder(10)(evidence, 3 * DAY);
    const pages = asMap(evidence.dirtyPages());
    const limits = { ...DEFAULT_ALERT_LIMITS, calibration: { ...DEFAULT_ALERT_LIMITS.calibration, fireAt: 0.05 } };
    const other = AlertEvidence.load(STEP_MS, limits, pages);
    other.setModel(MODEL);
    expect(other.facts!.calibration.more.groups).toBe(0);
    expect(other.facts!.referenceGain!.groups).toBeGreaterThan(0);
    const seconds = AlertEvidence.load(1000, DEFAULT_ALERT_LIMITS, pages);
    seconds.setModel(MODEL);
    expect(seconds.facts!.referenceGain!.groups).toBe(0);
    expect(seconds.damagedPages).toBe(0);
  });

  it("counts a damaged page, and loses its watch alone", () => {
    const evidence = fresh();
    feeder(11)(evidence, 3 * DAY);
    const pages = asMap(evidence.dirtyPages());
    expect([...pages.keys()]).toEqual(["calibration-more", "calibration-fewer", "reference-gain", "pr-auc"]);
    for (const [id, bytes] of pages) {
      const damaged = new Map(pages).set(id, bytes.slice(0, bytes.byteLength - 8));
      const loaded = AlertEvidence.load(STEP_MS, DEFAULT_ALERT_LIMITS, damaged);
      loaded.setModel(MODEL);
      expect(loaded.damagedPages).toBe(1);
      const { calibration, referenceGain, prAuc } = loaded.facts!;
      const lost = [calibration.more, calibration.fewer, referenceGain!, prAuc!].map(({ groups }) => groups === 0);
      expect(lost).toEqual([...pages.keys()].map((name) => name === id));
    }
  });

  it("takes some ten kilobytes", () => {
    const size = fresh({ ...MODEL, horizonSteps: 60 })
      .dirtyPages()
      .reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    expect(size).toBeLessThan(32_000);
  });
});
