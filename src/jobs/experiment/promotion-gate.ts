// The objections of an artifact's own gate to its promotion, and which of them live evidence outweighs.
import { bundledArtifact } from "../../model/bundled.ts";
import { BASELINE_FAMILIES, type Manifest } from "../../model/manifest.ts";

/** Most gate reasons that are stored and shown. */
const MAX_REASONS = 20;

/**
 * Why the gate refuses: its reasons, `no_gate` for a model without a verdict that needs one, `unexplained` for a
 * refusal without reasons. Empty if the gate has no objection. Baselines need no verdict, since a gate compares with
 * them; nor do bundled models, which must always be available for a rollback.
 */
export function gateReasons(manifest: Manifest): readonly string[] {
  const { gate, family, onnxSha256 } = manifest;
  if (gate === null) {
    const needsNone = BASELINE_FAMILIES.includes(family) || bundledArtifact(onnxSha256) !== undefined;
    return needsNone ? [] : ["no_gate"];
  }
  if (gate.verdict === "passed") return [];
  return gate.reasons.length === 0 ? ["unexplained"] : gate.reasons.slice(0, MAX_REASONS);
}

/**
 * Whether the sequential rule may promote over these reasons: only if there are none, or if the recordings had too few
 * episodes. The rule collects live episodes for both models. Beating this champion does not show that a model beats a
 * baseline that it lost to or was never compared with.
 */
export function ruleOutweighs(reasons: readonly string[]): boolean {
  return reasons.every((reason) => /^too_few_episodes\b/.test(reason));
}

/**
 * Objections to a challenger that answers clients under `split`: its gate's reasons. Too few episodes alone is no
 * objection, because the experiment collects them.
 */
export function splitReasons(manifest: Manifest): readonly string[] {
  const reasons = gateReasons(manifest);
  return ruleOutweighs(reasons) ? [] : reasons;
}
