import { describe, expect, it } from "vitest";
import { CountOutbox, GIVE_UP_MS } from "../../src/counting/count-outbox.ts";
import { CountSums } from "../../src/counting/count-sums.ts";
import { Counter } from "../../src/counting/counters.ts";
import { Tally } from "../../src/counting/tally.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";

/** An isolate that counts errors. */
function isolate() {
  const tally = new Tally();
  const events = new Counter("volgate_log_events_total", tally);
  return {
    outbox: new CountOutbox(() => tally.take()),
    count: (by: number) => events.inc({ level: "error" }, by),
  };
}

const begin = (): CountSums => CountSums.fromText(undefined, 0).sums;
const restart = (text: string): CountSums => CountSums.fromText(text, 0).sums;
const totalOf = (text: string): number =>
  (JSON.parse(text) as { series: { values: number[] }[] }).series.reduce((sum, { values }) => sum + values[0]!, 0);

describe("the sums of all isolates", () => {
  it("count a batch that arrives twice once", () => {
    const { outbox, count } = isolate();
    const sums = begin();
    count(2);
    const { batches } = outbox.outgoing(0);
    expect(sums.add("a", batches, 0)).toBe(1);
    expect(sums.add("a", batches, 0)).toBe(0);
    expect(totalOf(sums.toText(0))).toBe(2);
    expect(sums.add("b", batches, 0)).toBe(1);
    expect(totalOf(sums.toText(0))).toBe(4);
  });

  it("have all batches of an isolate, whose sends overtake each other", () => {
    const { outbox, count } = isolate();
    const sums = begin();
    count(1);
    const first = outbox.outgoing(0).batches;
    count(2);
    const second = outbox.outgoing(0).batches;
    expect(second.map(({ seq }) => seq)).toEqual([1, 2]);
    sums.add("a", second, 0);
    sums.add("a", first, 0);
    expect(totalOf(sums.toText(0))).toBe(3);
  });

  it("end up right whatever is lost on the way, and what is stored never falls", () => {
    const generator = new SeededRandom(85);
    const random = (): number => generator.uniform();
    let sums = begin();
    let stored = { text: sums.toText(0), seqs: sums.lastSeqs() };
    const isolates = Array.from({ length: 3 }, (_, i) => ({ name: `i${i}`, ...isolate() }));
    let counted = 0;
    let shown = 0;
    const store = () => {
      stored = { text: sums.toText(0), seqs: sums.lastSeqs() };
      const total = totalOf(stored.text);
      expect(total).toBeGreaterThanOrEqual(shown);
      shown = total;
    };
    const send = ({ name, outbox }: (typeof isolates)[number], isAnswered: boolean) => {
      const { batches } = outbox.outgoing(0);
      sums.add(name, batches, 0);
      if (isAnswered) outbox.confirm(batches, stored.seqs.get(name) ?? 0);
    };
    for (let step = 0; step < 2_000; step++) {
      const one = isolates[Math.floor(random() * 3)]!;
      const by = Math.floor(random() * 5);
      one.count(by);
      counted += by;
      // An answer may be lost, and so may a request: then the batch waits.
      if (random() < 0.5) send(one, random() < 0.7);
      else if (random() < 0.3) one.outbox.outgoing(0);
      if (random() < 0.3) store();
      // The object dies with what it has not stored.
      if (random() < 0.05) sums = restart(stored.text);
    }
    for (const one of isolates) send(one, true);
    store();
    expect(shown).toBe(counted);
  });

  it("forget an isolate long after it gave up its last batch", () => {
    const { outbox, count } = isolate();
    const sums = begin();
    count(1);
    const { batches } = outbox.outgoing(0);
    sums.add("a", batches, 0);
    expect(outbox.outgoing(GIVE_UP_MS - 1).batches).toHaveLength(1);
    expect(outbox.outgoing(GIVE_UP_MS)).toEqual({ batches: [], lost: 1 });
    sums.toText(2 * GIVE_UP_MS);
    expect(sums.lastSeqs().get("a")).toBe(1);
    sums.toText(3 * GIVE_UP_MS + 1);
    expect(sums.lastSeqs().has("a")).toBe(false);
  });

  it("have lost nothing of an isolate that rests before it hears that its batch is stored", () => {
    const { outbox, count } = isolate();
    count(1);
    outbox.confirm(outbox.outgoing(0).batches, 0);
    count(1);
    expect(outbox.outgoing(1).batches).toHaveLength(2);
    expect(outbox.outgoing(GIVE_UP_MS)).toMatchObject({ batches: [{ seq: 2 }], lost: 0 });
    expect(outbox.outgoing(GIVE_UP_MS + 1)).toEqual({ batches: [], lost: 1 });
  });

  it("begin anew, and say why, where what is stored cannot be read", () => {
    for (const [text, fault] of [
      ["{", "SyntaxError"],
      ['{"sinceMs":1,"series":[{}],"heard":{}}', "sums.series[0].name"],
    ] as const) {
      const read = CountSums.fromText(text, 7);
      expect(read.fault).toContain(fault);
      expect(read.sums.sinceMs).toBe(7);
    }
  });

  it("drop what the catalogue does not have any more when they are loaded", () => {
    const series = [
      { name: "volgate_gone_total", labels: {}, values: [1] },
      { name: "volgate_log_events_total", labels: { severity: "error" }, values: [1] },
      { name: "prediction_latency_seconds", labels: {}, values: [1, 2] },
      { name: "toString", labels: {}, values: [1] },
      { name: "volgate_log_events_total", labels: { level: "error" }, values: [5] },
    ];
    const { sums } = CountSums.fromText(JSON.stringify({ sinceMs: 0, series, heard: {} }), 0);
    expect(JSON.parse(sums.toText(0))).toMatchObject({ series: [series[4]] });
  });

  it("are not reset by an isolate of another version that has other buckets", () => {
    const sums = begin();
    const series = (values: number[]) => [{ name: "prediction_latency_seconds", labels: {}, values }];
    const ours = new Array<number>(15).fill(1);
    sums.add("ours", [{ seq: 1, series: series(ours) }], 0);
    sums.add("theirs", [{ seq: 1, series: series([5, 5]) }], 0);
    sums.add("ours", [{ seq: 2, series: series(ours) }], 0);
    expect(JSON.parse(sums.toText(0))).toMatchObject({ series: [{ values: new Array<number>(15).fill(2) }] });
  });

  it("are bounded, whatever model versions come", () => {
    const sums = begin();
    for (let version = 0; version < 6_000; version++) {
      const series = [
        { name: "predictions_total", labels: { model_version: `${version}`, prediction: "0" }, values: [1] },
      ];
      sums.add("a", [{ seq: version + 1, series }], 0);
    }
    const text = sums.toText(0);
    expect(totalOf(text)).toBe(5_000);
    expect(text.length).toBeLessThan(1_000_000);
  });
});
