// What is told of recalibrations that begin or cease to serve.
import type { ServedModels } from "../../../model/model-host.ts";
import type { LiveGrid } from "../live-symbol.ts";

/** Those of the models that answer, as messages; the others are in `/symbols/:symbol/quality`. */
export function recalibrationNotices({ evaluation, engine }: LiveGrid, { byAlias }: ServedModels): string[] {
  const learner = evaluation.learners.of("recalibration");
  const { stepMs } = engine.features.config.grid;
  return learner.takeChanges().flatMap(({ sha256, change }) => {
    const alias = (["champion", "challenger"] as const).find((one) => byAlias[one]?.manifest.onnxSha256 === sha256);
    if (alias === undefined) return [];
    const { to, step, eValue, meanGain, rows } = change;
    const told = to === "undone" ? "is undone" : learner.mode === "on" ? "serves" : "is proven and kept in the shadow";
    const gain = `mean Brier gain ${meanGain.toPrecision(2)} over ${rows} labels`;
    const at = new Date((step + 1) * stepMs).toISOString();
    return [`the recalibration of the ${alias} ${told} from ${at} on: e = ${eValue.toPrecision(3)}, ${gain}`];
  });
}
