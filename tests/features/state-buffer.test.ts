import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { StateFormatError } from "../../src/features/binary-container.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";
import { expectSameBytes, run } from "./engine-run.ts";
import { integerStream, pack } from "./tick-stream.ts";

const ANY_NUMBER = fc.oneof(fc.double(), fc.constantFrom(NaN, -0, Infinity, -Infinity, 5e-324));

/** The state of an engine that has seen some of everything. */
function snapshot(): ArrayBuffer {
  const engine = new FeatureEngine();
  run(engine, pack(integerStream(800, 4)));
  return engine.save();
}

const SNAPSHOT = snapshot();

function damaged(change: (bytes: Uint8Array, words: Uint32Array) => void): ArrayBuffer {
  const copy = SNAPSHOT.slice(0);
  change(new Uint8Array(copy), new Uint32Array(copy));
  return copy;
}

describe("StateWriter and StateReader", () => {
  it("give back every number and section, and the header, as written", () => {
    const parts = fc.array(fc.oneof(ANY_NUMBER, fc.array(ANY_NUMBER, { maxLength: 50 })), { maxLength: 200 });
    fc.assert(
      fc.property(parts, fc.jsonValue(), (written, header) => {
        const to = new StateWriter();
        for (const part of written) {
          if (typeof part === "number") to.number(part);
          else to.array(part);
        }
        const from = new StateReader(to.finish(header));
        expect(from.header).toEqual(JSON.parse(JSON.stringify(header)));
        for (const part of written) {
          if (typeof part === "number") expect(from.number()).toBe(part);
          else expect([...from.arrayOfAnyLength()]).toEqual(part);
        }
        from.end();
      }),
    );
  });

  it("write every NaN with the same bits, whatever its own", () => {
    const own = new Float64Array(
      new BigUint64Array([0xffffffffffffffffn, 0xfff8000000000000n, 0x7ff8000000000001n]).buffer,
    );
    const [a, b] = [new StateWriter(), new StateWriter()];
    a.array(own);
    b.array([NaN, NaN, NaN]);
    expectSameBytes(a.finish(null), b.finish(null));
  });

  it("keep letters outside ASCII in the header", () => {
    expect(new StateReader(new StateWriter().finish({ name: "τ ≥ ε 😀" })).header).toEqual({ name: "τ ≥ ε 😀" });
  });

  it("say what was found when more is read than was written, or less", () => {
    const to = new StateWriter();
    to.array([1, 2]);
    const read = (): StateReader => new StateReader(to.finish(null));
    expect(() => read().array(new Float64Array(3))).toThrow("got 2 values, expected 3");
    expect(() => read().end()).toThrow("3 numbers left over");
    const reader = read();
    reader.arrayOfAnyLength();
    expect(() => reader.number()).toThrow(StateFormatError);
  });

  it.each([-1, 0.5, 1e300, NaN, 7])("refuse a section of a stored length of %d", (length) => {
    const to = new StateWriter();
    to.number(length);
    to.number(0);
    expect(() => new StateReader(to.finish(null)).arrayOfAnyLength()).toThrow(StateFormatError);
  });
});

describe("a damaged snapshot", () => {
  it("is loaded when it is not damaged, and saves to the same bytes", () => {
    expectSameBytes(FeatureEngine.load(SNAPSHOT).save(), SNAPSHOT);
  });

  it("of another version says which", () => {
    const old = damaged((_, words) => (words[1] = 3));
    expect(() => FeatureEngine.load(old)).toThrow("state version: got 3, expected 7");
  });

  it("that is something else altogether is refused by its magic", () => {
    expect(() => FeatureEngine.load(new ArrayBuffer(64))).toThrow("state magic");
    expect(() => FeatureEngine.load(new ArrayBuffer(0))).toThrow("got 0 bytes");
  });

  it("that ends early is refused wherever it ends", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SNAPSHOT.byteLength - 1 }), (length) => {
        expect(() => FeatureEngine.load(SNAPSHOT.slice(0, length))).toThrow(StateFormatError);
      }),
    );
  });

  it("is refused whichever bit has flipped", () => {
    fc.assert(
      fc.property(fc.nat(SNAPSHOT.byteLength - 1), fc.nat(7), (at, bit) => {
        const flipped = damaged((bytes) => (bytes[at] = bytes[at]! ^ (1 << bit)));
        expect(() => FeatureEngine.load(flipped)).toThrow(StateFormatError);
      }),
      { numRuns: 400 },
    );
    for (let at = 0; at < 700; at++) {
      const flipped = damaged((bytes) => (bytes[at] = bytes[at]! ^ 1));
      expect(() => FeatureEngine.load(flipped), `byte ${at}`).toThrow(StateFormatError);
    }
  });

  it("with a whole buffer around a wrong header is refused too", () => {
    const headers: unknown[] = [
      null,
      {},
      { grid: {}, labels: [] },
      { grid: { stepMs: 0, source: "last" }, labels: [1] },
      [],
    ];
    for (const header of headers) {
      expect(() => FeatureEngine.load(new StateWriter().finish(header))).toThrow(StateFormatError);
    }
  });

  it("whose sections belong to another shape of engine is refused", () => {
    const from = new StateReader(SNAPSHOT);
    const header = structuredClone(from.header) as { labels: { windowSteps: number }[] };
    header.labels[0]!.windowSteps += 1;
    const to = new StateWriter();
    for (let i = 0; i < 10_000; i++) to.number(from.number());
    expect(() => FeatureEngine.load(to.finish(header))).toThrow(StateFormatError);
  });
});
