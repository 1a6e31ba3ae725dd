// The environment, checked once per isolate. Other files can rely on every variable being set.
import * as v from "valibot";
import { countedBucket } from "./counting/counted-bucket.ts";
import { alertSettings, type AlertSettings, alertVariables } from "./settings/alert-settings.ts";
import {
  type FurtherGridSetting,
  furtherGrids,
  gridsVariable,
  horizonsOf,
  horizonsVariable,
} from "./settings/further-grids.ts";
import { DEFAULT_LEARNING, type LearningSettings, learningVariables } from "./settings/learning-settings.ts";
import { check, faultText } from "./schemas/check.ts";
import { crossCheck } from "./schemas/cross-check.ts";
import { completeLabelSpec } from "./features/complete-label-spec.ts";
import { gridConfig, type GridConfig } from "./features/event-grid.ts";
import type { AlertLimits } from "./quality/alerts/alert-limits.ts";
import { gridName } from "./features/grid-name.ts";
import type { EngineConfig } from "./features/feature-engine.ts";
import type { LabelSpec } from "./features/label-spec.ts";
import { symbolKey } from "./features/symbol-name.ts";
import { DEFAULT_TICK_RULES, type TickRules } from "./features/tick.ts";
import { parseVenueEndpoints, type VenueEndpoints } from "./settings/venue-endpoints.ts";
import { SettingsError } from "./settings/settings-error.ts";
import { shown } from "./schemas/shown.ts";
import {
  choiceVariable,
  jsonVariable,
  originsVariable,
  secretVariable,
  wholeNumberVariable,
} from "./settings/variable-schemas.ts";

/** Variables and secrets that a deployment may omit. `wrangler types` covers only those named in wrangler.toml. */
const optionalVariables = {
  INGEST_TOKEN: secretVariable,
  ADMIN_TOKEN: secretVariable,
  /** Closes the routes that read; without it they are open. */
  READ_TOKEN: secretVariable,
  /** Closes `/metrics`; without it `READ_TOKEN` does. */
  METRICS_TOKEN: secretVariable,
  /** A second token that counts like the first, so that clients can change over one after the other. */
  INGEST_TOKEN_NEXT: secretVariable,
  ADMIN_TOKEN_NEXT: secretVariable,
  READ_TOKEN_NEXT: secretVariable,
  METRICS_TOKEN_NEXT: secretVariable,
  /** Origins whose pages may read: `*`, `none`, or a list; by default `*` while reading is open, else none. */
  CORS_ORIGINS: originsVariable,
  /** `off` keeps ticks out of the bucket; `on`, the default, archives them where a bucket is bound. */
  ARCHIVE: choiceVariable(["on", "off"]),
  /** `off` leaves predictions out of the archive. */
  ARCHIVE_PREDICTIONS: choiceVariable(["on", "off"]),
  /** `off` leaves the quantiles of the volatility out of answers; they are learnt and measured all the same. */
  SIGMA_QUANTILES: choiceVariable(["on", "off"]),
  /** Comma-separated symbols that may be created; empty allows every one. */
  ALLOWED_SYMBOLS: v.optional(
    v.pipe(
      v.string("symbols separated by commas"),
      crossCheck((text) => {
        const wrong = namesOf(text).find((name) => symbolKey(name) === undefined);
        return wrong === undefined
          ? undefined
          : { path: [], got: shown(wrong), expected: "symbols separated by commas" };
      }),
      v.transform((text) =>
        text.trim() === "" ? undefined : new Set(namesOf(text).flatMap((name) => symbolKey(name) ?? [])),
      ),
    ),
  ),
  /** Grid of symbols created from now on: step in ms, and `last` or `mid`. */
  STEP_MS: wholeNumberVariable(1000, 100, 3_600_000),
  PRICE_SOURCE: choiceVariable(["last", "mid"]),
  /** How far a tick may be ahead of its receipt, ms, and how far a price may lie outside its own quote, in percent. */
  FUTURE_TOLERANCE_MS: wholeNumberVariable(DEFAULT_TICK_RULES.futureToleranceMs, 0, 3_600_000),
  QUOTE_MARGIN_PERCENT: wholeNumberVariable(DEFAULT_TICK_RULES.quoteMarginPercent, 1, 1_000_000),
  /** Label of symbols created from now on: JSON of a label spec, whole or only what differs from the default. */
  LABEL: jsonVariable("JSON of a label spec", false),
  /** Grids that symbols have beside the default one: names separated by commas, or JSON. */
  GRIDS: gridsVariable,
  /** Horizons of the default grid's steps, its own first: times with their unit, separated by commas. */
  HORIZONS: horizonsVariable,
  /** How long a call of an object may take, ms. Longer than a batch takes, shorter than a client waits. */
  OBJECT_DEADLINE_MS: wholeNumberVariable(15_000, 10, 60_000),
  /** Whether a champion that is shown worse than its predecessor or the strongest baseline goes, or is only told of. */
  DEMOTION: choiceVariable(["tell", "auto"]),
  /** How long an isolate answers `/metrics`, live performance and `/reports` from what it read, ms; 0 reads always. */
  READ_CACHE_MS: wholeNumberVariable(5_000, 0, 60_000),
  /** Readers of the stream that one hub takes, before the next one is begun. */
  STREAM_HUB_READERS: wholeNumberVariable(8_000, 1, 30_000),
  /** JSON of other addresses of venues, see `VenueEndpoints`. */
  VENUE_ENDPOINTS: jsonVariable("JSON of addresses by venue", false),
  /** How often a feed hands its ticks to their symbols, ms. */
  FEED_FLUSH_MS: wholeNumberVariable(500, 50, 10_000),
  ...learningVariables,
  ...alertVariables,
};

