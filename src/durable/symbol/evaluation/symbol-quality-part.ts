// A symbol's part of a window over all symbols.
import type { ServedModels } from "../../../model/model-host.ts";
import type { LiveQuality } from "../../../quality/live-quality.ts";
import type { QualityPart } from "../../../quality/quality-part.ts";
import type { WindowName } from "../../../quality/window-quality.ts";
import { KeptWindows } from "./kept-windows.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";

export interface SymbolQualityPart {
  /** `null` before the first step. */
  readonly part: QualityPart | null;
  /** SHA-256 of the champion that serves the symbol. */
  readonly champion: string | null;
  /** Whether its models are not the gateway's, but those of its own grid. */
  readonly hasOwnModels: boolean;
}

const KEPT_MS = 60_000;
const forPools = new KeptWindows((quality: LiveQuality, name): QualityPart | null => quality.part(name), {
  staggered: true,
});

/** At most a minute of event time old. @param eventMs event time of the newest tick. */
export function symbolQualityPart(
  { quality }: SymbolMonitor,
  { byAlias }: ServedModels,
  window: WindowName,
  { eventMs, hasOwnModels }: { readonly eventMs: number; readonly hasOwnModels: boolean },
): SymbolQualityPart {
  return {
    part: forPools.window(quality, window, undefined, { eventMs, keptMs: KEPT_MS }),
    champion: byAlias.champion?.manifest.onnxSha256 ?? null,
    hasOwnModels,
  };
}
