// Some hundred mutated inputs for each target; `npm run fuzz` has the long form.
import { describe, expect, it } from "vitest";
import { TARGETS } from "../../fuzz/all-targets.ts";
import { LIMITS, runTarget } from "../../fuzz/run-target.ts";

const SEED = 20261201;
const INPUTS = 100;
/** How long a busy machine takes, and what other tests of the process take, is no finding here. */
const PATIENT = { ...LIMITS, mostMs: 20_000, mostBytes: Infinity };

describe.each(TARGETS.filter(({ open }) => open === undefined))("$name", (target) => {
  it(`takes or refuses mutated inputs of seed ${SEED}`, async () => {
    const end = target.weight < 0.1 ? INPUTS / 10 : INPUTS;
    const { findings, ...report } = await runTarget(target, { seed: SEED, first: 0, end, limits: PATIENT });
    expect(findings.map(({ number, text }) => `input ${number}: ${text}`)).toEqual([]);
    expect(report.accepted + report.refused).toBe(end);
  });
});

it("leaves the prototype of all objects as it was", () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
});
