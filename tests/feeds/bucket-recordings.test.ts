import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openR2Recordings } from "../../recordings/bucket-recordings.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";
import { openLocalBucket } from "../../recordings/bucket/local-bucket.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { RecordedClock } from "../requests/recorded-clock.ts";
import { S3Server } from "../trainer/publish-s3-server.ts";

const T0 = 1_764_547_200_000;
const GOLDEN = join(import.meta.dirname, "golden-ticks.parquet");
const FAST = { clock: new RecordedClock(), onWait: () => undefined, attemptMs: 300, attempts: 3 };
const server = new S3Server();
const before = { ...process.env };

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  server.reset();
  Object.assign(process.env, server.env);
});
afterEach(() => {
  for (const name of Object.keys(server.env)) delete process.env[name];
  Object.assign(process.env, before);
});

function line(ts: number, price: number): string {
  return JSON.stringify({ symbol: "BTC-USD", ts: T0 + ts, price }) + "\n";
}

describe("recordings in R2", () => {
  it("merges an archive of every form like files, over several pages of the listing", async () => {
    const golden = await readFile(GOLDEN);
    const zipped = gzipSync(line(1, 3) + line(9, 4));
    server.pageSize = 2;
    server.put("ticks/a.ndjson", line(5, 1) + line(7, 2));
    server.put("ticks/b/deep.ndjson.gz", zipped);
    server.put("ticks/c.csv", `ts,symbol,price\n${T0 + 6},BTC-USD,5\n`);
    server.put("ticks/d e+é.parquet", golden);
    server.put("ticks/readme.txt", "no recording");
    server.put("ticks-other/z.ndjson", line(0, 9));
    const { ticks, files, rejected } = await readTickFiles(["r2://bucket/ticks"]);
    expect(ticks.length).toBe(205);
    expect(ticks.filter(({ price }) => price < 100).map(({ price }) => price)).toEqual([3, 1, 5, 2, 4]);
    expect(rejected.size).toBe(0);
    expect(files.map(({ path }) => path)).toEqual([
      "r2://bucket/ticks/a.ndjson",
      "r2://bucket/ticks/b/deep.ndjson.gz",
      "r2://bucket/ticks/c.csv",
      "r2://bucket/ticks/d e+é.parquet",
    ]);
    expect(files[1]!.sha256).toBe(sha256Hex(zipped));
    expect(files[3]!.sha256).toBe(sha256Hex(golden));
    expect(server.log.filter((entry) => entry.startsWith("LIST")).length).toBe(3);
  });

  it("takes one object by its key, whatever its ending", async () => {
    server.put("capture.1", line(0, 7));
    server.put("capture.1.ndjson", line(0, 8));
    const { ticks } = await readTickFiles(["r2://bucket/capture.1"]);
    expect(ticks.map(({ price }) => price)).toEqual([7]);
  });

  it("reads a large object in parts, and gets through failures of single parts", async () => {
    const text = Array.from({ length: 40_000 }, (_, i) => line(i, 1 + i)).join("");
    server.put("big.ndjson", text);
    const { sources } = await openR2Recordings("r2://bucket/big.ndjson", server.env, FAST);
    server.faults = ["503", undefined, "stall", undefined, "cut", undefined];
    const [source] = sources;
    const parts = [await source!.read(0, 1000), await source!.read(1000, 2000), await source!.read(2000, text.length)];
    expect(Buffer.concat(parts).toString()).toBe(text);
    expect(server.faults).toEqual([]);
    const { ticks } = await readTickFiles(["r2://bucket/big.ndjson"], { reorderTicks: 10 });
    expect(ticks.length).toBe(40_000);
    expect(server.log.filter((entry) => entry === "GET big.ndjson 206").length).toBeGreaterThan(5);
  });

  it("requests each part of a text once, though it looks for the earliest time first", async () => {
    server.put("a.ndjson", Array.from({ length: 40_000 }, (_, i) => line(2 * i, 1)).join(""));
    server.put("b.ndjson", Array.from({ length: 40_000 }, (_, i) => line(2 * i + 1, 2)).join(""));
    const { ticks } = await readTickFiles(["r2://bucket/"]);
    expect(ticks.map(({ tsMs }) => tsMs - T0)).toEqual(Array.from({ length: 80_000 }, (_, i) => i));
    const bytes = [...server.objects.values()].reduce((sum, { body }) => sum + body.length, 0);
    expect(server.sentBytes).toBe(bytes);
  });

  it("names the recording when it cannot be read, was replaced, or credentials are missing", async () => {
    server.put("a.ndjson", line(0, 1));
    const { sources } = await openR2Recordings("r2://bucket/a.ndjson", server.env, FAST);
    server.faults = ["503", "503", "503"];
    await expect(sources[0]!.read(0, 5)).rejects.toThrow(
      /^r2:\/\/bucket\/a\.ndjson: GET .*: 503 SlowDown.*after 3 attempts$/,
    );
    server.put("a.ndjson", line(0, 2));
    await expect(sources[0]!.read(0, 5)).rejects.toThrow(
      "r2://bucket/a.ndjson: a.ndjson: was replaced while it was read",
    );
    await expect(readTickFiles(["r2://bucket/none"])).rejects.toThrow("r2://bucket/none: holds no");
    await expect(readTickFiles(["r2://B/x"])).rejects.toThrow("r2://B/x: bucket: got B");
    await expect(readTickFiles(["r2://"])).rejects.toThrow("r2://: expected r2://BUCKET/PREFIX");
    delete process.env["R2_SECRET_ACCESS_KEY"];
    await expect(readTickFiles(["r2://bucket/a.ndjson"])).rejects.toThrow("R2_SECRET_ACCESS_KEY is not set");
  });
});

