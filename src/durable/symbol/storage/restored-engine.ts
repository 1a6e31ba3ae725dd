// Restores a symbol's feature engine from its last snapshot, or creates a new one if the snapshot is unreadable.
import { type EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import { engineAfter } from "../apply-history.ts";
import { Producers } from "./producers.ts";
import type { SlotStore } from "./slot-store.ts";

/**
 * Version of the snapshot's own fields; the engine's buffer has its own. Version 1 has only last sequence numbers, 2
 * hashes of ticks.
 */
const META_VERSION = 3;

/** How a symbol's state was restored. */
export interface Recovery {
  /** `rebuilt`: the snapshot could not be read, and the slots were replayed without it. */
  readonly how: "new" | "snapshot" | "rebuilt";
  readonly replayedBatches: number;
  /** Missing and unreadable slots: only their own ticks are lost. */
  readonly damagedBatches: number;
  /** Why the snapshot could not be used. */
  readonly reason: string | undefined;
}

/** The state through batch `seq`; later batches are still to be replayed. */
export interface RestoredEngine {
  readonly features: FeatureEngine;
  readonly producers: Producers;
  readonly seq: number;
  /** The last batch that is known to have been written; there may be later ones. */
  readonly throughSeq: number;
  readonly how: Recovery["how"];
  readonly reason: string | undefined;
  /** Whether batches up to `seq` are missing in it. */
  readonly isShort: boolean;
}

/** The snapshot's fields beside the engine's buffer, for `restoreEngine`. @param isShort written only if it is set. */
export function encodeMeta(producers: Producers, isShort: boolean): string {
  return JSON.stringify({ version: META_VERSION, producers, ...(isShort && { isShort }) });
}

/** What a symbol began with: its ticks, `undefined` where they are not kept. */
export interface Beginning {
  readonly ticks: () => Float64Array | undefined;
}

/**
 * Loads the snapshot. If that fails, a new engine starts before the oldest kept batch, and `reason` says why.
 * @param beginning of a symbol that began with a history: where the slots reach back to it, so does the new engine.
 */
export function restoreEngine(slots: SlotStore, config: EngineConfig, beginning?: Beginning): RestoredEngine {
  const fresh = { features: new FeatureEngine(config), producers: new Producers() };
  try {
    const snapshot = slots.loadSnapshot();
    if (snapshot === undefined) {
      const throughSeq = slots.newest();
      if (beginning !== undefined) throw new TypeError("cannot recover: no snapshot, and it began with a history");
      if (slots.oldestKept(throughSeq) === 1) {
        return { ...fresh, seq: 0, throughSeq, how: "new", reason: undefined, isShort: false };
      }
      throw new TypeError("cannot recover: no snapshot, and the oldest batches were already overwritten");
    }
    const { producers, isShort } = decodeMeta(snapshot.meta);
    const features = FeatureEngine.load(snapshot.state);
    const { seq } = snapshot;
    return { features, producers, seq, throughSeq: seq, how: "snapshot", reason: undefined, isShort };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const throughSeq = slots.newest();
    const seq = slots.oldestKept(throughSeq) - 1;
    const ticks = seq === 0 ? beginning?.ticks() : undefined;
    const features = ticks === undefined ? fresh.features : engineAfter(config, ticks);
    const isShort = seq > 0 || (beginning !== undefined && ticks === undefined);
    return { ...fresh, features, seq, throughSeq, how: "rebuilt", reason, isShort };
  }
}

function decodeMeta(text: string): Pick<RestoredEngine, "producers" | "isShort"> {
  const meta = JSON.parse(text) as { version?: unknown; producers?: unknown; isShort?: unknown };
  const isShort = meta.isShort === true;
  if (meta.version === META_VERSION) return { producers: Producers.fromJSON(meta.producers), isShort };
  if (meta.version === 2) return { producers: Producers.fromJSON(meta.producers, false), isShort };
  if (meta.version === 1) return { producers: Producers.fromLastNumbers(meta.producers), isShort };
  throw new TypeError(`snapshot meta version: got ${String(meta.version)}, expected 1 to ${META_VERSION}`);
}
