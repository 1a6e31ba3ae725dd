// A minute of mutated inputs for all readers of this process; `npm run fuzz` makes a million.
import { expect, it } from "vitest";
import { TARGETS } from "../../fuzz/all-targets.ts";
import { inputsOfEach } from "../../fuzz/inputs-of-each.ts";
import { HEADING, rowOf, totalOf } from "../../fuzz/report-table.ts";
import { LIMITS, runTarget, type TargetReport } from "../../fuzz/run-target.ts";

const SEED = 20261202;
const INPUTS = 60_000;
/** Other tests of the process take memory too. */
const limits = { ...LIMITS, mostMs: 5_000, mostBytes: Infinity };

it(`find nothing in ${INPUTS} inputs of seed ${SEED}`, async () => {
  const targets = TARGETS.filter(({ open }) => open === undefined);
  const counts = inputsOfEach(targets, INPUTS);
  const reports: TargetReport[] = [];
  for (const [i, target] of targets.entries()) {
    reports.push(await runTarget(target, { seed: SEED, first: 0, end: counts[i]!, limits }));
  }
  console.log([HEADING, ...reports.map(rowOf), totalOf(reports)].join("\n"));
  const findings = reports.flatMap((one) => one.findings.map(({ number, text }) => `${one.name} ${number}: ${text}`));
  expect(findings).toEqual([]);
  // A reader that refuses everything, or takes everything, would be no target.
  for (const { name, accepted, refused } of reports.filter(({ inputs }) => inputs >= 500)) {
    if (name !== "texts/accept") expect(refused, name).toBeGreaterThan(0);
    expect(accepted, name).toBeGreaterThan(0);
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
});
