// The random number generator of the whole project: seeded, with the same numbers in every runtime.

/**
 * sfc32 (Chris Doty-Humphrey's "small fast counter"): whole-number arithmetic on 128 bits of state, passes PractRand.
 *
 * Example: `new SeededRandom("7:BTC-USD:0")` and `new SeededRandom("7:ETH-USD:0")` give unrelated streams.
 */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param seed a text, hashed, or a whole number from 0 to 2^53. `7` and `"7"` give different streams. */
  constructor(seed: number | string) {
    [this.a, this.b, this.c] = typeof seed === "string" ? wordsOfText(seed) : wordsOfNumber(seed);
    for (let i = 0; i < 15; i++) this.uniform();
  }

  /** Uniform in the open interval (0, 1), 32 bits. */
  uniform(): number {
    const word = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + word) | 0;
    return ((word >>> 0) + 0.5) / 4_294_967_296;
  }
}

function wordsOfNumber(seed: number): [number, number, number] {
  return [seed | 0, Math.floor(seed / 4_294_967_296) | 0, 0x9e3779b9 | 0];
}

/** By xmur3-style hashing: a loop over the text, then MurmurHash3's finalizer once a word. */
function wordsOfText(text: string): [number, number, number] {
  let hash = 1_779_033_703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 3_432_918_353);
    hash = (hash << 13) | (hash >>> 19);
  }
  const next = (): number => {
    hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507);
    hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909);
    return (hash ^= hash >>> 16) | 0;
  };
  return [next(), next(), next()];
}
