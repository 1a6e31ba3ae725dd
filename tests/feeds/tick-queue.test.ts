import { expect, test } from "vitest";
import { TickQueue } from "../../feeds/feed/tick-queue.ts";
import type { Tick } from "../../src/features/tick.ts";

const ticks = (from: number, to: number): Tick[] =>
  Array.from({ length: to - from }, (_, i) => ({ symbol: "A", tsMs: from + i }) as Tick);
const times = (list: readonly Tick[]) => list.map(({ tsMs }) => tsMs);

test("gives ticks in the order in which they came", () => {
  const queue = new TickQueue(100);
  queue.add(ticks(0, 5));
  expect(times(queue.take(3))).toEqual([0, 1, 2]);
  queue.add(ticks(5, 7));
  expect(times(queue.take(10))).toEqual([3, 4, 5, 6]);
  expect([queue.count, queue.dropped, queue.take(1)]).toEqual([0, 0, []]);
});

test("drops the oldest that are too many, and counts them", () => {
  const queue = new TickQueue(4);
  queue.add(ticks(0, 3));
  queue.add(ticks(3, 10));
  expect([queue.count, queue.dropped]).toEqual([4, 6]);
  expect(times(queue.take(2))).toEqual([6, 7]);
  queue.add(ticks(10, 13));
  expect([times(queue.take(9)), queue.dropped]).toEqual([[9, 10, 11, 12], 7]);
});
