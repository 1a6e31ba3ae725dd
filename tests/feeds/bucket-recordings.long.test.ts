// What needs the local bucket opened more than once or twice, which takes a second each time.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withLocalBucket } from "../../recordings/bucket/local-bucket.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";

const T0 = 1_764_547_200_000;
const COUNT = 20_000;
let persist: string;

beforeAll(async () => {
  persist = await mkdtemp(join(tmpdir(), "volgate-local-"));
});
afterAll(() => rm(persist, { recursive: true }));

it("reads a recording of several parts from the bucket of wrangler dev, and says where there is none", async () => {
  const lines = Array.from({ length: COUNT }, (_, i) =>
    JSON.stringify({ symbol: "BTC-USD", ts: T0 + i, price: 1 + i }),
  );
  await withLocalBucket(persist, async (bucket) => void (await bucket.put("ticks/a.ndjson", lines.join("\n"), {})));
  const { ticks } = await readTickFiles(["local://ticks"], { persist, reorderTicks: 100 });
  expect(ticks.map(({ price }) => price)).toEqual(Array.from({ length: COUNT }, (_, i) => 1 + i));
  await expect(readTickFiles(["local://none"], { persist })).rejects.toThrow("local://none: holds no");
});
