// The buffer of ticks: never more than it may hold, everything in order, and nobody who waits is forgotten.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TickBuffer } from "../../clients/typescript/src/ticks/tick-buffer.ts";

const tick = (ts: number, symbol = "A") => ({ symbol, ts, price: 1 });

describe("a buffer of ticks", () => {
  it("gives back what was added, in order, and holds no more than its capacity", async () => {
    const action = fc.oneof(
      fc.record({ add: fc.nat(12) }),
      fc.record({ take: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ release: fc.nat(9) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        async (actions, capacity) => {
          const buffer = new TickBuffer(capacity);
          const taken: number[] = [];
          let added = 0;
          let held = 0;
          const adding: Promise<void>[] = [];
          for (const step of actions) {
            if ("add" in step) adding.push(buffer.add(Array.from({ length: step.add }, () => tick(added++))));
            else if ("take" in step) {
              const ticks = buffer.take(step.take);
              held += ticks.length;
              taken.push(...ticks.map(({ ts }) => Number(ts)));
            } else {
              const count = Math.min(step.release, held);
              held -= count;
              buffer.release(count);
            }
            expect(buffer.size).toBeLessThanOrEqual(capacity);
            expect(buffer.size).toBe(buffer.pending + held);
          }
          while (taken.length < added) {
            buffer.release(held);
            const ticks = buffer.take(capacity);
            held = ticks.length;
            taken.push(...ticks.map(({ ts }) => Number(ts)));
          }
          expect(taken).toEqual(Array.from({ length: added }, (_, i) => i));
          buffer.release(held);
          await Promise.all(adding);
        },
      ),
    );
  });

  it("leaves blocked ticks in their places", async () => {
    const buffer = new TickBuffer(10);
    await buffer.add([tick(1), tick(2, "B"), tick(3), tick(4, "B")]);
    expect(buffer.take(10, ({ symbol }) => symbol === "A").map(({ ts }) => ts)).toEqual([2, 4]);
    expect(buffer.take(10, ({ symbol }) => symbol === "A")).toEqual([]);
    expect(buffer.take(10).map(({ ts }) => ts)).toEqual([1, 3]);
  });

  it("tells everybody who waits when it fails, and gives back their ticks too", async () => {
    const buffer = new TickBuffer(1);
    const first = buffer.add([tick(1), tick(2)]);
    const second = buffer.add([tick(3)]);
    expect(buffer.fail(new Error("over")).map(({ ts }) => ts)).toEqual([1, 2, 3]);
    await expect(first).rejects.toThrow("over");
    await expect(second).rejects.toThrow("over");
  });
});
