// Compares what live quality answers with what the slow way makes of the same steps, by the trainer's metrics.
import { expect } from "vitest";
import type { LiveQuality } from "../../src/quality/live-quality.ts";
import type { QualitySeries } from "../../src/quality/quality-series.ts";
import { ScoreBins } from "../../src/quality/score-bins.ts";
import { type SeriesQuality, type WindowName, WINDOW_MS } from "../../src/quality/window-quality.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../trainer/evaluate/metrics/brier-score.ts";
import { brierSkill } from "../trainer/brier-skill.ts";
import { confusionAt } from "../../trainer/evaluate/metrics/confusion.ts";
import { logLoss } from "../../trainer/evaluate/metrics/log-loss.ts";
import { expectedCalibrationError, reliabilityTable } from "../../trainer/evaluate/metrics/reliability.ts";
import { rocAuc } from "../../trainer/evaluate/metrics/roc-auc.ts";
import type { NaiveQuality, NaiveRows } from "./naive-quality.ts";

/** By how much live PR-AUC may differ from the exact one. */
const PR_AUC_ERROR = 0.005;

/** First step of a window, by its definition. */
function firstStep(name: WindowName, stepMs: number, last: number): number {
  if (name === "30d") {
    const steps = Math.round(21_600_000 / stepMs);
    return Math.max(0, Math.floor(last / steps) - 120) * steps;
  }
  const steps = Math.min(Math.ceil(WINDOW_MS[name] / stepMs), 86_400);
  return Math.floor(Math.max(0, last + 1 - steps) / 900) * 900;
}

/** Every figure of every window, for the models now in use. */
export function expectSameWindows(quality: LiveQuality, naive: NaiveQuality, stepMs: number): void {
  for (const name of Object.keys(WINDOW_MS) as WindowName[]) {
    const from = firstStep(name, stepMs, naive.last);
    const window = quality.window(name);
    expect([window.fromMs, window.toMs]).toEqual([from * stepMs, (naive.last + 1) * stepMs]);
    for (const series of naive.series) {
      const label = window.labels.find(({ labelText }) => labelText === series.labelText)!;
      const scored = naive.scored(series.labelText, from);
      const statuses = scored.map(({ status }) => status.get(series.labelText));
      const count = (wanted: unknown): number => statuses.filter((status) => status === wanted).length;
      expect(label, name).toMatchObject({
        steps: scored.length,
        pending: count("pending"),
        voids: count("void"),
        resolved: count(0) + count(1),
        positives: count(1),
      });
      if (name !== "30d") expect(label.episodes).toBe(naive.episodes(series, from));
      else expect(Math.abs(label.episodes - naive.episodes(series, from))).toBeLessThanOrEqual(1);
      const found = label.series.find(({ sha256 }) => sha256 === series.sha256)!;
      expectSameSeries(found, series, naive.rows(series, from));
    }
  }
}

