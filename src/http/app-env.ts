// What every route of the app has at hand.
import type { Env } from "../settings.ts";

export interface AppEnv {
  readonly Bindings: Env;
  readonly Variables: { requestId: string };
}
