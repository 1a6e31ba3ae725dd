// Runs one target over its inputs: each is made of the seed, the target's name and its own number alone, so that any of
// them can be run again by itself.
import { type FuzzInput, FuzzFinding, type FuzzTarget } from "./fuzz-target.ts";
import { InputRandom } from "./input-random.ts";

export interface RunLimits {
  /** An input whose reader needs more of the processor, twice, is a finding: once it may be the collector. Ms. */
  readonly mostMs: number;
  /** So is one that makes the process larger by more than this. Bytes. */
  readonly mostBytes: number;
  /** After so many findings of a target the rest of its inputs is left out. */
  readonly mostFindings: number;
}

export const LIMITS: RunLimits = { mostMs: 1_000, mostBytes: 256 * 1024 * 1024, mostFindings: 10 };

/** What must not have happened, and where. */
export interface Finding {
  readonly number: number;
  readonly input: FuzzInput;
  readonly text: string;
}

export interface TargetReport {
  readonly name: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly findings: readonly Finding[];
  readonly slowest: { readonly number: number; readonly ms: number };
  /** How much larger the heap and the buffers were after the run, where the garbage could be collected. Bytes. */
  readonly grownBytes: number;
  /** The largest rise of the process's resident memory at one input. Bytes. */
  readonly largestRiseBytes: number;
}

export interface RunOptions {
  readonly seed: number;
  /** Numbers from `first` up to, but not including, `end`. */
  readonly first: number;
  readonly end: number;
  readonly limits?: RunLimits;
  /** No further input is begun after this time of `performance.now()`. */
  readonly untilMs?: number;
  /** Runs the engine's garbage collector; without it the growth counts what nobody holds, too. */
  readonly collect?: () => void;
  /** The largest that the process has been, bytes. */
  readonly peakBytes?: () => number;
}

/** Cheap enough for each input. It never falls, so that what was freed before it could be read is seen too. */
const residentPeak = (): number => process.resourceUsage().maxRSS * 1024;

/** The input of a number. */
export function inputOf(target: FuzzTarget, seed: number, number: number): FuzzInput {
  return target.make(new InputRandom(`${seed}:${target.name}:${number}`));
}

/** Runs a target. Findings are values; an exception is a bug of the fuzzer. */
export async function runTarget(target: FuzzTarget, options: RunOptions): Promise<TargetReport> {
  const { seed, first, end, limits = LIMITS, untilMs = Infinity, collect, peakBytes = residentPeak } = options;
  const mostMs = target.mostMs ?? limits.mostMs;
  const counts = { inputs: 0, accepted: 0, refused: 0 };
  const findings: Finding[] = [];
  let slowest = { number: first, ms: 0 };
  let largestRiseBytes = 0;
  const close = await target.open?.();
  const startBytes = usedBytes(collect);
  for (let number = first; number < end && performance.now() < untilMs; number++) {
    const input = inputOf(target, seed, number);
    let ran = await runOne(target, input, peakBytes);
    const isSlow = ran.ms > mostMs;
    if (isSlow) {
      const again = await runOne(target, input, peakBytes);
      if (again.ms < ran.ms) ran = { ...ran, ms: again.ms };
    }
    counts.inputs += 1;
    if (ran.ms > slowest.ms) slowest = { number, ms: ran.ms };
    largestRiseBytes = Math.max(largestRiseBytes, ran.riseBytes);
    const text = ran.outcome instanceof Error ? textOf(ran.outcome) : overLimit(ran, { ...limits, mostMs });
    if (text !== undefined) findings.push({ number, input, text });
    else counts[ran.outcome as "accepted" | "refused"] += 1;
    if (findings.length >= limits.mostFindings) break;
  }
  const grownBytes = usedBytes(collect) - startBytes;
  try {
    await close?.();
  } catch (error) {
    findings.push({ number: end - 1, input: "", text: error instanceof Error ? error.message : String(error) });
  }
  return { name: target.name, ...counts, findings, slowest, grownBytes, largestRiseBytes };
}

interface Ran {
  readonly outcome: "accepted" | "refused" | Error;
  readonly ms: number;
  readonly riseBytes: number;
}

async function runOne(target: FuzzTarget, input: FuzzInput, peakBytes: () => number): Promise<Ran> {
  const before = peakBytes();
  const now = target.mostMs === undefined ? processorMs : () => performance.now();
  const startMs = now();
  let outcome: Ran["outcome"];
  try {
    const running = target.run(input);
    // A wait for each of a million inputs that need none would be most of the time.
    outcome = typeof running === "string" ? running : await running;
  } catch (error) {
    outcome = error instanceof Error ? error : new Error(`threw ${String(error)}`);
  }
  const ms = now() - startMs;
  return { outcome, ms, riseBytes: peakBytes() - before };
}

/** Other programs of a busy machine do not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function overLimit({ ms, riseBytes }: Ran, { mostMs, mostBytes }: RunLimits): string | undefined {
  if (ms > mostMs) return `took ${Math.round(ms)} ms, expected at most ${mostMs}`;
  if (riseBytes > mostBytes) return `made the process ${Math.round(riseBytes / 2 ** 20)} MiB larger`;
  return undefined;
}

/** A finding says what was accepted; any other error comes from the code that was run, and says where. */
function textOf(error: Error): string {
  if (error instanceof FuzzFinding) return error.message;
  const places = (error.stack ?? "").split("\n").filter((line) => line.trim().startsWith("at "));
  return `${error.name}: ${error.message.slice(0, 300)} ${places
    .slice(0, 4)
    .map((line) => line.trim())
    .join(" ")}`;
}

function usedBytes(collect: (() => void) | undefined): number {
  collect?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
