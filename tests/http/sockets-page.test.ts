// docs/sockets.md against the code: its example is a frame, and it names every code.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeTickFrame, encodeTickFrame, isFrameFault } from "../../src/markets/tick-frame.ts";
import { FRAME_CODE_NAMES } from "../../src/http/tick-socket-schema.ts";
import { blocksOf } from "../processes/document-sections.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/sockets.md"), "utf8");

describe("docs/sockets.md", () => {
  it("shows a frame that is one, and is what it says", () => {
    const [block] = blocksOf(page, "hex");
    const lines = [...block!.matchAll(/^((?:[0-9a-f]{2} ){7}[0-9a-f]{2}) /gm)].map(([, bytes]) => bytes!);
    const bytes = Uint8Array.from(lines.join(" ").split(" "), (byte) => parseInt(byte, 16));
    const frame = decodeTickFrame(bytes);
    if (isFrameFault(frame)) throw new Error(JSON.stringify(frame));
    expect(frame).toMatchObject({ seq: 7, sections: [{ name: "BTC-USD", venue: "", count: 2 }] });
    const [ts, price, bid, ask, ...others] = frame.sections[0]!.columns;
    expect([ts, price, bid, ask].map((column) => [...column!])).toEqual([
      [1764979200000, 1764979201000],
      [89412.5, 89413],
      [89412.25, NaN],
      [89412.75, NaN],
    ]);
    expect(others.every((column) => column === undefined)).toBe(true);
    const rows = Float64Array.from([
      1764979200000,
      89412.5,
      89412.25,
      89412.75,
      ...Array<number>(9).fill(NaN),
      1764979201000,
      89413,
      ...Array<number>(11).fill(NaN),
    ]);
    expect(encodeTickFrame(7, [{ name: "BTC-USD", venue: "", rows }])).toEqual(bytes);
  });

  it("names every code", () => {
    for (const code of FRAME_CODE_NAMES) expect(page).toContain(`| \`${code}\``);
  });
});
