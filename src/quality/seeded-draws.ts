// Random numbers for resampling, the same in every runtime for the same seed.

/** sfc32 (Chris Doty-Humphrey's "small fast counter"): whole-number arithmetic on 128 bits of state. */
export class SeededDraws {
  private a: number;
  private b: number;
  private c = 0x9e3779b9;
  private counter = 1;

  /** @param seed a whole number from 0 to 2^53. */
  constructor(seed: number) {
    this.a = seed >>> 0;
    this.b = Math.floor(seed / 4_294_967_296) >>> 0;
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
