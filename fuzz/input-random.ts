// What the making of an input draws from: one seeded generator, in the words that mutations need.
import { SeededRandom } from "../src/features/seeded-random.ts";

export class InputRandom {
  private readonly random: SeededRandom;

  /** Of one input: whatever was made before it, the same text of seed gives the same input. */
  constructor(seed: string) {
    this.random = new SeededRandom(seed);
  }

  /** A whole number from 0 up to, but not including, `end`; 0 for an `end` of 0. */
  below(end: number): number {
    return Math.floor(this.random.uniform() * end);
  }

  chance(share: number): boolean {
    return this.random.uniform() < share;
  }

  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("list: got an empty one, expected something to pick from");
    return list[this.below(list.length)]!;
  }
}
