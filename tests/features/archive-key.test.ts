import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  archiveFolder,
  archiveKey,
  nextArchiveKey,
  parseArchiveKey,
  tickFolders,
} from "../../src/features/archive-key.ts";
import { symbolKey } from "../../src/features/symbol-name.ts";

const NOON = Date.UTC(2025, 11, 1, 12, 34, 56, 789);

/** Symbols with every character that one may have. */
const SYMBOLS = fc
  .stringMatching(/^[A-Z0-9^][A-Z0-9._:/=^-]{0,20}(@[a-z0-9][a-z0-9._-]{0,8})?$/)
  .filter((name) => symbolKey(name) === name);

describe("a key of the archive", () => {
  it("names symbol, day, minute and number, with a symbol's slash and venue percent-encoded", () => {
    expect(archiveKey("ticks", "BTC/USD@kraken", NOON, 42)).toBe(
      "ticks/symbol=BTC%2FUSD%40kraken/date=2025-12-01/1234-0000000042.parquet",
    );
    expect(archiveKey("predictions", "BTC-USD", NOON, 1)).toBe(
      "predictions/symbol=BTC-USD/date=2025-12-01/1234-0000000001.parquet",
    );
  });

  it("is read back whatever the symbol is called, and two symbols never share a folder", () => {
    fc.assert(
      fc.property(SYMBOLS, SYMBOLS, fc.nat(1e9), (symbol, other, number) => {
        const key = archiveKey("ticks", symbol, NOON, number);
        const parts = { kind: "ticks", symbol, fromMs: NOON - 56_789, number };
        expect(parseArchiveKey(`r2://bucket/${key}`)).toEqual(parts);
        expect(parseArchiveKey(nextArchiveKey(nextArchiveKey(key)))).toEqual(parts);
        const answers = archiveKey("predictions", symbol, NOON, number);
        expect(parseArchiveKey(`r2://bucket/lake/${answers}`)).toEqual({ ...parts, kind: "predictions" });
        if (symbol !== other) {
          for (const folder of [...tickFolders(other), archiveFolder("predictions", other)]) {
            expect(key.startsWith(folder)).toBe(false);
          }
        }
      }),
      { seed: 20251201 },
    );
  });

  it("is read in the layout of before", () => {
    expect(parseArchiveKey("local://ticks/BTC-USD/2026-11-20/1415-000000000042.parquet")).toEqual({
      kind: "ticks",
      symbol: "BTC-USD",
      fromMs: Date.UTC(2026, 10, 20, 14, 15),
      number: 42,
    });
    expect(parseArchiveKey("/data/ticks/A:B.c/2025-01-01/0000-1.parquet")?.symbol).toBe("A:B.c");
    expect(parseArchiveKey("ticks/TAKEN/2025-12-01/0000-0000000001~2.parquet")?.number).toBe(1);
  });

  it("is nothing else", () => {
    for (const path of [
      "ticks/BTC-USD/2026-11-20/2415-1.parquet",
      "ticks/BTC-USD/2026-13-20/1415-1.parquet",
      "ticks/BTC-USD/2026-11-20/1415-1.csv",
      "ticks/BTC-USD/2026-11-20/1415.parquet",
      "ticks/BTC-USD/date=2026-11-20/1415-1.parquet",
      "ticks/symbol=BTC%2/date=2026-11-20/1415-1.parquet",
      "2026-11-20/1415-1.parquet",
      "",
    ]) {
      expect(parseArchiveKey(path)).toBeUndefined();
    }
  });

  it("has a second name, and further ones, where the first is taken", () => {
    expect(["a.parquet", "a~2.parquet", "a~10.parquet"].map(nextArchiveKey)).toEqual([
      "a~2.parquet",
      "a~3.parquet",
      "a~11.parquet",
    ]);
  });
});

describe("the folders of a symbol's ticks", () => {
  it("include that of before", () => {
    expect(tickFolders("A:BTC-USD")).toEqual(["ticks/A:BTC-USD/", "ticks/symbol=A%3ABTC-USD/"]);
    // Unencoded, the removal of this symbol would remove a day of the symbol BTC.
    expect(tickFolders("BTC/2025-12-01")).toEqual(["ticks/BTC%2F2025-12-01/", "ticks/symbol=BTC%2F2025-12-01/"]);
  });
});