const variablesSchema = v.object({
  ENVIRONMENT: v.optional(v.string("a text")),
  /** The default fits one isolate of 128 MB, which may hold all objects. */
  MAX_SYMBOLS: wholeNumberVariable(50, 1, 1_000_000),
  ...optionalVariables,
});

/** Every variable that the gateway reads. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(variablesSchema.entries);

export type OptionalVariables = Readonly<v.InferInput<v.ObjectSchema<typeof optionalVariables, undefined>>>;

/**
 * The environment that the platform provides. A gateway may be deployed without `BUCKET`, despite the generated type:
 * it then serves the bundled models and archives nothing. This is an interface, because a computed type would refer to
 * itself through the objects' own types.
 */
export interface Env extends Cloudflare.Env, OptionalVariables {
  /** The platform's rate limit for the routes that read. */
  readonly READ_LIMIT?: RateLimit;
}

/** The checked settings. */
export interface Settings {
  /** Name of the further grid whose settings these are; `undefined` for those of the deployment. See `onGrid`. */
  readonly grid: string | undefined;
  /** The deployment's default grid. */
  readonly defaultGrid: GridConfig;
  /** Whether writing and administration are closed until tokens are set: everywhere but in development and tests. */
  readonly tokensRequired: boolean;
  /** The tokens that count, two while one is changed for another; empty where none is set. */
  readonly ingestTokens: readonly string[];
  readonly adminTokens: readonly string[];
  readonly readTokens: readonly string[];
  /** Those of `READ_TOKEN` where no own token is set. */
  readonly metricsTokens: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly maxSymbols: number;
  readonly allowedSymbols: ReadonlySet<string> | undefined;
  readonly tickRules: TickRules;
  readonly engine: EngineConfig;
  /** Whether `engine.label` was set explicitly. Otherwise a new symbol uses the label of its champion. */
  readonly labelGiven: boolean;
  /** The horizons of the default grid, its own first; empty where its label, or its champion's, has the only one. */
  readonly horizonsMs: readonly number[];
  /** The grids of every symbol beside that one. */
  readonly furtherGrids: readonly FurtherGridSetting[];
  readonly learning: LearningSettings;
  readonly alerts: AlertSettings;
  readonly objectDeadlineMs: number;
  readonly readCacheMs: number;
  /** Readers of the stream that one hub takes. */
  readonly streamHubReaders: number;
  /** Whether a champion that is shown worse is replaced; else the operator is told. */
  readonly demotes: boolean;
  /** Where ticks are archived; `undefined` when they are not. */
  readonly archive: R2Bucket | undefined;
  /** Whether predictions are archived beside them. */
  readonly archivesPredictions: boolean;
  /** Whether quantiles of the volatility are answered. */
  readonly servesSigmaQuantiles: boolean;
  readonly venueEndpoints: VenueEndpoints;
  readonly feedFlushMs: number;
}

