// A thousand symbols that fall silent within a minute and return half an hour later, and a receiver that is away.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HOUR, MINUTE, type Mood, namesOf, OutageWorld, START_MS } from "./outage-world.ts";

const SYMBOLS = namesOf(1000);

beforeEach(() => void vi.spyOn(console, "warn").mockReturnValue());
afterEach(() => void vi.restoreAllMocks());

it.each([
  ["well", "well", 3],
  ["well", "refused", 4],
  [503, 503, 0],
  ["mute", "hangs", 4],
] as [Mood, Mood, number][])(
  "leave all receivers green, of which one was %s at the beginning and %s at the end, by %s messages at most",
  async (first, second, most) => {
    const stub = env.ALERTS.get(env.ALERTS.idFromName(`thousand-${first}-${second}`));
    await runInDurableObject(stub, async (_, { storage }) => {
      const world = new OutageWorld(storage, ["pager", "other"]);
      const [pager, other] = [world.receiver("pager"), world.receiver("other")];
      pager.mood = first;
      await world.reportAll(SYMBOLS, "firing", START_MS, MINUTE);
      await world.passUntil(START_MS + 30 * MINUTE);
      expect(other.open.size).toBe(1000);
      world.evict();
      pager.mood = second;
      await world.reportAll(SYMBOLS, "resolved", START_MS, MINUTE);
      await world.passUntil(START_MS + 2 * HOUR);
      expect(other.messages.map((text) => text.split(" ").slice(1).join(" "))).toEqual([
        ...["firing 1", "firing 500", "firing 499"],
        ...["resolved 1", "resolved 500", "resolved 499"],
      ]);
      pager.mood = "well";
      const before = pager.messages.length;
      await world.passUntil(world.nowMs + 16 * MINUTE);
      expect([...pager.open, ...other.open]).toEqual([]);
      expect(pager.messages.length - before).toBeLessThanOrEqual(most);
      expect([...world.outbox.sizes(), ...world.outbox.told.sizes()]).toEqual([]);
    });
  },
);
