// What a symbol's database has of its further grids: the configuration of each, and its engine at the last snapshot.
import { parseEngineConfig } from "../../../features/engine-config.ts";
import { type EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { logError } from "../../../log.ts";
import { predictionPagesOf } from "../archive/prediction-chunks.ts";
import { stepPagesOf } from "../steps/step-log.ts";
import type { PageStore } from "../storage/page-store.ts";
import type { Warmth } from "../storage/warm-pages.ts";

const CONFIG_KIND = "grid-config 1";
const STATE_KIND = "grid-state 1";
/** Prefix of the configurations' pages. */
const CONFIGS = "grids";
const STATE = "state";

type StoredNumbers = Readonly<Record<"seq" | "lacksHistory", number>>;
const NOT_WARM = { warmSteps: 0, warmTicks: 0, warmFromMs: 0 };

/** A grid's engine as it was stored. */
export interface StoredGridState {
  readonly features: FeatureEngine;
  /** The last batch that it includes. */
  readonly seq: number;
  readonly lacksHistory: boolean;
  /** The history that it began with; `undefined` without one. */
  readonly warm: GridWarmth | undefined;
}

/** What a grid has of the symbol's history: candles of its own step reach further back. */
export type GridWarmth = Pick<Warmth, "steps" | "ticks" | "fromMs">;

/** Where the pages of a grid's monitor lie. @param name of the grid. */
export function monitorPagesOf(name: string): string {
  return `grid-${name}-monitor`;
}

function statePagesOf(name: string): string {
  return `grid-${name}`;
}

/** The configuration of each stored grid by its name. One that cannot be read is left out: the grid begins anew. */
export function loadGridConfigs(pages: PageStore): Map<string, EngineConfig> {
  const found = new Map<string, EngineConfig>();
  for (const [name, bytes] of pages.load(CONFIGS)) {
    try {
      const { config } = decodePage(CONFIG_KIND, bytes).numbers;
      found.set(name, parseEngineConfig(JSON.parse(String(config))));
    } catch (error) {
      logError("grid_config_unreadable", { grid: name, error: String(error) });
    }
  }
  return found;
}

/** Writes a grid's configuration, which never changes. */
export function saveGridConfig(pages: PageStore, name: string, config: EngineConfig): void {
  const bytes = encodePage(CONFIG_KIND, { numbers: { config: JSON.stringify(config) }, arrays: [] });
  pages.save(CONFIGS, [{ id: name, bytes }]);
}

/** `undefined` when none was written. Throws `StateFormatError` for a state that is not what was written. */
export function loadGridState(pages: PageStore, name: string): StoredGridState | undefined {
  const bytes = pages.load(statePagesOf(name)).get(STATE);
  if (bytes === undefined) return undefined;
  const { numbers, arrays } = decodePage(STATE_KIND, bytes);
  const { seq, lacksHistory, warmSteps, ...own } = {
    ...NOT_WARM,
    ...(numbers as Readonly<typeof NOT_WARM & StoredNumbers>),
  };
  const [state] = arrays;
  const features = FeatureEngine.load((state ?? new Uint8Array()).buffer as ArrayBuffer);
  features.followsOther = true;
  const warm = warmSteps === 0 ? undefined : { steps: warmSteps, ticks: own.warmTicks, fromMs: own.warmFromMs };
  return { features, seq, lacksHistory: lacksHistory === 1, warm };
}

/** Writes a grid's engine, in the snapshot's transaction. */
export function saveGridState(pages: PageStore, name: string, state: StoredGridState): void {
  const { features, seq, lacksHistory, warm } = state;
  const own = warm && { warmSteps: warm.steps, warmTicks: warm.ticks, warmFromMs: warm.fromMs };
  const numbers = { seq, lacksHistory: lacksHistory ? 1 : 0, ...own };
  const bytes = encodePage(STATE_KIND, { numbers, arrays: [new Uint8Array(features.save())] });
  pages.save(statePagesOf(name), [{ id: STATE, bytes }]);
}

/** Removes all that the database has of a grid. */
export function removeGrid(pages: PageStore, name: string): void {
  pages.removePage(CONFIGS, name);
  const predictions = predictionPagesOf(name);
  const own = [statePagesOf(name), monitorPagesOf(name), stepPagesOf(name)];
  for (const prefix of [...own, ...Object.values(predictions)]) pages.remove(prefix);
}
