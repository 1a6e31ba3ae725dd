// What a symbol's object answers when it is asked how good its models are: windows with intervals, whose they are, and
// what outside truth says beside them. Plain values that cross RPC; their JSON is made in src/http.
import { labelSpecText } from "../../../features/label-spec.ts";
import type { Manifest } from "../../../model/manifest.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { LiveQuality, PairRefusal } from "../../../quality/live-quality.ts";
import type { QualityStats } from "../../../quality/quality-state.ts";
import type { WindowName, WindowOptions, WindowQuality } from "../../../quality/window-quality.ts";
import type { FeedbackCount } from "./feedback-store.ts";
import { type FeedbackQuality, feedbackQuality } from "./feedback-quality.ts";
import { KeptWindows } from "./kept-windows.ts";
import { SCORED, type ScoredAlias } from "../scoring.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";

/** A model that holds one or more of the scored aliases now. */
export interface NamedModel {
  readonly sha256: string;
  readonly aliases: readonly ScoredAlias[];
  readonly name: string;
  readonly version: string;
  readonly family: string;
  readonly threshold: number;
  /** `labelSpecText` of what it predicts. */
  readonly labelText: string;
}

export interface SymbolQuality {
  readonly stepMs: number;
  /** Threshold of a spike now, for the champion; `null` while it has none. */
  readonly tauBps: number | null;
  /** In the order of the aliases, each once. */
  readonly models: readonly NamedModel[];
  /** As asked for. */
  readonly windows: readonly WindowQuality[];
  /** Counts since the symbol was created. */
  readonly stats: QualityStats;
  /** Why champion and challenger are not compared; `null` while they are. */
  readonly pairRefusal: PairRefusal | null;
  /** Truth from `POST /feedback`, never mixed with the labels of the ticks. */
  readonly feedback: readonly FeedbackQuality[];
}

/** What the object knows beside its monitor. */
interface QualityContext {
  readonly stepMs: number;
  /** Event time of the newest tick: how old a kept answer may be is counted in it. */
  readonly eventMs: number;
  readonly tauBps: number | null;
  readonly feedback: readonly FeedbackCount[];
}

const MINUTE_MS = 60_000;
const withIntervals = new KeptWindows((quality: LiveQuality, name, options: WindowOptions) => {
  return quality.window(name, options);
});

/**
 * Quality over the windows asked for, with intervals, which cost some ten milliseconds a window: what was computed is
 * kept for a minute of event time, or until other models serve.
 */
export function symbolQuality(
  monitor: SymbolMonitor,
  models: ServedModels,
  windows: readonly WindowName[],
  { stepMs, eventMs, tauBps, feedback }: QualityContext,
): SymbolQuality {
  const { quality } = monitor;
  const named = namedModels(models);
  const pairs = comparedPairs(models);
  const described = windows.map((name) =>
    withIntervals.window(quality, name, { pairs }, { eventMs, keptMs: MINUTE_MS }),
  );
  const firstAlertBins = new Map<string, number>();
  for (const { labels } of described) {
    for (const one of labels.flatMap(({ series }) => series)) firstAlertBins.set(one.sha256, one.firstAlertBin);
  }
  return {
    stepMs,
    tauBps,
    models: named,
    windows: described,
    stats: { ...quality.stats },
    pairRefusal: quality.pairRefusal ?? null,
    feedback: feedbackQuality(feedback, firstAlertBins),
  };
}

/** The models of the scored aliases, each once with all aliases that it holds. */
function namedModels({ byAlias }: ServedModels): NamedModel[] {
  const named: NamedModel[] = [];
  for (const alias of SCORED) {
    const manifest = byAlias[alias]?.manifest;
    if (manifest === undefined || named.some(({ sha256 }) => sha256 === manifest.onnxSha256)) continue;
    named.push(describeModel(manifest, aliasesOf(byAlias, manifest)));
  }
  return named;
}

/**
 * The comparisons that are always made, as [reference, model]: what the champion gains over each baseline, and what the
 * challenger gains over the champion. A model is not compared with itself.
 */
function comparedPairs({ byAlias }: ServedModels): (readonly [reference: string, model: string])[] {
  const champion = byAlias.champion?.manifest.onnxSha256;
  const pairs: (readonly [string, string])[] = [];
  for (const alias of SCORED) {
    const other = byAlias[alias]?.manifest.onnxSha256;
    if (champion === undefined || other === undefined || other === champion) continue;
    pairs.push(alias === "challenger" ? [champion, other] : [other, champion]);
  }
  return pairs.filter(([a, b], i) => pairs.findIndex(([c, d]) => a === c && b === d) === i);
}

function aliasesOf(byAlias: ServedModels["byAlias"], { onnxSha256 }: Manifest): ScoredAlias[] {
  return SCORED.filter((alias) => byAlias[alias]?.manifest.onnxSha256 === onnxSha256);
}

function describeModel(manifest: Manifest, aliases: readonly ScoredAlias[]): NamedModel {
  const { onnxSha256: sha256, name, version, family, threshold, label } = manifest;
  return { sha256, aliases, name, version, family, threshold, labelText: labelSpecText(label) };
}
