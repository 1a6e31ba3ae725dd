import { describe, expect, it } from "vitest";
import { ConceptMonitor, type ConceptEvent } from "../../src/drift/concept-monitor.ts";
import { uniform } from "./samples.ts";

const BLOCK = 60;

/**
 * Block means of a squared error as a volatile market makes them: mostly small, at times near 1, one like the one
 * before (correlation ½), with the mean and deviation that `persistence` has on simulated days (0.086 and 0.17).
 */
function errors(seed: number): () => number {
  const next = uniform(seed);
  let level = 0;
  return () => {
    level = next() < 0.5 ? level : next() < 0.15 ? next() : 0.09 * next() * next();
    return level;
  };
}

/** Gives 60 equal steps for each block. */
function feed(monitor: ConceptMonitor, blocks: number, value: (block: number) => readonly [number, number], from = 0) {
  const fired: ConceptEvent[] = [];
  for (let block = from; block < from + blocks; block++) {
    const [error, score] = value(block);
    for (let i = 0; i < BLOCK; i++) fired.push(...monitor.update(block * BLOCK + i, error, score));
  }
  return fired;
}

describe("the concept monitor", () => {
  it("does not fire on a month of a stationary, autocorrelated error", () => {
    const next = errors(1);
    const monitor = new ConceptMonitor(1000);
    expect(feed(monitor, 43_200, () => [next(), next()]).length).toBeLessThanOrEqual(1);
  });

  it("detects within a day that a model got worse, and gives both means", () => {
    const next = errors(2);
    const monitor = new ConceptMonitor(1000);
    expect(feed(monitor, 5000, () => [next(), 0.1])).toEqual([]);
    const events = feed(monitor, 1440, () => [Math.min(1, next() + 0.1), 0.1], 5000);
    for (const detector of ["page-hinkley", "adwin"] as const) {
      const event = events.find((e) => e.detector === detector)!;
      expect(event.what).toBe("error");
      expect(event.atMs).toBeGreaterThan(5000 * 60_000);
      expect(event.meanAfter - event.meanBefore).toBeGreaterThan(0.05);
      expect(event.meanAfter - event.meanBefore).toBeLessThan(0.15);
    }
    expect(monitor.events).toEqual(events);
  });

  it("detects a change of scores without any error", () => {
    const monitor = new ConceptMonitor(1000);
    const events = feed(monitor, 2000, (block) => [NaN, (block < 1000 ? 0.2 : 0.3) + (block % 2) / 10]);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ detector: "adwin", what: "score", atMs: expect.any(Number) });
    expect(events[0]!.meanBefore).toBeCloseTo(0.25, 2);
    expect(events[0]!.meanAfter).toBeCloseTo(0.35, 1);
  });

  it("takes a block when a later one begins, with at least 30 values", () => {
    const few = new ConceptMonitor(1000);
    const enough = new ConceptMonitor(1000);
    for (let block = 0; block < 3000; block++) {
      for (let i = 0; i < 30; i++) {
        const error = (block < 1000 ? 0.1 : 0.9) + (block % 2) / 50;
        enough.update(block * BLOCK + i, error, 0.5);
        if (i > 0) few.update(block * BLOCK + i, error, 0.5);
      }
    }
    expect(few.events).toEqual([]);
    expect(enough.events.length).toBeGreaterThan(0);
  });

  it("ignores a step of a block that is over", () => {
    const a = new ConceptMonitor(1000);
    const b = new ConceptMonitor(1000);
    for (const monitor of [a, b]) feed(monitor, 10, () => [0.1, 0.1]);
    b.update(5 * BLOCK, 1, 1);
    expect(b.dirtyPages()).toEqual(a.dirtyPages());
  });

  it("keeps the last 20 events", () => {
    const monitor = new ConceptMonitor(1000);
    const fired = feed(monitor, 60_000, (block) => [0.1, (Math.floor(block / 1000) % 2) * 0.8 + (block % 2) / 10]);
    expect(fired.length).toBeGreaterThan(20);
    expect(monitor.events).toEqual(fired.slice(-20));
  });

  it("restarts for another model, and keeps the events", () => {
    const monitor = new ConceptMonitor(1000);
    monitor.setModel("sha-1");
    feed(monitor, 1500, (block) => [0.1, (block < 1000 ? 0.2 : 0.8) + (block % 2) / 10]);
    expect(monitor.events).toHaveLength(1);
    monitor.setModel("sha-2");
    feed(monitor, 1500, (block) => [0.9, 0.2 + (block % 2) / 10], 1500);
    expect(monitor.events).toHaveLength(1);
  });

  it("refuses a step that is no positive whole number", () => {
    for (const stepMs of [0, -5, 0.5, NaN]) expect(() => new ConceptMonitor(stepMs)).toThrow(/^stepMs: got/);
  });
});

