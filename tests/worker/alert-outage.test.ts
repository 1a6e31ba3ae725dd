// What receivers know after an outage of many symbols, whatever they answered meanwhile.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DAY, HOUR, MINUTE, type Mood, namesOf, OutageWorld, START_MS } from "./outage-world.ts";

const SYMBOLS = namesOf(20);
let serial = 0;

function inWorld(work: (world: OutageWorld) => Promise<void>, more?: Record<string, object>): Promise<void> {
  const stub = env.ALERTS.get(env.ALERTS.idFromName(`outage-${serial++}`));
  const names = ["pager", "other"];
  return runInDurableObject(stub, async (_, { storage }) => await work(new OutageWorld(storage, names, more)));
}

beforeEach(() => void vi.spyOn(console, "warn").mockReturnValue());
afterEach(() => void vi.restoreAllMocks());

const AWAY: Mood[] = [503, 500, "refused", "hangs", "mute"];
const PAIRS = [...AWAY.map((mood) => [mood, mood]), ["hangs", "well"], ["well", 503], ["mute", 503], ["well", "mute"]];

describe("a receiver that is away during an outage", () => {
  it.each(PAIRS as [Mood, Mood][])("(%s at its beginning, %s at its end) is green when it is back", (first, second) =>
    inWorld(async (world) => {
      const [pager, other] = [world.receiver("pager"), world.receiver("other")];
      pager.mood = first;
      await world.reportAll(SYMBOLS, "firing", START_MS, MINUTE);
      await world.passUntil(START_MS + 30 * MINUTE);
      expect(other.open.size).toBe(SYMBOLS.length);
      if (first === 500) world.evict();
      pager.mood = second;
      await world.reportAll(SYMBOLS, "resolved", START_MS, MINUTE);
      await world.passUntil(START_MS + 5 * HOUR);
      pager.mood = "well";
      const messages = pager.messages.length;
      await world.passUntil(world.nowMs + 16 * MINUTE);
      expect([...pager.open, ...other.open]).toEqual([]);
      expect(pager.messages.slice(messages).join()).not.toContain("firing");
      expect(other.messages).toEqual(
        ["firing 1", "firing 19", "resolved 1", "resolved 19"].map((m) => `feed_silent ${m}`),
      );
      expect(world.outbox.sizes()).toEqual([]);
      expect(world.outbox.told.sizes()).toEqual([]);
    }),
  );

  it("is told nothing of alerts that it did not take and that are over, and they are counted", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      pager.mood = 503;
      await world.reportAll(SYMBOLS, "firing", START_MS, MINUTE);
      await world.reportAll(SYMBOLS, "resolved", START_MS, MINUTE);
      pager.mood = "well";
      await world.passUntil(START_MS + DAY);
      expect(pager.messages).toEqual([]);
      const counts = world.outbox.counts().filter(({ webhook }) => webhook === "pager");
      expect(counts).toContainEqual({ webhook: "pager", outcome: "collapsed", count: SYMBOLS.length });
    }));

  it("is told what still fires within a quarter of an hour, also after most of a day", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      pager.mood = "hangs";
      await world.reportAll(SYMBOLS, "firing", START_MS, MINUTE);
      await world.passUntil(START_MS + 20 * HOUR);
      pager.mood = "well";
      await world.passUntil(world.nowMs + 16 * MINUTE);
      expect(pager.open.size).toBe(SYMBOLS.length);
    }));

  it("loses no alert to the attempts that were made at another one of its message", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      pager.mood = 503;
      world.report("OLD", "firing", START_MS);
      await world.passUntil(START_MS + DAY - HOUR);
      world.report("NEW", "firing", START_MS);
      await world.passUntil(START_MS + DAY + HOUR);
      expect(world.outbox.sizes()).toEqual([{ webhook: "pager", waiting: 1, dead: 1 }]);
      pager.mood = "well";
      await world.passUntil(START_MS + DAY + 2 * HOUR);
      expect(pager.shown).toEqual(new Map([["NEW feed_silent", "firing"]]));
    }));

  it("reads as the last how things are, where a symbol fell silent again before the end of the first time", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      world.report("A", "firing", START_MS);
      await world.passUntil(START_MS + MINUTE);
      pager.mood = "hangs";
      world.report("A", "resolved", START_MS);
      await world.passUntil(START_MS + HOUR);
      pager.mood = "well";
      world.report("A", "firing", START_MS + 1);
      await world.passUntil(START_MS + 2 * HOUR);
      expect(pager.messages).toEqual(["firing 1", "resolved 1", "firing 1"].map((m) => `feed_silent ${m}`));
      expect(pager.open).toEqual(new Set([`A:feed_silent:${START_MS + 1}`]));
    }));

  it("is told a new alert although it refuses the end of the one before", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      pager.refuses = "resolved";
      world.report("A", "firing", START_MS);
      world.report("A", "resolved", START_MS);
      await world.passUntil(START_MS + HOUR);
      world.report("A", "firing", START_MS + 1);
      await world.passUntil(START_MS + 2 * HOUR);
      expect(pager.shown).toEqual(new Map([["A feed_silent", "firing"]]));
      expect(pager.open.size).toBe(2);
      pager.refuses = undefined;
      await world.passUntil(START_MS + 3 * HOUR);
      expect(pager.open.size).toBe(1);
    }));

  it("gets the ends of what it knows, although it wants other rules now, or was not configured for a while", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      await world.reportAll(["A", "B"], "firing", START_MS, MINUTE);
      world.configure("pager", { rules: ["drift"] });
      world.report("A", "resolved", START_MS);
      await world.passUntil(world.nowMs + HOUR);
      expect([...pager.open]).toEqual([`B:feed_silent:${START_MS}`]);
      world.configure("pager", undefined);
      world.report("B", "resolved", START_MS);
      await world.passUntil(world.nowMs + DAY);
      world.configure("pager", {});
      await world.passUntil(world.nowMs + 16 * MINUTE);
      expect([...pager.open]).toEqual([]);
    }));

  it("has at most 10,000 alerts open; what is more is a dead letter, and every end arrives", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      world.fillTold("pager", 9_999);
      world.report("A", "firing", START_MS);
      await world.passUntil(START_MS + MINUTE);
      world.report("B", "firing", START_MS);
      await world.passUntil(START_MS + 3 * MINUTE);
      expect([...pager.open]).toEqual([`A:feed_silent:${START_MS}`]);
      expect(world.outbox.sizes()).toEqual([{ webhook: "pager", waiting: 0, dead: 1 }]);
      world.report("A", "resolved", START_MS);
      await world.passUntil(START_MS + 6 * MINUTE);
      expect([...pager.open]).toEqual([]);
    }));

  it("has each of them counted once, though it waits for an attempt that may have arrived", () =>
    inWorld(async (world) => {
      world.receiver("pager").mood = "hangs";
      world.fillTold("pager", 9_998);
      world.report("A", "firing", START_MS);
      await world.passUntil(START_MS + 1);
      world.report("B", "firing", START_MS);
      world.report("B", "resolved", START_MS);
      world.report("C", "firing", START_MS);
      expect(world.outbox.sizes()).toContainEqual({ webhook: "pager", waiting: 2, dead: 0 });
      world.report("D", "firing", START_MS);
      expect(world.outbox.sizes()).toContainEqual({ webhook: "pager", waiting: 2, dead: 1 });
    }));

  it.each([{ rules: ["drift"] }, undefined])(
    "is not told of an alert that ended while it wanted others, or was not configured (%o)",
    (meanwhile) =>
      inWorld(async (world) => {
        const pager = world.receiver("pager");
        pager.mood = 503;
        world.report("A", "firing", START_MS);
        await world.passUntil(START_MS + 40 * MINUTE);
        world.configure("pager", meanwhile);
        world.report("A", "resolved", START_MS);
        await world.passUntil(world.nowMs + 1);
        world.configure("pager", {});
        pager.mood = "well";
        await world.passUntil(START_MS + DAY);
        expect(pager.messages).toEqual([]);
      }),
  );

  it("is not told again by a dead letter of an alert whose end it has", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      pager.mood = "hangs";
      world.report("A", "firing", START_MS);
      await world.passUntil(START_MS + 2 * DAY);
      expect(world.outbox.sizes()).toEqual([{ webhook: "pager", waiting: 0, dead: 1 }]);
      pager.mood = "well";
      world.report("A", "resolved", START_MS);
      await world.passUntil(world.nowMs + HOUR);
      expect(pager.messages).toEqual(["feed_silent resolved 1"]);
      expect(world.outbox.sizes()).toEqual([]);
    }));

  it("gets all that waits when it takes a message again, also after an eviction or a long Retry-After", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      pager.mood = 503;
      world.report("A", "firing", START_MS);
      await world.passUntil(START_MS + MINUTE / 2);
      world.report("A", "firing", START_MS, "drift");
      await world.passUntil(START_MS + 3 * HOUR);
      world.evict();
      pager.mood = "well";
      await world.passUntil(world.outbox.dueTimes()[0]!.dueMs + 1_000);
      expect(pager.messages).toHaveLength(2);
      [pager.mood, pager.retryAfterMs] = [503, HOUR];
      for (const rule of ["calibration", "error_budget"] as const) world.report("B", "firing", START_MS, rule);
      await world.passUntil(world.nowMs + MINUTE);
      pager.mood = "well";
      world.report("B", "firing", START_MS, "parity_mismatch");
      await world.passUntil(world.nowMs + 1_000);
      expect(pager.messages).toHaveLength(5);
    }));

  it("is asked to begin nothing by the end of an alert, where it is a repository now", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      world.report("A", "firing", START_MS, "drift");
      await world.passUntil(START_MS + MINUTE);
      pager.mood = 503;
      world.report("A", "resolved", START_MS, "drift");
      await world.passUntil(START_MS + HOUR);
      world.configure("pager", { kind: "github", token: "0123456789abcdef" });
      pager.mood = "well";
      await world.passUntil(START_MS + 2 * HOUR);
      expect(pager.messages).toEqual(["drift firing 1"]);
      expect(world.outbox.sizes()).toEqual([]);
      expect(world.outbox.told.sizes()).toEqual([]);
    }));

  it("has each attempt at an end counted that it refuses for good", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      world.report("A", "firing", START_MS);
      await world.passUntil(START_MS + MINUTE);
      pager.mood = 404;
      world.report("A", "resolved", START_MS);
      await world.passUntil(START_MS + HOUR);
      const count = pager.requests - 1;
      expect(count).toBeGreaterThan(2);
      expect(world.outbox.counts()).toContainEqual({ webhook: "pager", outcome: "retried", count });
    }));

  it("gets many alerts and their ends in messages as small as it takes", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      pager.most = 30;
      const symbols = namesOf(100);
      await world.reportAll(symbols, "firing", START_MS, MINUTE);
      await world.passUntil(START_MS + 2 * MINUTE);
      expect(pager.open.size).toBe(100);
      expect(pager.messages).toEqual([1, 25, 25, 25, 24].map((n) => `feed_silent firing ${n}`));
      await world.reportAll(symbols, "resolved", START_MS, MINUTE);
      await world.passUntil(world.nowMs + 2 * MINUTE);
      expect(pager.open.size).toBe(0);
      expect(world.outbox.sizes()).toEqual([]);
    }));
});

describe("an outbox of the version before", () => {
  it("takes a beginning that was attempted for one that may have arrived", () =>
    inWorld(async (world) => {
      const pager = world.receiver("pager");
      pager.mood = "mute";
      world.report("A", "firing", START_MS);
      await world.passUntil(START_MS + 1);
      expect([...pager.open]).toHaveLength(1);
      // That version noted it after an attempt alone, and had no index.
      world.sql.exec("DELETE FROM told");
      world.sql.exec("DROP INDEX told_alert");
      world.evict();
      pager.mood = "well";
      world.report("A", "resolved", START_MS);
      await world.passUntil(START_MS + HOUR);
      expect([...pager.open]).toEqual([]);
      expect(pager.messages.at(-1)).toBe("feed_silent resolved 1");
    }));
});
