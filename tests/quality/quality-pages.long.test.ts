import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePage, encodePage, type Page } from "../../src/features/page-buffer.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { type Event, type SeriesChange, market, model } from "./simulated-steps.ts";

const MINUTE = 60_000;
const NAMES = ["1h", "24h", "30d"] as const;
const [a, b, c, d] = [model("a"), model("b"), model("c", "spec a", 0, 0.6), model("d", "spec b", 1)];
const pair = { champion: a.sha256, challenger: b.sha256 };
const first: SeriesChange = { series: [a, b, d], pair };
const second: SeriesChange = { series: [c, a], pair: { champion: a.sha256, challenger: c.sha256 } };
const third: SeriesChange = { series: [a, b, model("e"), model("f"), model("g")] };

function feed(quality: LiveQuality, events: readonly Event[]): void {
  for (const event of events) {
    if ("change" in event) quality.setSeries(event.change.series, event.change.pair);
    else quality.update(event.step);
  }
}

/** Everything that can be asked. */
function answers(quality: LiveQuality): unknown {
  const { stats, pairRefusal } = quality;
  const windows = NAMES.map((name) => quality.window(name, { pairs: [[a.sha256, b.sha256]] }));
  const past = [..."abcdefg"].flatMap((letter) =>
    [10, 100, 1000].map((ago) => quality.lookup(letter, 1_000_000 - ago)),
  );
  return { stats, pairRefusal, windows, past, gains: quality.blockGains() };
}

function write(store: Map<string, ArrayBuffer>, pages: readonly Page[]): number {
  for (const { id, bytes } of pages) store.set(id, bytes);
  return pages.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

const history = (seed: number, steps: number, gapChance = 0.001): Event[] => {
  const changes = new Map([
    [0, first],
    [Math.floor(steps / 3), second],
    [Math.floor(steps / 2), third],
  ]);
  return [...market({ seed, steps, changes, gapChance })];
};

describe("pages", () => {
  it("restore everything at any point: a loaded state continues like one that never stopped", () => {
    const points = fc.array(fc.nat(8000), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.nat(1e6), points, (seed, stops) => {
        const events = history(seed, 8000);
        const never = new LiveQuality(MINUTE);
        let stopped = new LiveQuality(MINUTE);
        const store = new Map<string, ArrayBuffer>();
        let at = 0;
        for (const stop of [...stops.sort((x, y) => x - y), events.length]) {
          feed(never, events.slice(at, stop));
          feed(stopped, events.slice(at, stop));
          at = stop;
          write(store, stopped.dirtyPages());
          stopped = LiveQuality.load(MINUTE, store);
          expect(stopped.damagedPages).toBe(0);
          expect(stopped.dirtyPages()).toEqual([]);
          expect(answers(stopped)).toEqual(answers(never));
        }
      }),
      { numRuns: 12 },
    );
  });

  it("lose only what came after the last write: applied again, it is as it was", () => {
    const events = history(4, 6000);
    const never = new LiveQuality(MINUTE);
    feed(never, events);
    const written = new LiveQuality(MINUTE);
    const store = new Map<string, ArrayBuffer>();
    feed(written, events.slice(0, 3500));
    write(store, written.dirtyPages());
    feed(written, events.slice(3500, 4200));
    const loaded = LiveQuality.load(MINUTE, store);
    feed(loaded, events.slice(3500));
    expect(answers(loaded)).toEqual(answers(never));
  });

  it("are the same bytes whether or not there was a restart", () => {
    const events = [...market({ seed: 8, steps: 5000, changes: new Map([[0, first]]), gapChance: 0.001 })];
    const never = new LiveQuality(MINUTE);
    let stopped = new LiveQuality(MINUTE);
    const [kept, store] = [new Map<string, ArrayBuffer>(), new Map<string, ArrayBuffer>()];
    for (let at = 0; at < events.length; at += 700) {
      feed(never, events.slice(at, at + 700));
      feed(stopped, events.slice(at, at + 700));
      write(kept, never.dirtyPages());
      write(store, stopped.dirtyPages());
      stopped = LiveQuality.load(MINUTE, store);
    }
    expect([...store.keys()].sort()).toEqual([...kept.keys()].sort());
    for (const [id, bytes] of store) expect(new Uint8Array(bytes), id).toEqual(new Uint8Array(kept.get(id)!));
  });

  it("are none when nothing happened, and few when little did", () => {
    const quality = new LiveQuality(1000);
    expect(quality.dirtyPages()).toEqual([]);
    const events = [...market({ seed: 2, steps: 20_000, changes: new Map([[0, { series: first.series, pair }]]) })];
    feed(quality, events.slice(0, 15_000));
    const store = new Map<string, ArrayBuffer>();
    write(store, quality.dirtyPages());
    expect(quality.dirtyPages()).toEqual([]);
    quality.setSeries(first.series, pair);
    expect(quality.dirtyPages()).toEqual([]);
    feed(quality, events.slice(15_000, 16_600));
    const pages = quality.dirtyPages();
    expect(pages.length).toBeLessThanOrEqual(7);
    expect(write(store, pages)).toBeLessThan(50_000);
  });

  it("go by a bounded number of names, however long it runs", () => {
    const quality = new LiveQuality(MINUTE);
    const store = new Map<string, ArrayBuffer>();
    const changes = new Map([[0, first]]);
    let step = 0;
    for (const event of market({ seed: 6, steps: 120_000, changes, gapChance: 0.0002, uncounted: 0 })) {
      feed(quality, [event]);
      if (++step % 4000 > 0) continue;
      write(store, quality.dirtyPages());
    }
    write(store, quality.dirtyPages());
    const [now, steps, month, gains] = [1, 5, 121, 2];
    expect(store.size).toBe(now + steps + month + gains);
    expect(LiveQuality.load(MINUTE, store).sizeBytes).toBeLessThan(300_000);
    expect(answers(LiveQuality.load(MINUTE, store))).toEqual(answers(quality));
  });
});

