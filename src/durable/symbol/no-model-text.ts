// What is answered where no model serves: the code, its meaning, and for a further horizon, what to do.
import { gridConfig } from "../../features/event-grid.ts";
import type { EngineConfig } from "../../features/feature-engine.ts";
import { gridName } from "../../features/grid-name.ts";
import { defaultLabelOn } from "../../features/label-on-grid.ts";

/**
 * Of a grid and the label that its symbol was created with.
 *
 * Example: on `1s-h300s` it names `npm run train -- FILES --step 1s --label '{"horizonSteps":300}'`.
 */
export function noModelText({ grid, label }: EngineConfig): string {
  const { stepMs, source, horizonMs } = grid;
  if (horizonMs === undefined) return "no_model: no usable artifact holds the alias champion, see /health";
  const usual = new Set(Object.entries(defaultLabelOn(gridConfig(stepMs, source))).map(String));
  const own = Object.entries(label).filter((entry) => !usual.has(String(entry)));
  const name = gridName(grid);
  return (
    `no_model: no usable artifact holds the alias champion of ${name}. Make one for its label: npm run train -- FILES ` +
    `--step ${gridName({ stepMs, source: "last" })}${source === "mid" ? " --source mid" : ""} --label ` +
    `'${JSON.stringify(Object.fromEntries(own))}'; then publish it and npm run model -- promote SHA256 --grid ${name}`
  );
}
