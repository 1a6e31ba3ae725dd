import { constants, createGzip, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decompressed } from "../../recordings/decompressed.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";

async function read(bytes: Uint8Array, partBytes: number): Promise<{ text: string; cut: boolean }> {
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += partBytes)
      yield await Promise.resolve(bytes.subarray(at, at + partBytes));
  };
  const found: Uint8Array[] = [];
  let cut = false;
  for await (const piece of decompressed("gzip", parts(), () => (cut = true))) found.push(piece);
  return { text: Buffer.concat(found).toString("latin1"), cut };
}

const random = new SeededRandom("gunzipped");
/** Does not fit one piece of input, and hardly compresses. */
const TEXT = Array.from({ length: 400_000 }, () => String.fromCharCode(48 + Math.floor(random.uniform() * 64))).join(
  "",
);
const ZIPPED = gzipSync(TEXT);

describe.each([[1 << 22], [1 << 16], [1013]])("gzip in parts of %i bytes", (partBytes) => {
  it("is whole with its trailer, with another member behind it, and with zeros behind it", async () => {
    expect(await read(ZIPPED, partBytes)).toEqual({ text: TEXT, cut: false });
    const two = Buffer.concat([ZIPPED, gzipSync("more")]);
    expect(await read(two, partBytes)).toEqual({ text: TEXT + "more", cut: false });
    const padded = Buffer.concat([ZIPPED, new Uint8Array(100_000)]);
    expect(await read(padded, partBytes)).toEqual({ text: TEXT, cut: false });
  });

  it("is cut without all of its trailer, but loses nothing", async () => {
    for (const missing of [1, 7, 8]) {
      expect(await read(ZIPPED.subarray(0, -missing), partBytes)).toEqual({ text: TEXT, cut: true });
    }
  });

  it("gives what can be read of it when it is cut in the middle, or in the next member's header", async () => {
    const { text, cut } = await read(ZIPPED.subarray(0, ZIPPED.length >> 1), partBytes);
    expect([TEXT.startsWith(text), cut]).toEqual([true, true]);
    expect(text.length).toBeGreaterThan(150_000);
    const header = Buffer.concat([ZIPPED, ZIPPED.subarray(0, 5)]);
    expect(await read(header, partBytes)).toEqual({ text: TEXT, cut: true });
  });

  it("throws for damaged bytes and for what is no gzip", async () => {
    const damaged = Buffer.from(ZIPPED);
    damaged[damaged.length - 6]! ^= 1;
    await expect(read(damaged, partBytes)).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
    await expect(read(Buffer.from("plain text"), partBytes)).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
  });
});

describe("gzip", () => {
  it("is cut where it ends between two flushed blocks", async () => {
    const gzip = createGzip();
    const written: Uint8Array[] = [];
    gzip.on("data", (bytes: Uint8Array) => written.push(bytes));
    gzip.write("one\n");
    await new Promise<void>((done) => gzip.flush(constants.Z_SYNC_FLUSH, done));
    const flushed = Buffer.concat(written);
    expect(await read(flushed, 1 << 16)).toEqual({ text: "one\n", cut: true });
  });

  it("is cut when it is empty", async () => {
    expect(await read(new Uint8Array(0), 10)).toEqual({ text: "", cut: true });
  });

  it("passes on the error of its parts", async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(ZIPPED.subarray(0, 1000));
      throw new Error("disk");
    };
    const taken = async (): Promise<void> => {
      for await (const piece of decompressed("gzip", failing(), () => undefined))
        expect(piece.length).toBeGreaterThan(0);
    };
    await expect(taken()).rejects.toThrow("disk");
  });
});
