// Seeded random numbers for the simulator: the same seed gives the same numbers on every machine.

/**
 * sfc32 (Chris Doty-Humphrey's "small fast counter", 128 bits of state, passes PractRand), seeded by a text through
 * xmur3-style hashing, so that `"7:BTC-USD:0"` and `"7:ETH-USD:0"` give unrelated streams.
 *
 * Normal and exponential numbers go through `Math.log`, `Math.sin` and `Math.cos`, so they are the same in one Node
 * version, but not to the last bit in another engine.
 */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private spareNormal = NaN;

  constructor(seed: string) {
    const next = hashWords(seed);
    this.a = next();
    this.b = next();
    this.c = next();
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

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const spare = this.spareNormal;
    if (!Number.isNaN(spare)) {
      this.spareNormal = NaN;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(this.uniform());
  }
}

/** A source of 32-bit words from a text. */
function hashWords(text: string): () => number {
  let hash = 1_779_033_703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 3_432_918_353);
    hash = (hash << 13) | (hash >>> 19);
  }
  return () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507);
    hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909);
    return (hash ^= hash >>> 16) | 0;
  };
}
