// What an artifact's own gate has against it as champion, and what of that live evidence outweighs.
import { bundledArtifact } from "../../model/bundled.ts";
import { BASELINES, type Manifest } from "../../model/manifest.ts";

/** Gate reasons that are kept and shown, at most. */
const MAX_REASONS = 20;

/**
 * Why the gate refuses: its reasons, `no_gate` for a model without a verdict that needs one, `unexplained` for a
 * refusal without reasons. Empty where it has nothing against the model. Baselines need none, since a gate compares
 * with them, and neither do bundled models: what ships must be able to come back.
 */
export function gateReasons(manifest: Manifest): readonly string[] {
  const { gate, family, onnxSha256 } = manifest;
  if (gate === null) {
    const needsNone = (BASELINES as readonly string[]).includes(family) || bundledArtifact(onnxSha256) !== undefined;
    return needsNone ? [] : ["no_gate"];
  }
  if (gate.verdict === "passed") return [];
  return gate.reasons.length === 0 ? ["unexplained"] : gate.reasons.slice(0, MAX_REASONS);
}

/**
 * Whether the sequential rule may promote over these reasons: only where there are none, or the recordings held too few
 * episodes. The rule brings episodes of its own, on the same seconds as the champion; a model that lost to a baseline,
 * or that nobody judged, is not shown better than the baseline by beating this champion.
 */
export function ruleOutweighs(reasons: readonly string[]): boolean {
  return reasons.every((reason) => /^too_few_episodes\b/.test(reason));
}

/**
 * What stands against letting a challenger answer clients under `split`: its gate's reasons, unless it only had too few
 * episodes, which an experiment is there to bring.
 */
export function splitReasons(manifest: Manifest): readonly string[] {
  const reasons = gateReasons(manifest);
  return ruleOutweighs(reasons) ? [] : reasons;
}
