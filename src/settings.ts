// The environment, checked once per isolate. Other files can rely on every variable being set.
import * as v from "valibot";
import { alertSettings, type AlertSettings, alertVariables } from "./settings/alert-settings.ts";
import { check, faultText } from "./schemas/check.ts";
import { crossCheck } from "./schemas/cross-check.ts";
import { completeLabelSpec } from "./features/complete-label-spec.ts";
import { gridConfig } from "./features/event-grid.ts";
import type { EngineConfig } from "./features/feature-engine.ts";
import { parseSymbol } from "./features/tick.ts";
import { SettingsError } from "./settings/settings-error.ts";
import { shown } from "./schemas/shown.ts";
import { choiceVariable, jsonVariable, secretVariable, wholeNumberVariable } from "./settings/variable-schemas.ts";

/** Variables and secrets that a deployment may omit. `wrangler types` covers only those named in wrangler.toml. */
const optionalVariables = {
  INGEST_TOKEN: secretVariable,
  ADMIN_TOKEN: secretVariable,
  /** `off` keeps ticks out of the bucket; `on`, the default, archives them where a bucket is bound. */
  ARCHIVE: choiceVariable(["on", "off"]),
  /** Comma-separated symbols that may be created; empty allows every one. */
  ALLOWED_SYMBOLS: v.optional(
    v.pipe(
      v.string("symbols separated by commas"),
      crossCheck((text) => {
        const wrong = namesOf(text).find((name) => parseSymbol(name) === undefined);
        return wrong === undefined
          ? undefined
          : { path: [], got: shown(wrong), expected: "symbols separated by commas" };
      }),
      v.transform((text) =>
        text.trim() === "" ? undefined : new Set(namesOf(text).flatMap((name) => parseSymbol(name) ?? [])),
      ),
    ),
  ),
  /** Grid of symbols created from now on: step in ms, and `last` or `mid`. */
  STEP_MS: wholeNumberVariable(1000, 100, 3_600_000),
  PRICE_SOURCE: choiceVariable(["last", "mid"]),
  /** Label of symbols created from now on: JSON of a label spec, whole or only what differs from the default. */
  LABEL: jsonVariable("JSON of a label spec", false),
  ...alertVariables,
};

const variablesSchema = v.object({
  ENVIRONMENT: v.optional(v.string("a text")),
  /** The default fits one isolate of 128 MB, which may hold all objects. */
  MAX_SYMBOLS: wholeNumberVariable(50, 1, 1_000_000),
  ...optionalVariables,
});

export type OptionalVariables = Readonly<v.InferInput<v.ObjectSchema<typeof optionalVariables, undefined>>>;

/**
 * The environment that the platform provides. A gateway may be deployed without `BUCKET`, despite the generated type:
 * it then serves the bundled models and archives nothing. This is an interface, because a computed type would refer to
 * itself through the objects' own types.
 */
export interface Env extends Cloudflare.Env, OptionalVariables {}

/** The checked settings. */
export interface Settings {
  /** Whether writing and administration are closed until tokens are set: everywhere but in development and tests. */
  readonly tokensRequired: boolean;
  readonly ingestToken: string | undefined;
  readonly adminToken: string | undefined;
  readonly maxSymbols: number;
  readonly allowedSymbols: ReadonlySet<string> | undefined;
  readonly engine: EngineConfig;
  /** Whether `engine.label` was set explicitly. Otherwise a new symbol uses the label of its champion. */
  readonly labelGiven: boolean;
  readonly alerts: AlertSettings;
  /** Where ticks are archived; `undefined` when they are not. */
  readonly archive: R2Bucket | undefined;
}

/** Parses the variables. Throws `SettingsError` naming the variable, its value and what was expected. */
export function parseSettings(env: Env): Settings {
  const checked = check(variablesSchema, env, "environment");
  if (!checked.ok) throw new SettingsError(faultText(checked.fault));
  const variables = checked.value;
  const refuse = (text: string): Error => new SettingsError(text);
  const isDevelopment = variables.ENVIRONMENT === "development" || variables.ENVIRONMENT === "test";
  const spec = variables.LABEL === undefined ? {} : variables.LABEL;
  const label = completeLabelSpec(spec, variables.PRICE_SOURCE, { name: "LABEL", refuse });
  return {
    tokensRequired: !isDevelopment,
    ingestToken: variables.INGEST_TOKEN,
    adminToken: variables.ADMIN_TOKEN,
    maxSymbols: variables.MAX_SYMBOLS,
    allowedSymbols: variables.ALLOWED_SYMBOLS,
    engine: { grid: gridConfig(variables.STEP_MS, variables.PRICE_SOURCE), label },
    labelGiven: variables.LABEL !== undefined,
    alerts: alertSettings(variables, isDevelopment, refuse),
    archive: variables.ARCHIVE === "on" ? env.BUCKET : undefined,
  };
}

const settings = new WeakMap<Env, Settings>();

/** `parseSettings` of this environment, computed once. */
export function settingsOf(env: Env): Settings {
  let found = settings.get(env);
  if (found === undefined) {
    found = parseSettings(env);
    settings.set(env, found);
  }
  return found;
}

/**
 * The archive bucket, for an object that must be constructed even when a variable is invalid. With invalid settings
 * nothing is ingested either.
 */
export function archiveOf(env: Env): R2Bucket | undefined {
  try {
    return settingsOf(env).archive;
  } catch (error) {
    if (error instanceof SettingsError) return env.BUCKET;
    throw error;
  }
}

function namesOf(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((name) => name.trim());
}
