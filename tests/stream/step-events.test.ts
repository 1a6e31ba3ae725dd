import { describe, expect, it } from "vitest";
import { CHUNK_STEPS, chunkOf, STEP_FLAG, StepChunk } from "../../src/steps/step-chunk.ts";
import {
  MAX_STEPS_BACK,
  newestPosition,
  positionOf,
  stepEvents,
  type StepSource,
} from "../../src/stream/step-events.ts";
import type { StreamEvent } from "../../src/stream/stream-event.ts";

const FIRST = 1_000_000 * CHUNK_STEPS;
const HORIZON = 60;
const STEP_MS = 1000;

interface Given {
  readonly count: number;
  /** Steps that were not closed. */
  readonly missing?: (k: number) => boolean;
  readonly lost?: (k: number) => boolean;
  readonly damaged?: readonly number[];
  readonly labelHash?: (k: number) => string;
}

/** Steps from `FIRST` on: a probability from the tenth on, a label one horizon later. */
function logOf({ count, missing, lost, damaged = [], labelHash }: Given): StepSource {
  const chunks = new Map<number, StepChunk>();
  for (let k = 0; k < count; k++) {
    if (missing?.(k) === true) continue;
    const step = FIRST + k;
    const number = chunkOf(step);
    const chunk = chunks.get(number) ?? new StepChunk(number);
    chunks.set(number, chunk);
    const at = step - chunk.firstStep;
    chunk.flags[at] = STEP_FLAG.known | (k >= 10 + HORIZON ? (k % 7 === 0 ? STEP_FLAG.spike : STEP_FLAG.calm) : 0);
    if (lost?.(k) === true) chunk.flags[at] |= STEP_FLAG.lost;
    else if (k >= 10) {
      chunk.probability[at] = (k % 100) / 100;
      chunk.threshold[at] = 0.5;
      chunk.tauBps[at] = 7.95;
      if (k % 100 >= 50) chunk.flags[at] |= STEP_FLAG.alert;
      chunk.setModel(at, { sha12: "3f1c0a9be27d", labelHash: labelHash?.(k) ?? "1" });
    }
  }
  return {
    symbol: "BTC-USD",
    stepMs: STEP_MS,
    horizonSteps: HORIZON,
    newestStep: FIRST + count - 1,
    *between(from, to, onDamaged) {
      for (const chunk of [...chunks.values()]) {
        if (chunk.number < chunkOf(from) || chunk.number > chunkOf(to)) continue;
        if (damaged.includes(chunk.number)) onDamaged(chunk.number);
        else yield StepChunk.decode(chunk.encode());
      }
    },
  };
}

/** All events after a position, page by page. */
function all(source: StepSource, after: number, upTo?: number): StreamEvent[] {
  const events: StreamEvent[] = [];
  for (let at = after; ;) {
    const page = stepEvents(source, at, upTo);
    if (page.through === at) return events;
    expect(page.through).toBeGreaterThan(at);
    for (const { position } of page.events) expect(position > at && position <= page.through).toBe(true);
    events.push(...page.events);
    at = page.through;
  }
}

const shown = (events: readonly StreamEvent[]) =>
  events.map(({ text }) => JSON.parse(text) as Record<string, unknown> & { step: number });
const before = positionOf(FIRST * STEP_MS, "prediction");

