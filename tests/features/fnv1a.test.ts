import { describe, expect, it } from "vitest";
import { FNV1A_START, fnv1aOfText, fnv1aOfWords, fnv1aStep } from "../../src/features/fnv1a.ts";

describe("FNV-1a", () => {
  // From the test suite of Landon Curt Noll's reference implementation.
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["b", 0xe70c2de5],
    ["foobar", 0xbf9cf968],
  ])("of %j is what the reference implementation gives", (text, hash) => {
    expect(fnv1aOfText(text)).toBe(hash);
  });

  it("of words takes one step a word, from the word named", () => {
    const words = Uint32Array.of(7, 0xffffffff, 2 ** 31);
    const steps = fnv1aStep(fnv1aStep(FNV1A_START, 0xffffffff), 2 ** 31);
    expect(fnv1aOfWords(words, 1)).toBe(steps >>> 0);
    expect(fnv1aOfWords(words, 3)).toBe(FNV1A_START);
  });

  it("of words changes with every single bit", () => {
    const words = Uint32Array.of(1, 2, 3);
    const before = fnv1aOfWords(words);
    for (let at = 0; at < words.length; at++) {
      for (let bit = 0; bit < 32; bit++) {
        const changed = words.slice();
        changed[at]! ^= 1 << bit;
        expect(fnv1aOfWords(changed)).not.toBe(before);
      }
    }
  });
});
