import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePage, encodePage } from "../../src/features/page-buffer.ts";
import { StateFormatError } from "../../src/features/binary-container.ts";

const content = {
  numbers: { count: 3, name: "größer", nothing: null },
  arrays: [
    Uint8Array.of(1, 2, 255),
    Uint16Array.of(65_535),
    Uint32Array.of(),
    Float32Array.of(NaN, -0),
    Float64Array.of(Math.PI, -Infinity),
  ],
};

describe("a page", () => {
  it("comes back as it was written, arrays with their types", () => {
    expect(decodePage("test 1", encodePage("test 1", content))).toEqual({ kind: "test 1", ...content });
  });

  it("is a copy: changing the arrays later changes nothing", () => {
    const array = Uint8Array.of(1);
    const bytes = encodePage("test 1", { numbers: {}, arrays: [array] });
    array[0] = 2;
    expect(decodePage("test 1", bytes).arrays[0]).toEqual(Uint8Array.of(1));
  });

  it("takes views into larger buffers for what they show", () => {
    const view = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const { arrays } = decodePage("test 1", encodePage("test 1", { numbers: {}, arrays: [view] }));
    expect(arrays[0]).toEqual(Float32Array.of(2, 3));
  });

  it("is refused as another kind or version, saying both", () => {
    expect(() => decodePage("test 2", encodePage("test 1", content))).toThrow("page: got test 1, expected test 2");
  });

  it("is refused when any byte that counts was changed, or bytes are missing", () => {
    const bytes = new Uint8Array(encodePage("test 1", content));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at]! ^= change;
        expect(() => decodePage("test 1", damaged.buffer)).toThrow(StateFormatError);
      }),
    );
    for (const length of [0, 8, 16, bytes.length - 8]) {
      expect(() => decodePage("test 1", bytes.slice(0, length).buffer)).toThrow(StateFormatError);
    }
  });
});
