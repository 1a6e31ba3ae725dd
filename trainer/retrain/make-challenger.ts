// The fourth stage: the chosen model becomes the gateway's challenger, unless the comparison would be of no use.
import { BASELINE_FAMILIES } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import type { RunReport } from "../run/run-report.ts";
import type { ExperimentStatus, GatewayAdmin } from "./gateway-admin.ts";
import { failedLeakChecks } from "./trained-models.ts";

/** What became of it: challenger, or why not. */
export type Challenge =
  | { readonly ok: true; readonly serving: boolean; readonly warning: string | undefined }
  | { readonly ok: false; readonly code: "leak_check_failed" | "baseline_chosen" | "same_model"; readonly why: string };

/**
 * Why a chosen model must not be published or compared with the champion; `undefined` when it may be.
 * @param champion SHA-256 of the gateway's champion; `undefined` before it is known.
 */
export function refusalOf(
  report: RunReport,
  chosen: Artifact,
  champion?: string,
): (Challenge & { ok: false }) | undefined {
  const leaks = failedLeakChecks(report);
  if (leaks.length > 0) {
    const why = `leak check ${leaks.join(", ")} failed: no figure of this run can be believed`;
    return { ok: false, code: "leak_check_failed", why };
  }
  const { family, onnxSha256 } = chosen.manifest;
  if (BASELINE_FAMILIES.includes(family)) {
    const why = `the training rows chose the baseline ${family}: nothing learned is better on them (${report.chosen.why})`;
    return { ok: false, code: "baseline_chosen", why };
  }
  if (onnxSha256 === champion) {
    return { ok: false, code: "same_model", why: `the champion is the same artifact, ${onnxSha256}` };
  }
  return undefined;
}

/** A running challenger is kept for at least a day: 96 blocks of 900 s. */
const YOUNG_BLOCKS = 96;
/** It is kept for thirty days while its evidence favours it. */
const LONG_BLOCKS = 2880;

/**
 * Why a running challenger should not be replaced yet; `undefined` when it may be. Evidence begins anew with each
 * challenger, and a small gain needs weeks of it: a new challenger every Monday would never be promoted.
 *
 * Example: after 40 blocks always; after 500 blocks with an e value of 1.4, not with one of 0.3.
 */
export function worthKeeping({ experiment, evidence }: ExperimentStatus): string | undefined {
  if (experiment === null || evidence === null) return undefined;
  const { blocks, eValue } = evidence;
  const told = `${experiment.challenger.slice(0, 12)} has e ${eValue.toPrecision(3)} after ${blocks} blocks`;
  if (blocks < YOUNG_BLOCKS) return `${told}, too few to judge`;
  return eValue >= 1 && blocks < LONG_BLOCKS ? `${told}, which is in its favour` : undefined;
}

/**
 * Gives the alias `challenger` to a published model: shadow, judged by the sequential rule.
 * @param auto whether the rule promotes by itself.
 * @throws GatewayError when the gateway does not answer, GatewayRefusal when it refuses the artifact.
 */
export async function makeChallenger(
  admin: GatewayAdmin,
  { report, chosen }: { readonly report: RunReport; readonly chosen: Artifact },
  auto: boolean,
): Promise<Challenge> {
  const refusal = refusalOf(report, chosen, (await admin.aliases())["champion"]);
  if (refusal !== undefined) return refusal;
  const { name, version, onnxSha256 } = chosen.manifest;
  const cause = { by: "npm run retrain", reason: `retrained: ${name} ${version}`.slice(0, 200) };
  const { serving } = await admin.giveAlias("challenger", { sha256: onnxSha256, mode: "shadow", auto, ...cause });
  return { ok: true, serving, warning: gateWarning(chosen) };
}

/**
 * The gate's reasons that keep the rule from promoting a model, in words; `undefined` without any. Too few episodes is
 * not among them, since live evidence brings episodes of its own.
 */
export function gateWarning({ manifest: { gate } }: Artifact): string | undefined {
  const reasons = gate?.verdict === "refused" ? gate.reasons : [];
  const standing = reasons.filter((reason) => !reason.startsWith("too_few_episodes"));
  if (standing.length === 0) return undefined;
  return `its gate refused it for ${standing.join(", ")}: the rule will compare, but not promote it`;
}
