// The fuzzer itself: a finding is found, and found again by its number alone.
import { expect, it } from "vitest";
import { demand, type FuzzTarget } from "../../fuzz/fuzz-target.ts";
import { inputsOfEach } from "../../fuzz/inputs-of-each.ts";
import { mutatedBytes } from "../../fuzz/mutate/bytes.ts";
import { mutatedJson } from "../../fuzz/mutate/json.ts";
import { inputOf, LIMITS, runTarget } from "../../fuzz/run-target.ts";

const SAMPLES = [{ seq: 1, ticks: [{ symbol: "BTC-USD", price: "10.5", ts: 1_764_547_200_000 }] }];
const target = (run: FuzzTarget["run"]): FuzzTarget => ({
  ...{ name: "test/json", weight: 1, run },
  make: (random) => mutatedJson(SAMPLES, random),
});
const options = { seed: 7, first: 0, end: 2_000 };

it("gives an input of a number whatever was made before it", () => {
  const one = target(() => "refused");
  const inputs = Array.from({ length: 200 }, (_, number) => inputOf(one, 7, number));
  expect(inputOf(one, 7, 150)).toBe(inputs[150]);
  expect(inputOf(one, 8, 150)).not.toBe(inputs[150]);
  expect(new Set(inputs).size).toBeGreaterThan(150);
});

it("finds what a reader accepts and must not, and finds it again by the number", async () => {
  const naive = target((input) => {
    const value = JSON.parse(String(input)) as { seq?: unknown } | null;
    demand(!Number.isNaN(Number(String(value?.seq ?? 0))), () => "accepted a number that is none");
    return "accepted";
  });
  const { findings } = await runTarget(naive, { ...options, limits: { ...LIMITS, mostFindings: 1000 } });
  const texts = new Set(findings.map(({ text }) => text.split(":")[0]));
  expect([...texts]).toEqual(expect.arrayContaining(["accepted a number that is none", "SyntaxError", "TypeError"]));
  const { number, text, input } = findings[0]!;
  const again = await runTarget(naive, { ...options, first: number, end: number + 1 });
  expect(again.findings).toEqual([{ number, text, input }]);
});

it("finds an input that takes long, and one that takes memory", async () => {
  const slow = target(() => {
    const start = process.cpuUsage();
    while (process.cpuUsage(start).user < 40_000);
    return "accepted";
  });
  const { findings } = await runTarget(slow, { ...options, end: 1, limits: { ...LIMITS, mostMs: 10 } });
  expect(findings[0]?.text).toMatch(/^took \d+ ms, expected at most 10$/);
  let peak = 0;
  const large = { ...options, end: 1, peakBytes: () => (peak += 300 * 2 ** 20) };
  const report = await runTarget(
    target(() => "accepted"),
    large,
  );
  expect(report.findings[0]?.text).toBe("made the process 300 MiB larger");
});

it("never changes the samples that it mutates", () => {
  const before = JSON.stringify(SAMPLES);
  const bytes = [Uint8Array.from({ length: 64 }, (_, i) => i)];
  const copy = bytes[0]!.slice();
  const [json, binary] = [target(() => "refused"), { ...target(() => "refused") }];
  const ofBytes: FuzzTarget = { ...binary, make: (random) => mutatedBytes(bytes, random) };
  for (let number = 0; number < 2_000; number++) {
    inputOf(json, 1, number);
    inputOf(ofBytes, 1, number);
  }
  expect(JSON.stringify(SAMPLES)).toBe(before);
  expect(bytes[0]).toEqual(copy);
});

it("shares the inputs by weight, at least one each", () => {
  expect(inputsOfEach([{ weight: 1 }, { weight: 3 }, { weight: 0.001 }], 400)).toEqual([100, 300, 1]);
});
