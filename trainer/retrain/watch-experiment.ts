// The last stage, with `--watch`: polls the experiment until it is decided.
import { setTimeout as sleep } from "node:timers/promises";
import type { ExperimentEvidence, ExperimentStatus, GatewayAdmin } from "./gateway-admin.ts";
import type { TimeLine } from "./time-line.ts";

export type WatchOutcome =
  | { readonly kind: "promoted" }
  /** It is challenger no more without being champion, or the rule is met and the gateway does not promote it. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "timeout" };

export interface WatchPlan {
  /** SHA-256 of the watched challenger. */
  readonly sha256: string;
  readonly pollMs: number;
  readonly timeoutMs: number;
  /** Whether the rule promotes automatically. Without it a met rule ends the watch like a timeout. */
  readonly auto: boolean;
}

/** Longest time from a met rule to the promotion: the cron runs every quarter of an hour. */
const CRON_MS = 16 * 60_000;

/**
 * Polls the experiment and prints every new block.
 * @throws GatewayError when the gateway is lost, GatewayRefusal when it refuses the request.
 */
export async function watchExperiment(admin: GatewayAdmin, line: TimeLine, plan: WatchPlan): Promise<WatchOutcome> {
  const deadline = performance.now() + plan.timeoutMs;
  let told = "";
  let metSince: number | undefined;
  for (;;) {
    const status = await admin.experiment();
    const decided = await decisionOf(admin, status, plan);
    if (decided !== undefined) return decided;
    const text = evidenceText(status);
    if (text !== told) line.add("experiment", { figures: text });
    told = text;
    const met = status.evidence?.verdict === "promote" && status.code !== "wait";
    metSince = met ? (metSince ?? performance.now()) : undefined;
    if (met && status.code === "gate_refused") return { kind: "refused", why: status.missing.join("; ") };
    if (metSince !== undefined && plan.auto && performance.now() - metSince > CRON_MS) {
      return { kind: "refused", why: "the rule is met for a quarter of an hour, and the gateway did not promote it" };
    }
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return { kind: "timeout" };
    await sleep(Math.min(plan.pollMs, leftMs));
  }
}

async function decisionOf(
  admin: GatewayAdmin,
  { experiment }: ExperimentStatus,
  { sha256 }: WatchPlan,
): Promise<WatchOutcome | undefined> {
  if (experiment?.challenger === sha256) return undefined;
  if ((await admin.aliases())["champion"] === sha256) return { kind: "promoted" };
  const instead = experiment === null ? "no experiment runs" : `the challenger is ${experiment.challenger}`;
  return { kind: "refused", why: `it is no longer the challenger: ${instead}` };
}

/** `e 3.41, 96 blocks, 61 episodes, Brier gain 0.0312 [0.0288, 0.0336]`, or why there is no comparison. */
export function evidenceText({ evidence, code, missing }: ExperimentStatus): string {
  if (evidence === null) return `${code}: ${missing.join("; ")}`;
  return figuresText(evidence);
}

function figuresText({ eValue, blocks, episodes, meanGain }: ExperimentEvidence): string {
  const gain =
    meanGain === null
      ? "no interval yet"
      : `Brier gain ${meanGain.value.toFixed(4)} [${meanGain.low.toFixed(4)}, ${meanGain.high.toFixed(4)}]`;
  return `e ${eValue.toFixed(2)}, ${blocks} blocks, ${episodes} episodes, ${gain}`;
}
