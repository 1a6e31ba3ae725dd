// The short form of `npm run chaos`: one fault with a fixed seed. The command has all, for as long as one likes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runChaos } from "../../chaos/chaos-run.ts";
import { FAULTS } from "../../chaos/faults.ts";

const SEED = 1;
const SHORT = ["r2-refuses"];
/** Beside other work on the machine. */
const TIMEOUT_MS = 560_000;

const folder = mkdtempSync(join(tmpdir(), "vg-chaos-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(
  "loses nothing, doubles nothing, scores as if undisturbed and tells of each fault",
  async () => {
    const faults = FAULTS.filter(({ name }) => SHORT.includes(name));
    const results = await runChaos({ seed: SEED, minutes: 0, faults, folder });
    expect(results.map(({ fault }) => fault).sort()).toEqual(SHORT.toSorted());
    for (const result of results) {
      console.log(`seed ${SEED}, ${result.fault}: ${JSON.stringify(result)}`);
      if (result.skipped !== undefined) continue;
      expect(result).toMatchObject({ lost: 0, doubled: 0, violations: [] });
      expect(result.injuries).toBeGreaterThan(0);
      expect(result.ticksAcknowledged).toBe(result.ticksSent);
      expect(Object.values(result.told)).not.toContain(false);
    }
  },
  TIMEOUT_MS,
);
