import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXACT_SUMS, ROW_WIDTH, SQUARES } from "../../src/quality/figure-row.ts";
import { PackedReader, PackedWriter } from "../../src/quality/row-codec.ts";

describe("packed rows", () => {
  it("give back every number as written", () => {
    const counts = fc.array(fc.oneof(fc.constant(0), fc.nat(300), fc.integer({ min: 0, max: 2 ** 53 - 1 })), {
      minLength: ROW_WIDTH,
      maxLength: ROW_WIDTH,
    });
    const sums = fc.array(fc.double({ noNaN: true }), { minLength: EXACT_SUMS, maxLength: EXACT_SUMS });
    fc.assert(
      fc.property(counts, sums, fc.nat(3), (numbers, exact, offset) => {
        const rows = new Float64Array(ROW_WIDTH + 3);
        rows.set(numbers, offset);
        rows.set(exact, offset + SQUARES);
        const to = new PackedWriter();
        to.row(rows, offset);
        to.whole(77);
        const from = new PackedReader(to.finish());
        const back = new Float64Array(ROW_WIDTH + 3).fill(-5);
        from.row(back, offset);
        expect(back.subarray(offset, offset + ROW_WIDTH)).toEqual(rows.subarray(offset, offset + ROW_WIDTH));
        expect(from.whole()).toBe(77);
      }),
    );
  });

  it("take two bytes for a run of zeros and one for a small number", () => {
    const to = new PackedWriter();
    to.wholes(Float64Array.of(0, 0, 0, 5, 127, 128, 0), 0, 7);
    expect([...to.finish()]).toEqual([0, 2, 5, 127, 128, 1, 0, 0]);
  });

  it("say when bytes end early or a run is too long", () => {
    const into = new Float64Array(4);
    expect(() => new PackedReader(Uint8Array.of(1, 2)).wholes(into, 0, 4)).toThrow("ends after 2 bytes");
    expect(() => new PackedReader(Uint8Array.of(0, 4)).wholes(into, 0, 4)).toThrow("a run of zeros up to 5");
    expect(() => new PackedReader(Uint8Array.of(200)).whole()).toThrow(RangeError);
    expect(() => new PackedReader(new Uint8Array(7)).float()).toThrow("ends after 7 bytes");
  });
});