/** Parses the variables. Throws `SettingsError` naming the variable, its value and what was expected. */
export function parseSettings(env: Env): Settings {
  const checked = check(variablesSchema, env, "environment");
  if (!checked.ok) throw new SettingsError(faultText(checked.fault));
  const variables = checked.value;
  const refuse = (text: string): Error => new SettingsError(text);
  const isDevelopment = variables.ENVIRONMENT === "development" || variables.ENVIRONMENT === "test";
  if (!isDevelopment) requireLongTokens(variables);
  const readTokens = tokensOf(variables, "READ_TOKEN");
  const ownMetricsTokens = tokensOf(variables, "METRICS_TOKEN");
  const grid = gridConfig(variables.STEP_MS, variables.PRICE_SOURCE);
  const horizonsMs = horizonsOf(variables.HORIZONS, grid);
  const [horizonMs] = horizonsMs;
  const label = labelOf(variables.LABEL, horizonMs, grid);
  return {
    grid: undefined,
    defaultGrid: grid,
    tokensRequired: !isDevelopment,
    ingestTokens: tokensOf(variables, "INGEST_TOKEN"),
    adminTokens: tokensOf(variables, "ADMIN_TOKEN"),
    readTokens,
    metricsTokens: ownMetricsTokens.length > 0 ? ownMetricsTokens : readTokens,
    corsOrigins: variables.CORS_ORIGINS ?? (readTokens.length === 0 ? ["*"] : []),
    maxSymbols: variables.MAX_SYMBOLS,
    allowedSymbols: variables.ALLOWED_SYMBOLS,
    tickRules: {
      futureToleranceMs: variables.FUTURE_TOLERANCE_MS,
      quoteMarginPercent: variables.QUOTE_MARGIN_PERCENT,
    },
    engine: { grid, label },
    labelGiven: variables.LABEL !== undefined,
    horizonsMs,
    furtherGrids: furtherGrids(variables, { grid, label }),
    learning: { recalibration: variables.RECALIBRATION, threshold: variables.THRESHOLD_FOLLOWS },
    alerts: alertSettings(variables, isDevelopment, refuse),
    objectDeadlineMs: variables.OBJECT_DEADLINE_MS,
    readCacheMs: variables.READ_CACHE_MS,
    streamHubReaders: variables.STREAM_HUB_READERS,
    demotes: variables.DEMOTION === "auto",
    archive: variables.ARCHIVE === "on" ? bucketOf(env) : undefined,
    archivesPredictions: variables.ARCHIVE_PREDICTIONS === "on",
    servesSigmaQuantiles: variables.SIGMA_QUANTILES === "on",
    venueEndpoints: parseVenueEndpoints(variables.VENUE_ENDPOINTS, isDevelopment, refuse),
    feedFlushMs: variables.FEED_FLUSH_MS,
  };
}

/** The default grid's label. @param horizonMs the first of `HORIZONS`. */
function labelOf(given: unknown, horizonMs: number | undefined, grid: GridConfig): LabelSpec {
  const refuse = (text: string): Error => new SettingsError(text);
  const fixed = horizonMs === undefined ? grid : { ...grid, horizonMs };
  return completeLabelSpec(given === undefined ? {} : given, fixed, { name: "LABEL", refuse });
}

const TOKENS = ["INGEST_TOKEN", "ADMIN_TOKEN", "READ_TOKEN", "METRICS_TOKEN"] as const;
type TokenName = (typeof TOKENS)[number];
type TokenVariables = Readonly<Partial<Record<TokenName | `${TokenName}_NEXT`, string | undefined>>>;
const MIN_TOKEN_LENGTH = 16;

/** The token and its successor, where they are set. */
function tokensOf(variables: TokenVariables, name: TokenName): string[] {
  return [variables[name], variables[`${name}_NEXT`]].filter((token) => token !== undefined);
}

