import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { UnreadableFileError } from "../../../recordings/unreadable-file-error.ts";
import { type Pulled, pullArchive } from "../../../trainer/retrain/pull-archive.ts";
import { UserError } from "../../../command-line/user-error.ts";
import { S3Server } from "../publish-s3-server.ts";

const KEYS = [
  "ticks/BTC-USD/2026-11-20/1400-000000000001.parquet",
  "ticks/BTC-USD/2026-11-20/1415-000000000042.parquet",
  "ticks/BTC-USD/2026-11-21/0000-000000000900.parquet",
  "ticks/ETH-USD/2026-11-20/1415-000000000007.parquet",
];
const at = (text: string): number => Date.parse(`${text}Z`);

describe("pulling an archive", () => {
  const server = new S3Server();
  const folder = mkdtempSync(join(tmpdir(), "volgate-pull-"));
  let into = "";
  let n = 0;
  beforeAll(() => server.start());
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    server.reset();
    for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
    for (const key of KEYS) server.put(key, `bytes of ${key}`);
    into = join(folder, String(n++));
    mkdirSync(into);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  async function pull(since: string | undefined, options: { from?: string[]; symbol?: string } = {}): Promise<Pulled> {
    const { from = ["r2://bucket/ticks/"], symbol } = options;
    return await pullArchive({ from, sinceMs: since === undefined ? undefined : at(since), symbol, persist: "", into });
  }

  it("copies every object once, in the order of the keys, byte for byte", async () => {
    const pulled = await pull(undefined);
    expect(pulled.files.map((file) => readFileSync(file, "utf8"))).toEqual(KEYS.map((key) => `bytes of ${key}`));
    expect(pulled).toMatchObject({
      objects: 4,
      leftOut: 0,
      fromMs: at("2026-11-20T14:00"),
      lastMs: at("2026-11-21T00:00"),
    });
    expect(pulled.bytes).toBe(KEYS.reduce((sum, key) => sum + `bytes of ${key}`.length, 0));
    expect(server.log.filter((line) => line.startsWith("GET ticks")).length).toBe(4);
  });

  it("leaves out what began before --since, to the minute, and other symbols", async () => {
    expect((await pull("2026-11-20T14:15:59")).files.map((file) => basename(file))).toEqual([
      "1415-000000000042.parquet",
      "0000-000000000900.parquet",
      "1415-000000000007.parquet",
    ]);
    const recent = await pull("2026-11-20T14:16", { symbol: "BTC-USD" });
    expect(recent).toMatchObject({ objects: 1, leftOut: 3, fromMs: at("2026-11-21T00:00") });
    expect((await pull(undefined, { symbol: "ETH-USD" })).objects).toBe(1);
  });

  it("copies the ticks of a whole lake, and none of the predictions beside them", async () => {
    server.put("predictions/symbol=BTC-USD/date=2026-11-20/1400-0000000009.parquet", "answers");
    const pulled = await pull(undefined, { from: ["r2://bucket/"] });
    expect(pulled).toMatchObject({ objects: 4, leftOut: 0, predictions: 1 });
    expect(pulled.files.filter((file) => file.includes("predictions"))).toEqual([]);
    await expect(pull(undefined, { from: ["r2://bucket/predictions"] })).rejects.toThrow(
      "r2://bucket/predictions: is of a gateway's predictions, expected ticks",
    );
  });

  it("leaves files where they are, beside copies", async () => {
    const file = join(folder, "ticks.csv");
    writeFileSync(file, "ts,price\n");
    const pulled = await pull(undefined, { from: [file, "r2://bucket/ticks/ETH-USD/"] });
    expect(pulled.files[0]).toBe(file);
    expect([pulled.files.length, existsSync(pulled.files[1]!)]).toEqual([2, true]);
  });

  it("says what is wrong: nothing there, nothing recent, a recording without a time in its name, no credentials", async () => {
    await expect(pull(undefined, { from: ["r2://bucket/other/"] })).rejects.toThrow(UnreadableFileError);
    await expect(pull("2026-12-01T00:00")).rejects.toThrow(
      "r2://bucket/ticks/: holds 4 recordings, none from 2026-12-01T00:00:00.000Z on",
    );
    const file = join(folder, "other.csv");
    writeFileSync(file, "");
    await expect(pull("2026-11-20T00:00", { from: [file] })).rejects.toThrow(UserError);
    await expect(pull("2026-11-20T00:00", { from: [file] })).rejects.toThrow(
      /--since: got .*other\.csv, expected objects/,
    );
    vi.stubEnv("R2_ACCESS_KEY_ID", "");
    await expect(pull(undefined)).rejects.toThrow(/R2_ACCESS_KEY_ID/);
  });
});
