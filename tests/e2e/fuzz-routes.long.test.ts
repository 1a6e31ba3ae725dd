// Mutated requests for every route of a running gateway.
import { expect, it } from "vitest";
import { HEADING, rowOf } from "../../fuzz/report-table.ts";
import { runTarget } from "../../fuzz/run-target.ts";
import { ROUTE_TARGET } from "../../fuzz/targets/routes.ts";

const SEED = 20261203;
const INPUTS = 1_500;

it(`find nothing in ${INPUTS} requests of seed ${SEED}`, async () => {
  const report = await runTarget(ROUTE_TARGET, { seed: SEED, first: 0, end: INPUTS });
  console.log(`${HEADING}\n${rowOf(report)}`);
  expect(report.findings.map(({ number, text }) => `${number}: ${text}`)).toEqual([]);
  expect(report.accepted).toBeGreaterThan(INPUTS / 20);
  expect(report.refused).toBeGreaterThan(INPUTS / 20);
});
