// The environment, checked once per isolate. Behind this file nothing asks whether a variable is there.
import { completeLabelSpec } from "./features/complete-label-spec.ts";
import { type GridConfig, type PriceSource, gridConfig } from "./features/event-grid.ts";
import type { EngineConfig } from "./features/feature-engine.ts";
import type { LabelSpec } from "./features/label-spec.ts";
import { ROWS, type RowName, schemaText } from "./features/schema.ts";
import { parseSymbol } from "./features/tick.ts";
import { sha256Hex } from "./model/artifact.ts";
import { type AlertSettings, type AlertVariables, parseAlertSettings } from "./alert-settings.ts";
import { SettingsError } from "./settings-error.ts";

/** Variables and secrets that a deployment may leave out. `wrangler types` knows only what wrangler.toml names. */
export interface OptionalVariables extends AlertVariables {
  readonly INGEST_TOKEN?: string;
  readonly ADMIN_TOKEN?: string;
  /** `off` keeps ticks out of the bucket; `on`, the default, archives them where a bucket is bound. */
  readonly ARCHIVE?: string;
  /** Comma-separated symbols that may be created; empty allows every one. */
  readonly ALLOWED_SYMBOLS?: string;
  /** Grid of symbols created from now on: step in ms, and `last` or `mid`. */
  readonly STEP_MS?: string;
  readonly PRICE_SOURCE?: string;
  /** Label of symbols created from now on: JSON of a label spec, whole or only what differs from the default. */
  readonly LABEL?: string;
}

/**
 * What the platform hands in. A gateway may be deployed without `BUCKET`, whatever the generated type says: it then
 * serves the bundled models and archives nothing. An interface, because a type computed from the bindings would refer to
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
  /** Whether `engine.label` was asked for. Where it was not, a new symbol is made for the label of its champion. */
  readonly labelGiven: boolean;
  readonly alerts: AlertSettings;
  /** Where ticks are archived; `undefined` when they are not. */
  readonly archive: R2Bucket | undefined;
}

/** Parses the variables. Throws `SettingsError` naming the variable, what it is and what was expected. */
export function parseSettings(env: Env): Settings {
  const source = env.PRICE_SOURCE ?? "last";
  if (source !== "last" && source !== "mid")
    throw new SettingsError(`PRICE_SOURCE: got ${source}, expected last or mid`);
  const archive = env.ARCHIVE ?? "on";
  if (archive !== "on" && archive !== "off") throw new SettingsError(`ARCHIVE: got ${archive}, expected on or off`);
  const stepMs = integer("STEP_MS", env.STEP_MS, 1000, 100, 3_600_000);
  return {
    tokensRequired: env.ENVIRONMENT !== "development" && env.ENVIRONMENT !== "test",
    ingestToken: env.INGEST_TOKEN || undefined,
    adminToken: env.ADMIN_TOKEN || undefined,
    maxSymbols: integer("MAX_SYMBOLS", env.MAX_SYMBOLS, 1000, 1, 1_000_000),
    allowedSymbols: symbolSet(env.ALLOWED_SYMBOLS),
    engine: { grid: gridConfig(stepMs, source), label: labelSpec(env.LABEL, source) },
    labelGiven: isGiven(env.LABEL),
    alerts: parseAlertSettings(env),
    archive: archive === "on" ? env.BUCKET : undefined,
  };
}

const settings = new WeakMap<Env, Settings>();

/** `parseSettings` of this environment, done once. */
export function settingsOf(env: Env): Settings {
  let found = settings.get(env);
  if (found === undefined) {
    found = parseSettings(env);
    settings.set(env, found);
  }
  return found;
}

/**
 * Where ticks are archived, for an object that must be built even when a variable is wrong: with settings that cannot be
 * read nothing is ingested either.
 */
export function archiveOf(env: Env): R2Bucket | undefined {
  try {
    return settingsOf(env).archive;
  } catch (error) {
    if (error instanceof SettingsError) return env.BUCKET;
    throw error;
  }
}

/** SHA-256 of the schema of every row on a grid. */
export async function schemaHashes(grid: GridConfig): Promise<Readonly<Record<RowName, string>>> {
  const names = Object.keys(ROWS) as RowName[];
  const hashes = await Promise.all(names.map((row) => sha256Hex(schemaText(row, grid))));
  return Object.fromEntries(names.map((row, i) => [row, hashes[i]!])) as Record<RowName, string>;
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "";
}

function labelSpec(text: string | undefined, source: PriceSource): LabelSpec {
  try {
    return completeLabelSpec(isGiven(text) ? JSON.parse(text) : {}, source);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new SettingsError(`LABEL: got ${text}, expected JSON of a label spec: ${error.message}`);
    }
    throw new SettingsError(error instanceof Error ? error.message.replace(/^label/, "LABEL") : String(error));
  }
}

function integer(name: string, value: string | undefined, fallback: number, min: number, max: number): number {
  if (value === undefined || value === "") return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new SettingsError(`${name}: got ${value}, expected a whole number from ${min} to ${max}`);
  }
  return number;
}

function symbolSet(value: string | undefined): ReadonlySet<string> | undefined {
  if (!isGiven(value)) return undefined;
  return new Set(
    value.split(",").map((part) => {
      const symbol = parseSymbol(part.trim());
      if (symbol === undefined) throw new SettingsError(`ALLOWED_SYMBOLS: got ${part}, expected symbols`);
      return symbol;
    }),
  );
}
