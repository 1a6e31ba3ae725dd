// Every layout of files that people have, on a small file as its vendor documents it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALL_LAYOUTS } from "../../recordings/layouts/all-layouts.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";
import type { Tick } from "../../src/features/tick.ts";
import { LAYOUT_FILES } from "./layout-files.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-layouts-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The fields of a tick that are there. */
export function present({ flow, ...tick }: Tick): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...tick, ...flow }).filter(([, value]) => !Number.isNaN(value)));
}

describe.each(LAYOUT_FILES.map((one) => [one.file, one] as const))("%s", (file, one) => {
  const { layout, lines, reading, symbol, unit, stamp, rows, asks } = one;

  it(`is read as ${layout}`, async () => {
    const path = join(folder, file);
    await writeFile(path, lines.join("\r\n") + "\r\n");
    const read = await readTickFiles([path], { symbol, reading });
    expect([read.files[0]!.layout, Object.fromEntries(read.rejected)]).toEqual([layout, {}]);
    expect([read.files[0]!.timeUnit, read.files[0]!.barMs]).toEqual([unit, stamp === undefined ? undefined : 60_000]);
    const ticks = stamp === undefined ? read.ticks : read.ticks.filter((_, i) => i % 4 === 3);
    const isHash = (id: unknown): boolean => typeof id === "number" && id < 0;
    const found = ticks.map(present).map(({ id, ...others }) => (isHash(id) ? others : { id, ...others }));
    expect(found).toEqual(rows.map((row) => ({ symbol: symbol ?? row["symbol"], ...row })));
  });

  // Most files say everything themselves.
  if (asks === undefined) return;

  it("asks for what it does not say", async () => {
    const path = join(folder, file);
    await writeFile(path, lines.join("\n"));
    await expect(readTickFiles([path], { symbol })).rejects.toThrow(asks);
  });
});

describe("the table of layouts", () => {
  it("has a file of each in the tests", () => {
    const tested = new Set(LAYOUT_FILES.map(({ layout }) => layout));
    expect(ALL_LAYOUTS.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
  });
});