describe("the events of steps", () => {
  it("are a prediction for each step that has one, and a label for each that was predicted a horizon before", () => {
    const source = logOf({ count: 700 });
    const events = shown(all(source, before));
    const predictions = events.filter(({ type }) => type === "prediction");
    expect(predictions.map(({ step }) => step)).toEqual(Array.from({ length: 690 }, (_, i) => FIRST + 10 + i));
    expect(predictions[45]).toEqual({
      type: "prediction",
      id: `BTC-USD:${FIRST + 55}:p`,
      symbol: "BTC-USD",
      ts: (FIRST + 56) * 1000,
      step: FIRST + 55,
      horizon_s: 60,
      probability: 0.55,
      threshold: 0.5,
      alert: true,
      sigma_bps: null,
      tau_bps: 7.95,
      model: "3f1c0a9be27d",
      prediction_id: `BTC-USD:${FIRST + 55}:3f1c0a9be27d`,
      cursor: `BTC-USD~${positionOf((FIRST + 56) * 1000, "prediction").toString(36)}`,
    });
    const labels = events.filter(({ type }) => type === "label");
    expect(labels.map(({ step }) => step)).toEqual(Array.from({ length: 630 }, (_, i) => FIRST + 10 + i));
    expect(labels[0]).toMatchObject({ label: true, probability: 0.1, alert: false, resolved_ts: (FIRST + 71) * 1000 });
    expect(labels[1]).toMatchObject({ label: false, probability: 0.11 });
  });

  it("are the same behind every event, in pages of every length", () => {
    const source = logOf({ count: 400, missing: (k) => k > 150 && k < 170 });
    const whole = all(source, before);
    for (let i = 0; i < whole.length; i += 13) expect(all(source, whole[i]!.position)).toEqual(whole.slice(i + 1));
    const middle = positionOf((FIRST + 301) * STEP_MS, "prediction");
    expect([...all(source, before, middle), ...all(source, middle)]).toEqual(whole);
  });

  it("end where nothing is new", () => {
    const source = logOf({ count: 100 });
    const newest = newestPosition(source);
    expect(stepEvents(source, newest)).toEqual({ events: [], through: newest });
    expect(stepEvents(source, newest + 50)).toEqual({ events: [], through: newest + 50 });
    expect(stepEvents({ ...source, newestStep: undefined }, 5)).toEqual({ events: [], through: 5 });
    expect(newestPosition({ newestStep: undefined, stepMs: 1000 })).toBe(0);
  });

  it("begin with a gap where a reader is too far behind", () => {
    const source = logOf({ count: MAX_STEPS_BACK + 500 });
    const [gap, ...events] = shown(all(source, before));
    const end = (FIRST + 500) * 1000;
    expect(gap).toMatchObject({ type: "gap", from_ts: (FIRST + 1) * 1000, to_ts: end, reason: "skipped" });
    expect(events[0]).toMatchObject({ type: "label", resolved_ts: end + 1000 });
    expect(events.filter(({ type }) => type === "prediction")).toHaveLength(MAX_STEPS_BACK);
  });

  it("have a gap where a part of the log cannot be read, and where it is not known what was answered", () => {
    const damaged = shown(all(logOf({ count: 900, damaged: [chunkOf(FIRST) + 1] }), before));
    const gaps = damaged.filter(({ type }) => type === "gap");
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ from_ts: (FIRST + 301) * 1000, to_ts: (FIRST + 600) * 1000, reason: "not_kept" });
    const unknown = shown(all(logOf({ count: 200, lost: (k) => k >= 100 && k < 120 }), before));
    const lost = unknown.filter(({ type }) => type === "gap");
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ from_ts: (FIRST + 101) * 1000, to_ts: (FIRST + 120) * 1000, reason: "not_known" });
    // What they were labelled is not told either: nobody knows what was predicted.
    const labelled = unknown.filter(({ type }) => type === "label").map(({ step }) => step - FIRST);
    expect(labelled.filter((k) => k >= 100 && k < 120)).toEqual([]);
    expect(labelled).toContain(99);
    expect(labelled).toContain(120);
  });

  it("leave out labels that were confirmed under another label spec than their prediction had", () => {
    const events = shown(all(logOf({ count: 300, labelHash: (k) => (k < 150 ? "1" : "2") }), before));
    const labelled = events.filter(({ type }) => type === "label").map(({ step }) => step - FIRST);
    expect(labelled.filter((k) => k >= 90 && k < 150)).toEqual([]);
    expect([labelled.at(0), labelled.includes(89), labelled.includes(150)]).toEqual([10, true, true]);
  });

  it("lie in other steps of another grid at the same time", () => {
    const source = { ...logOf({ count: 100 }), stepMs: 60_000 };
    const at = positionOf((FIRST + 50) * 60_000, "prediction");
    expect(shown(stepEvents(source, at).events)[0]).toMatchObject({ type: "prediction", step: FIRST + 50 });
    expect(shown(stepEvents(source, at + 2 * 59_999).events)[0]).toMatchObject({ step: FIRST + 50 });
    expect(shown(stepEvents(source, at + 2 * 60_000).events)[0]).toMatchObject({ step: FIRST + 51 });
  });
});