describe("a damaged page", () => {
  const events = [...market({ seed: 12, steps: 9000, changes: new Map([[0, { series: [a, b], pair }]]) })];
  const whole = new LiveQuality(MINUTE);
  feed(whole, events);
  const store = new Map<string, ArrayBuffer>();
  write(store, whole.dirtyPages());
  const damage = (bytes: ArrayBuffer): ArrayBuffer => {
    const copy = bytes.slice(0);
    new Uint8Array(copy)[copy.byteLength >> 1]! ^= 4;
    return copy;
  };
  const resolved = (quality: LiveQuality, name: (typeof NAMES)[number]): number =>
    quality.window(name).labels[0]?.resolved ?? 0;

  it("is counted, and never more than its own part is lost", () => {
    const next = [...market({ seed: 13, steps: 9300, changes: new Map([[0, { series: [a, b], pair }]]) })].slice(9001);
    for (const id of store.keys()) {
      for (const bytes of [damage(store.get(id)!), store.get(id)!.slice(0, 96), new ArrayBuffer(0), undefined]) {
        const pages = new Map(store);
        if (bytes === undefined) pages.delete(id);
        else pages.set(id, bytes);
        const quality = LiveQuality.load(MINUTE, pages);
        expect(quality.damagedPages, id).toBe(bytes === undefined ? 0 : 1);
        const steps = id.startsWith("quality-steps") ? 900 : 0;
        const month = id.startsWith("quality-month") ? 360 : 0;
        expect(resolved(quality, "24h"), id).toBeGreaterThanOrEqual(resolved(whole, "24h") - steps);
        expect(resolved(quality, "30d"), id).toBeGreaterThanOrEqual(resolved(whole, "30d") - month);
        expect(quality.lookup("a", 1_008_995)).toEqual(steps ? expect.anything() : whole.lookup("a", 1_008_995));
        feed(quality, next);
        for (const { series, resolved: rows } of quality.window("24h").labels) {
          for (const one of series) {
            const counted = [...one.counts.calm, ...one.counts.spike].reduce((sum, n) => sum + n, 0);
            const sums = one.reliability.reduce((sum, { count }) => sum + count, 0);
            expect([counted, sums], id).toEqual([one.resolved, one.resolved]);
            expect(one.resolved).toBeLessThanOrEqual(rows);
          }
        }
      }
    }
  });

  it("that held what was waiting loses that and the counts, and nothing that was resolved", () => {
    const pages = new Map(store);
    pages.delete("quality-now");
    const quality = LiveQuality.load(MINUTE, pages);
    const [before, after] = [whole, quality].map((one) => one.window("24h").labels[0]!);
    expect(after).toMatchObject({ resolved: before!.resolved, positives: before!.positives, pending: 0 });
    expect(after!.series).toMatchObject(before!.series.map(({ sha256, brier }) => ({ sha256, brier })));
    expect(quality.blockGains().map(({ gainSum }) => gainSum)).toEqual(
      whole.blockGains().map(({ gainSum }) => gainSum),
    );
  });

  it("that held the edges of score bins leaves the next ones in the right bins all the same", () => {
    const edged = { series: [{ ...a, edges: [0.05, 0.1, 0.15, 0.2, a.threshold, 0.5] }] };
    const list = [...market({ seed: 14, steps: 3000, changes: new Map([[0, edged]]) })];
    const never = new LiveQuality(MINUTE);
    feed(never, list.slice(0, 2000));
    const pages = new Map(never.dirtyPages().map(({ id, bytes }) => [id, bytes]));
    pages.set("quality-now", damage(pages.get("quality-now")!));
    const quality = LiveQuality.load(MINUTE, pages);
    quality.setSeries(edged.series);
    for (const one of [never, quality]) feed(one, list.slice(2000));
    const index = 1_000_000 + 2990;
    expect(quality.lookup("a", index)).toEqual(never.lookup("a", index));
    const { calm, spike } = quality.window("30d").labels[0]!.series[0]!.counts;
    expect([...calm, ...spike].filter((count, b) => count > 0 && b % 128 > edged.series[0]!.edges.length)).toEqual([]);
  });

  it.each(["{}", "[]", "null", "no JSON"])(
    "whose catalogue is %s costs only itself, though its checksum is right",
    (text) => {
      const quality = new LiveQuality(MINUTE);
      feed(quality, history(8, 4000));
      const store = new Map<string, ArrayBuffer>();
      write(store, quality.dirtyPages());
      for (const [prefix, kind] of [
        ["quality-steps:", "quality-steps 2"],
        ["quality-month:", "quality-month 2"],
      ] as const) {
        const [id, bytes] = [...store].find(([name]) => name.startsWith(prefix))!;
        const { numbers, arrays } = decodePage(kind, bytes);
        expect(numbers["catalogue"]).toEqual(expect.any(String));
        const damaged = new Map(store).set(id, encodePage(kind, { numbers: { ...numbers, catalogue: text }, arrays }));
        expect(LiveQuality.load(MINUTE, damaged).damagedPages, prefix).toBe(1);
      }
    },
  );

  it("of everything leaves a beginning", () => {
    const quality = LiveQuality.load(MINUTE, new Map([...store].map(([id, bytes]) => [id, damage(bytes)])));
    expect(quality.damagedPages).toBe(store.size);
    feed(quality, events);
    expect(answers(quality)).toEqual(answers(whole));
  });

  it("of another version, or another class, is damage too", () => {
    const pages = new Map(store);
    pages.set("quality-steps:1", store.get("quality-now")!);
    pages.set("quality-now", store.get("quality-steps:0")!);
    pages.set("quality-month:3", store.get("quality-steps:0")!);
    pages.set("drift:1", store.get("quality-now")!);
    expect(LiveQuality.load(MINUTE, pages).damagedPages).toBe(3);
  });
});
