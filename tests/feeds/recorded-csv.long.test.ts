import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { comparedBars } from "./compared-bars.ts";

const BITMEX = join(import.meta.dirname, "../../../shared/data/bitmex-1m/XBTUSD_1m_2018.csv.gz");

it.skipIf(!existsSync(BITMEX))(
  "closes a grid of one minute with exactly the high, low and close of every BitMEX bar (needs ../shared/data)",
  async () => {
    const bars = 525_600;
    expect(await comparedBars(BITMEX)).toEqual({ bars, closed: bars - 1, different: 0, rejected: 0 });
  },
);