describe("recordings in the bucket of wrangler dev", () => {
  it("are read like those of R2, all pages of them", async () => {
    const persist = await mkdtemp(join(tmpdir(), "volgate-local-"));
    try {
      const golden = await readFile(GOLDEN);
      const { models, recordings, close } = await openLocalBucket(persist, 2);
      await models.put("ticks/a.ndjson", line(100_000, 1) + line(100_001, 2), {});
      await models.put("ticks/b.parquet", new Uint8Array(golden).buffer, {});
      for (let i = 0; i < 5; i++) await models.put(`ticks/c/${i}.ndjson`, line(i, 1), {});
      const keys: string[] = [];
      for await (const { key } of recordings.list("ticks/c/")) keys.push(key);
      await close();
      expect(keys).toEqual([0, 1, 2, 3, 4].map((i) => `ticks/c/${i}.ndjson`));
      const { ticks, files } = await readTickFiles(["local://ticks"], { persist, reorderTicks: 100 });
      expect(files.length).toBe(7);
      expect(ticks.length).toBe(2 + 200 + 5);
      expect(files[1]).toMatchObject({ path: "local://ticks/b.parquet", ticks: 200, sha256: sha256Hex(golden) });
    } finally {
      await rm(persist, { recursive: true });
    }
  });

  it("name the address and the folder when the state cannot be there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "volgate-no-state-"));
    try {
      const persist = join(folder, "afile");
      await writeFile(persist, "x");
      await expect(readTickFiles(["local://ticks"], { persist })).rejects.toThrow(
        `local://ticks: --persist: got ${persist}, expected a folder`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("are the same ticks as the same files on disk", async () => {
    const folder = await mkdtemp(join(tmpdir(), "volgate-same-"));
    try {
      const files = { "x.ndjson": line(3, 1) + line(4, 2), "y.csv": `ts,symbol,price\n${T0 + 3},BTC-USD,3\n` };
      for (const [name, text] of Object.entries(files)) {
        await writeFile(join(folder, name), text);
        server.put(`same/${name}`, text);
      }
      const [disk, remote] = [await readTickFiles([folder]), await readTickFiles(["r2://bucket/same/"])];
      expect(remote.ticks).toEqual(disk.ticks);
      expect(remote.files.map(({ sha256 }) => sha256)).toEqual(disk.files.map(({ sha256 }) => sha256));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