/** A short token can be guessed. */
function requireLongTokens(variables: TokenVariables): void {
  for (const name of TOKENS.flatMap((token) => [token, `${token}_NEXT` as const])) {
    const { length } = variables[name] ?? { length: MIN_TOKEN_LENGTH };
    if (length >= MIN_TOKEN_LENGTH) continue;
    throw new SettingsError(`${name}: got ${length} characters, expected at least ${MIN_TOKEN_LENGTH} characters`);
  }
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

/** Names of the grids that every symbol has, the default one first. */
export function gridNamesOf(env: Env): string[] {
  const { defaultGrid, furtherGrids: further } = settingsOf(env);
  return [gridName(defaultGrid), ...further.map(({ name }) => name)];
}

/** Name of the default grid with its horizon; `undefined` where that is the champion's. Not for a view's settings. */
function ownHorizonName({ defaultGrid, horizonsMs: [horizonMs], engine, labelGiven }: Settings): string | undefined {
  const own = horizonMs ?? (labelGiven ? engine.label.horizonSteps * defaultGrid.stepMs : undefined);
  return own === undefined ? undefined : gridName({ ...defaultGrid, horizonMs: own });
}

/** What the models of the environment's grid must be made for: with `HORIZONS` they all have one horizon only. */
export function modelGridOf(env: Env): GridConfig {
  const { engine, horizonsMs, grid } = settingsOf(env);
  const [horizonMs] = grid === undefined ? horizonsMs : [];
  return horizonMs === undefined ? engine.grid : { ...engine.grid, horizonMs };
}

const views = new WeakMap<Env, Map<string, Env>>();
/** The deployment's environment by that of one of its grids. */
const deployments = new WeakMap<Env, Env>();

/**
 * The environment as a deployment of one of its grids alone would have it: its settings have that grid's step and
 * label, and its registry is that grid's own. `undefined` for a grid that the deployment does not have.
 * @param env the deployment's, or that of one of its grids.
 * @param name `undefined` for the default grid, which has the deployment's environment itself, as has its name with
 * the horizon that the deployment gives it.
 */
export function onGrid(env: Env, name: string): Env | undefined;
export function onGrid(env: Env, name: undefined): Env;
export function onGrid(env: Env, name: string | undefined): Env | undefined;
export function onGrid(given: Env, name: string | undefined): Env | undefined {
  const env = deployments.get(given) ?? given;
  const whole = settingsOf(env);
  if (name === undefined || name === gridName(whole.defaultGrid) || name === ownHorizonName(whole)) return env;
  const known = views.get(env) ?? new Map<string, Env>();
  views.set(env, known);
  const found = known.get(name);
  if (found !== undefined) return found;
  const setting = whole.furtherGrids.find((one) => one.name === name);
  if (setting === undefined) return undefined;
  const view: Env = { ...env };
  const { engine, labelGiven } = setting;
  settings.set(view, { ...whole, grid: name, engine, labelGiven });
  deployments.set(view, env);
  known.set(name, view);
  return view;
}

/**
 * The archive bucket, for an object that must be constructed even when a variable is invalid. With invalid settings
 * nothing is ingested either.
 */
export function archiveOf(env: Env): R2Bucket | undefined {
  try {
    return settingsOf(env).archive;
  } catch (error) {
    if (error instanceof SettingsError) return bucketOf(env);
    throw error;
  }
}

/** The bucket, its operations counted; `undefined` where none is bound, whatever the generated type says. */
export function bucketOf({ BUCKET }: { readonly BUCKET: R2Bucket | undefined }): R2Bucket | undefined {
  return BUCKET === undefined ? undefined : countedBucket(BUCKET);
}

/** Names of the further grids, for the same object; `undefined` with invalid settings. */
export function furtherGridNamesOf(env: Env): ReadonlySet<string> | undefined {
  try {
    return new Set(settingsOf(env).furtherGrids.map(({ name }) => name));
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/** The limits of the alert rules, for the same object; `undefined` with invalid settings. */
export function alertLimitsOf(env: Env): AlertLimits | undefined {
  try {
    return settingsOf(env).alerts.limits;
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/** Whether predictions are archived, for the same object; not with invalid settings. */
export function predictionsOf(env: Env): boolean {
  try {
    return settingsOf(env).archivesPredictions;
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}

/** What is learnt from labels, for the same object. */
export function learningOf(env: Env): LearningSettings {
  try {
    return settingsOf(env).learning;
  } catch (error) {
    if (error instanceof SettingsError) return DEFAULT_LEARNING;
    throw error;
  }
}

function namesOf(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((name) => name.trim());
}