function stored(monitor: ConceptMonitor, into = new Map<string, ArrayBuffer>()): Map<string, ArrayBuffer> {
  for (const { id, bytes } of monitor.dirtyPages()) into.set(id, bytes);
  return into;
}

describe("a saved concept monitor", () => {
  /** The events of 3,000 blocks with changes, restarted at the given steps. */
  function run(restarts: ReadonlySet<number>): { events: readonly ConceptEvent[]; bytes: number[] } {
    const next = errors(3);
    const noise = uniform(4);
    let monitor = new ConceptMonitor(1000);
    const pages = new Map<string, ArrayBuffer>();
    monitor.setModel("sha-1");
    for (let step = 0; step < 3000 * BLOCK; step++) {
      if (restarts.has(step)) {
        monitor = ConceptMonitor.load(1000, stored(monitor, pages));
        expect(monitor.damagedPages).toBe(0);
        monitor.setModel("sha-1");
      }
      const late = step > 1700 * BLOCK;
      monitor.update(step, Math.min(1, next() + (late ? 0.3 : 0)), noise() * (late ? 0.5 : 1));
    }
    const bytes = [...stored(monitor, pages).values()].map(({ byteLength }) => byteLength);
    return { events: monitor.events, bytes };
  }

  it("goes on as if it had never stopped", () => {
    const whole = run(new Set());
    expect(whole.events.length).toBeGreaterThan(1);
    expect(run(new Set([1, 60, 1234, 102_011, 104_400, 150_001]))).toEqual(whole);
  });

  it("is small, and writes nothing when nothing came", () => {
    expect(run(new Set()).bytes.reduce((sum, x) => sum + x, 0)).toBeLessThan(8000);
    const monitor = new ConceptMonitor(1000);
    stored(monitor);
    expect(monitor.dirtyPages()).toEqual([]);
  });

  it("loses only what a damaged page held", () => {
    const monitor = new ConceptMonitor(1000);
    monitor.setModel("sha-1");
    feed(monitor, 1500, (block) => [0.1, (block < 1000 ? 0.2 : 0.8) + (block % 2) / 10]);
    const pages = stored(monitor);
    const damaged = (id: string): ConceptMonitor => {
      const bytes = new Uint8Array(pages.get(id)!.slice(0));
      bytes[30]! ^= 1;
      return ConceptMonitor.load(1000, new Map(pages).set(id, bytes.buffer));
    };
    const afresh = damaged("concept");
    expect(afresh.damagedPages).toBe(1);
    expect(afresh.events).toEqual(monitor.events);
    expect(stored(afresh).get("concept")).toEqual(stored(new ConceptMonitor(1000)).get("concept"));
    const eventless = damaged("concept-events");
    expect(eventless.damagedPages).toBe(1);
    expect(eventless.events).toEqual([]);
    eventless.setModel("sha-1");
    eventless.update(1500 * BLOCK, 0.1, 0.2);
    monitor.update(1500 * BLOCK, 0.1, 0.2);
    expect(stored(eventless).get("concept")).toEqual(stored(monitor).get("concept"));
  });

  it("drops stored blocks of another step", () => {
    const monitor = new ConceptMonitor(1000);
    feed(monitor, 100, () => [0.1, 0.1]);
    const loaded = ConceptMonitor.load(60_000, stored(monitor));
    expect(loaded.damagedPages).toBe(0);
    expect(stored(loaded).get("concept")).toEqual(stored(new ConceptMonitor(60_000)).get("concept"));
  });
});
