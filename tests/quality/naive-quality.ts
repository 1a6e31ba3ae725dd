// The slow way to live quality: every step is kept with its probabilities and its label, and each question walks them
// all.
import { LABEL } from "../../src/features/label-window.ts";
import type { QualitySeries, StepOutcome } from "../../src/quality/quality-series.ts";
import { countEpisodes, episodeRule } from "../../trainer/evaluate/metrics/episodes.ts";
import type { Event, SeriesChange } from "./simulated-steps.ts";

type Status = "none" | "pending" | "void" | 0 | 1;

export interface NaiveStep {
  readonly index: number;
  readonly probabilities: ReadonlyMap<string, number>;
  /** Per label text. */
  readonly status: Map<string, Status>;
  readonly taus: Map<string, number>;
}

/** One model's resolved steps, in order, and its steps that wait. */
export interface NaiveRows {
  readonly index: Int32Array;
  readonly labels: Uint8Array;
  readonly probabilities: Float32Array;
  readonly pending: Float32Array;
}

/** Keeps everything. */
export class NaiveQuality {
  readonly steps: NaiveStep[] = [];
  unresolved = 0;
  series: readonly QualitySeries[] = [];
  private change: SeriesChange | undefined;
  private readonly byIndex = new Map<number, NaiveStep>();

  update(event: Event): void {
    if ("change" in event) {
      const { series } = event.change;
      for (const { labelText } of this.series) {
        if (!series.some((one) => one.labelText === labelText)) this.drop(labelText);
      }
      this.series = series;
      this.change = event.change;
    } else this.close(event.step);
  }

  get pair(): SeriesChange["pair"] {
    return this.change?.pair;
  }

  get last(): number {
    return this.steps.at(-1)?.index ?? -1;
  }

  /** The steps of a label spec from a step on that are not `none`. */
  scored(labelText: string, from: number): NaiveStep[] {
    return this.steps.filter(({ index, status }) => index >= from && (status.get(labelText) ?? "none") !== "none");
  }

  rows({ sha256, labelText }: QualitySeries, from: number): NaiveRows {
    const mine = this.scored(labelText, from).filter(({ probabilities }) => probabilities.has(sha256));
    const resolved = mine.filter(({ status }) => typeof status.get(labelText) === "number");
    const pending = mine.filter(({ status }) => status.get(labelText) === "pending");
    return {
      index: Int32Array.from(resolved, ({ index }) => index),
      labels: Uint8Array.from(resolved, ({ status }) => status.get(labelText) as number),
      probabilities: Float32Array.from(resolved, ({ probabilities }) => probabilities.get(sha256)!),
      pending: Float32Array.from(pending, ({ probabilities }) => probabilities.get(sha256)!),
    };
  }

  /** Separate events among the spikes of a label spec. */
  episodes({ labelText, horizonSteps }: QualitySeries, from: number): number {
    const spikes = this.scored(labelText, from).filter(({ status }) => status.get(labelText) === 1);
    const rows = { tsMs: spikes.map(({ index }) => index), label: spikes.map(() => 1), symbol: spikes.map(() => 0) };
    const positions = Int32Array.from(spikes, (_, k) => k);
    return countEpisodes(rows, positions, episodeRule(horizonSteps, 1));
  }

  private close({ index, segmentStart, counts, labels, taus, probabilities }: StepOutcome): void {
    const { series, steps } = this;
    const specs = new Map(series.map((one) => [one.labelText, one]));
    if (segmentStart || index !== this.last + 1) for (const labelText of specs.keys()) this.drop(labelText);
    for (const { labelText, spec, horizonSteps } of specs.values()) {
      const waiting = this.byIndex.get(index - horizonSteps);
      if (waiting?.status.get(labelText) !== "pending") continue;
      const label = labels[spec];
      const status = label === LABEL.void ? "void" : label === LABEL.calm || label === LABEL.spike ? label : "none";
      waiting.status.set(labelText, status);
      if (status === "none") this.unresolved += 1;
    }
    const given = series.flatMap(({ sha256 }, i) => {
      const p = probabilities[i]!;
      return Number.isNaN(p) ? [] : [[sha256, p] as const];
    });
    const step: NaiveStep = { index, probabilities: new Map(given), status: new Map(), taus: new Map() };
    for (const { labelText, spec } of specs.values()) {
      const scored = series.some((one) => one.labelText === labelText && step.probabilities.has(one.sha256));
      if (!counts || !scored) continue;
      step.status.set(labelText, "pending");
      step.taus.set(labelText, taus[spec]!);
    }
    steps.push(step);
    this.byIndex.set(index, step);
  }

  private drop(labelText: string): void {
    for (const { status } of this.steps.slice(-4000)) {
      if (status.get(labelText) !== "pending") continue;
      status.set(labelText, "none");
      this.unresolved += 1;
    }
  }
}
