// The order of the trials: every fault once a round, the same for the same seed.
import { expect, it } from "vitest";
import { order } from "../../chaos/chaos-run.ts";
import { FAULTS } from "../../chaos/faults.ts";

function names(seed: number, count: number): string[] {
  const trials = order(seed, FAULTS);
  return Array.from({ length: count }, () => {
    const [, fault] = trials.next().value!;
    return fault.name;
  });
}

it("has every fault once in each round, in an order of the seed", () => {
  const all = FAULTS.map(({ name }) => name).sort();
  const [first, second] = [names(3, 2 * all.length).slice(0, all.length), names(3, 2 * all.length).slice(all.length)];
  expect(first.toSorted()).toEqual(all);
  expect(second.toSorted()).toEqual(all);
  expect(first).not.toEqual(second);
  expect(names(3, all.length)).toEqual(first);
  expect(names(4, all.length)).not.toEqual(first);
});

it("numbers the trials from 0 on, so that one can be run again", () => {
  const numbers = order(3, FAULTS);
  expect([0, 1, 2].map(() => numbers.next().value![0])).toEqual([0, 1, 2]);
});

it("has no fault that nothing has to tell of", () => {
  expect(FAULTS.filter(({ told }) => told.length === 0).map(({ name }) => name)).toEqual([]);
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});