function expectSameSeries(found: SeriesQuality, series: QualitySeries, rows: NaiveRows): void {
  const { labels, probabilities, pending } = rows;
  const bins = new ScoreBins(series.threshold);
  const binned = Float64Array.from(probabilities, (p) => bins.bin(p));
  const counts = [new Array<number>(128).fill(0), new Array<number>(128).fill(0)];
  labels.forEach((y, k) => (counts[y]![binned[k]!]! += 1));
  expect(found.counts).toEqual({ calm: counts[0], spike: counts[1] });
  expect([found.resolved, found.pending]).toEqual([labels.length, pending.length]);
  const { truePositives, falsePositives, falseNegatives, trueNegatives, ...shares } = confusionAt(
    labels,
    probabilities,
    series.threshold,
  );
  const confusion = { tp: truePositives, fp: falsePositives, fn: falseNegatives, tn: trueNegatives };
  expect(found.confusion).toEqual(confusion);
  expect([found.precision, found.recall, found.f1]).toEqual([shares.precision, shares.recall, shares.f1]);
  const table = reliabilityTable(labels, probabilities);
  found.reliability.forEach((bin, k) => {
    expect([bin.count, bin.positiveShare]).toEqual([table[k]!.count, table[k]!.positiveShare]);
    if (bin.count > 0) expect(bin.meanProbability).toBeCloseTo(table[k]!.meanProbability!, 6);
  });
  const promised = probabilities.reduce((sum, p) => sum + p, 0) / labels.length;
  const variance = probabilities.reduce((sum, p) => sum + p * (1 - p), 0) / labels.length;
  const exact = averagePrecision(labels, probabilities);
  if (found.prAuc !== null) {
    expect(Math.abs(found.prAuc.value - exact)).toBeLessThan(PR_AUC_ERROR);
    expect(found.prAucBounds!.low).toBeLessThanOrEqual(exact + 1e-12);
    expect(found.prAucBounds!.high).toBeGreaterThanOrEqual(exact - 1e-12);
    expect(Math.abs(found.rocAuc!.value - rocAuc(labels, probabilities))).toBeLessThan(0.005);
  }
  const values = {
    brier: brierScore(labels, probabilities),
    brierSkill: brierSkill(labels, probabilities),
    logLoss: logLoss(labels, probabilities),
  };
  for (const [name, value] of Object.entries(values)) {
    const figure = found[name as keyof typeof values];
    if (figure !== null) expect(figure.value, name).toBeCloseTo(value, 9);
  }
  if (found.blocks < 2 || !labels.includes(1)) expect(found.brier).toBeNull();
  if (found.ece) expect(found.ece.value).toBeCloseTo(expectedCalibrationError(labels, probabilities), 6);
  const gap = found.realisedMinusExpected;
  if (gap.baseRate) expect(gap.baseRate.value).toBeCloseTo(found.baseRate! - promised, 6);
  if (gap.brier) expect(gap.brier.value).toBeCloseTo(values.brier - variance, 9);
  const all = [...probabilities, ...pending].map((p) => bins.probability(bins.bin(p)));
  const positives = all.reduce((sum, p) => sum + p, 0);
  if (all.length === 0) return expect(found.expected.baseRate).toBeNull();
  expect(found.expected.baseRate).toBeCloseTo(positives / all.length, 9);
  expect(found.expected.brier).toBeCloseTo(all.reduce((sum, p) => sum + p * (1 - p), 0) / all.length, 9);
  const alerted = all.filter((p) => p >= bins.probability(bins.firstAlertBin));
  const hits = alerted.reduce((sum, p) => sum + p, 0);
  expect(found.expected.recall).toBeCloseTo(hits / positives, 9);
  if (alerted.length > 0) expect(found.expected.precision).toBeCloseTo(hits / alerted.length, 9);
}

/** The pair's gains, block by block. */
export function expectSameGains(quality: LiveQuality, naive: NaiveQuality, since: number): void {
  const { pair } = naive;
  const champion = naive.series.find(({ sha256 }) => sha256 === pair?.champion)!;
  const gains = new Map<number, { rows: number; gainSum: number; positives: number }>();
  for (const { index, status, probabilities } of naive.steps) {
    const label = status.get(champion.labelText);
    const [a, b] = [probabilities.get(pair!.champion), probabilities.get(pair!.challenger)];
    const tail = (index % 900) + champion.horizonSteps >= 900;
    if (index < since || typeof label !== "number" || a === undefined || b === undefined || tail) continue;
    const block = gains.get(Math.floor(index / 900)) ?? { rows: 0, gainSum: 0, positives: 0 };
    block.rows += 1;
    block.gainSum += (a - label) ** 2 - (b - label) ** 2;
    block.positives += label;
    gains.set(Math.floor(index / 900), block);
  }
  const found = quality.blockGains();
  expect(found.map(({ block, rows, positives }) => ({ block, rows, positives }))).toEqual(
    [...gains].map(([block, { rows, positives }]) => ({ block, rows, positives })),
  );
  for (const one of found) {
    expect(one.gainSum).toBeCloseTo(gains.get(one.block)!.gainSum, 9);
    expect(one.complete).toBe(naive.last >= one.block * 900 + 899);
  }
}
