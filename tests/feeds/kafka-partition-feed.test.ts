// Each record reaches the gateway once, whatever crashes: the feed beside a Kafka and a gateway in memory.
import { describe, expect, it } from "vitest";
import { KafkaWorld, type WorldOptions } from "./kafka-world.ts";

const CALM = { crashes: 0, takeovers: 0, failures: 0, compacts: false, records: 120 };
const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);

async function lived(options: WorldOptions): Promise<KafkaWorld> {
  const world = new KafkaWorld(options);
  await world.run();
  return world;
}

/** Ids that were applied, those with a dead letter, and those that compaction took. */
function fates({ applied, letters, compacted }: KafkaWorld) {
  const ids = [...applied.values()].flat();
  return { ids, twice: ids.length - new Set(ids).size, known: new Set([...ids, ...letters.keys(), ...compacted]) };
}

function inOrder({ applied }: KafkaWorld): boolean {
  return [...applied.values()].every((ids) => ids.every((id, i) => i === 0 || id > ids[i - 1]!));
}

describe("a partition's feed", () => {
  it.each([
    ["calm", CALM],
    ["kills at any moment", { ...CALM, crashes: 0.02 }],
    ["takeovers while the old member goes on", { ...CALM, takeovers: 0.01 }],
    ["failing symbols", { ...CALM, failures: 0.1 }],
    ["requests that are too large", { ...CALM, crashes: 0.01, mostLines: 3 }],
    ["everything at once", { ...CALM, crashes: 0.01, takeovers: 0.005, failures: 0.05, compacts: true, mostLines: 8 }],
  ])("applies each tick once and in order: %s", async (_, options) => {
    const sums = { crashes: 0, takeovers: 0, recovered: 0, failures: 0 };
    for (const seed of SEEDS) {
      const world = await lived({ ...options, seed });
      const { twice, known } = fates(world);
      expect({ seed, twice, missing: options.records - known.size }).toEqual({ seed, twice: 0, missing: 0 });
      expect(inOrder(world)).toBe(true);
      for (const name of ["crashes", "takeovers", "recovered", "failures"] as const) sums[name] += world.happened[name];
    }
    // What a case is named for has happened.
    expect(sums.crashes > 0).toBe(options.crashes > 0);
    expect(sums.takeovers > 0).toBe(options.takeovers > 0);
    expect(sums.recovered > 0).toBe(options.crashes > 0 || options.takeovers > 0);
    expect(sums.failures > 0).toBe(options.failures > 0);
  });

  it("writes a dead letter for each message that is not JSON and each tick that is refused, and for no other", async () => {
    const { letters, applied } = await lived({ ...CALM, seed: 5, crashes: 0.02, records: 400 });
    const ids = new Set([...applied.values()].flat());
    expect(letters.size + ids.size).toBe(400);
    expect([...letters.keys()].some((id) => ids.has(id))).toBe(false);
    expect(new Set(letters.values())).toEqual(new Set(["not_json", "price_not_positive"]));
  });

  it("says when records of a batch were compacted away after it was announced", async () => {
    const worlds = await Promise.all(SEEDS.map((seed) => lived({ ...CALM, seed, crashes: 0.03, compacts: true })));
    const notes = worlds.flatMap((world) => world.notes);
    expect(notes.some((note) => note.includes("deleted or compacted since"))).toBe(true);
    expect(notes.some((note) => note.includes("was applied before"))).toBe(true);
  });
});
