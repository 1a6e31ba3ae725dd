// Stores live quality in pages, each written when its part changed. Every page has the catalogue of models, so that any
// single page identifies the models of the others.
import { type Page, decodePage, encodePage } from "../features/page-buffer.ts";
import { emptyQualityState, type QualityState } from "./quality-state.ts";
import { SeriesCatalogue } from "./series-catalogue.ts";
import { dropAllPending } from "./settle-labels.ts";
import { SpikeEpisodes } from "./spike-episodes.ts";

const KIND = "quality-now 1";
const NOW_PAGE = "quality-now";

/** The loaded state. */
export interface LoadedQuality {
  readonly state: QualityState;
  /** Pages that could not be read. */
  readonly damagedPages: number;
}

/** Edges of score bins, per place of the catalogue. */
type SeriesEdges = readonly (readonly number[])[];

/** The pages that changed since the last call, and since they were loaded. */
export function qualityPages(state: QualityState): Page[] {
  const catalogue = JSON.stringify(state.catalogue);
  return [
    nowPage(state, catalogue),
    ...state.ring.dirtyPages(catalogue),
    ...state.month.dirtyPages(catalogue),
    ...state.gains.flatMap((gains) => gains.dirtyPages(catalogue)),
  ];
}

/**
 * Loads the pages. A missing or damaged page loses its own steps or blocks; for `quality-now` these are the pending
 * predictions and the counts.
 */
export function loadQualityState(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): LoadedQuality {
  const state = emptyQualityState(stepMs);
  let damagedPages = 0;
  const load = (prefix: string, read: (bytes: ArrayBuffer) => void): void => {
    for (const [id, bytes] of pages) {
      if (!id.startsWith(prefix)) continue;
      try {
        read(bytes);
      } catch {
        // Shown as `volgate_damaged_pages`; the other pages remain usable.
        damagedPages += 1;
      }
    }
  };
  const catalogues: SeriesCatalogue[] = [];
  let edges: SeriesEdges = [];
  load("quality-steps:", (bytes) => catalogues.push(SeriesCatalogue.parse(state.ring.load(bytes))));
  load("quality-month:", (bytes) => catalogues.push(SeriesCatalogue.parse(state.month.load(bytes))));
  load(NOW_PAGE, (bytes) => {
    const now = loadNow(state, bytes);
    catalogues.push(now.catalogue);
    edges = now.edges;
  });
  for (const found of catalogues) if (found.revision > state.catalogue.revision) state.catalogue = found;
  for (const gains of state.gains) {
    gains.setPair(state.catalogue.pairOf(gains.role)?.number ?? 0);
    load(gains.pagePrefix, (bytes) => gains.load(bytes));
  }
  reconcile(state, edges);
  return { state, damagedPages };
}

/** Makes the loaded parts consistent when some are missing. */
function reconcile(state: QualityState, edges: SeriesEdges): void {
  const { catalogue, ring, month, pending, episodes } = state;
  for (const entry of catalogue.series) {
    if (entry === undefined) continue;
    entry.edges = edges[entry.place] ?? [];
    pending.fit(entry.place, catalogue.specOf(entry).horizonSteps);
  }
  for (const spec of catalogue.specs) if (spec) episodes[spec.place] ??= new SpikeEpisodes(spec.horizonSteps);
  const nowIsMissing = state.lastIndex < 0;
  if (nowIsMissing) state.lastIndex = ring.lastStep;
  ring.newest = state.lastIndex;
  if (nowIsMissing) dropAllPending(state);
  month.advance(state.lastIndex);
}

function nowPage({ lastIndex, stats, episodes, pending, ...state }: QualityState, catalogue: string): Page {
  const spikes = JSON.stringify(episodes.map(({ episode, lastSpike }) => ({ episode, lastSpike })));
  const edges = JSON.stringify(state.catalogue.series.map((entry) => entry?.edges ?? []));
  const numbers = { catalogue, lastIndex, stats: JSON.stringify(stats), spikes, edges };
  return { id: NOW_PAGE, bytes: encodePage(KIND, { numbers, arrays: pending.arrays }) };
}

function loadNow(
  state: QualityState,
  buffer: ArrayBuffer,
): { readonly catalogue: SeriesCatalogue; readonly edges: SeriesEdges } {
  const { numbers, arrays } = decodePage(KIND, buffer);
  const catalogue = SeriesCatalogue.parse(String(numbers["catalogue"]));
  const { specs } = catalogue;
  Object.assign(state.stats, JSON.parse(String(numbers["stats"])));
  const spikes = JSON.parse(String(numbers["spikes"])) as { episode: number; lastSpike: number }[];
  spikes.forEach((spike, s) => (state.episodes[s] = new SpikeEpisodes(specs[s]!.horizonSteps, spike)));
  state.pending.load(arrays);
  const edges = JSON.parse(String(numbers["edges"])) as SeriesEdges;
  state.lastIndex = Number(numbers["lastIndex"]);
  return { catalogue, edges };
}
