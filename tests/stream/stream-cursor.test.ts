import { describe, expect, it } from "vitest";
import { cursorOf, parseCursor } from "../../src/stream/stream-cursor.ts";

describe("a cursor", () => {
  it("has a position for each source, the furthest where it has several", () => {
    expect(parseCursor("BTC-USD~a,ETH-USD~b,BTC-USD~c")).toEqual(
      new Map([
        ["BTC-USD", 12],
        ["ETH-USD", 11],
      ]),
    );
  });

  it("is read as it was written, for every form of a name", () => {
    for (const source of ["^GSPC", "BTC/USD@kraken", "ES=F", "A:B_C.D-E", "alerts"]) {
      for (const position of [0, 1, 2 * 1764979201000 + 1, Number.MAX_SAFE_INTEGER]) {
        expect(parseCursor(cursorOf(source, position))).toEqual(new Map([[source, position]]));
      }
    }
  });

  it("is nothing else", () => {
    for (const text of ["", ",", "BTC-USD", "BTC-USD~", "~a", "BTC-USD~A", "BTC-USD~-1", "A~1~2", "A~zzzzzzzzzzz"]) {
      expect(parseCursor(text), text).toBeUndefined();
    }
  });
});
