// The bundled models of a deployment: those for the grid that its new symbols get.
import { bundledFor, type BundledSet } from "../model/bundled.ts";
import { type Env, settingsOf } from "../settings.ts";

/** The set for the gateway's grid. Throws `SettingsError` for an environment that is not valid. */
export function bundledOf(env: Env): BundledSet {
  return bundledFor(settingsOf(env).engine.grid);
}
