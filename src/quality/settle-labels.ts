// Settles labels: when a label arrives, or can no longer arrive, the predictions that waited for it are counted and
// removed.
import { LABEL } from "../features/label-window.ts";
import type { QualityState } from "./quality-state.ts";
import type { SpecEntry } from "./series-catalogue.ts";
import { STATUS } from "./step-ring.ts";

/** Receives each arriving label. @param seriesPlace place of the model in the list of `LiveQuality.setSeries`. */
export type OnResolved = (seriesPlace: number, index: number, probability: number, label: 0 | 1) => void;

/** Settles one step under one label spec. @param label one of `LABEL`. */
export function settleStep(
  state: QualityState,
  spec: SpecEntry,
  { index, label }: { readonly index: number; readonly label: number },
  onResolved: OnResolved | undefined,
): void {
  const isPending = state.ring.status(spec, index) === STATUS.pending;
  if (isPending && (label === LABEL.calm || label === LABEL.spike)) {
    settleWithLabel(state, spec, { index, label }, onResolved);
    return;
  }
  if (isPending) settleWithoutLabel(state, spec, index, label === LABEL.void ? STATUS.void : STATUS.none);
  for (const one of state.catalogue.series) if (one?.spec === spec.place) state.pending.resolve(one, index);
}

/** Gives up all pending labels: a segment ended, or steps are missing. */
export function dropAllPending(state: QualityState): void {
  if (state.lastIndex >= 0) state.stats.breaks += 1;
  for (const spec of state.catalogue.specs) if (spec !== undefined) dropPending(state, spec);
}

/** Gives up the pending labels of one spec. */
export function dropPending(state: QualityState, spec: SpecEntry): void {
  const { lastIndex, ring, pending, catalogue } = state;
  for (let index = Math.max(0, lastIndex + 1 - spec.horizonSteps); index <= lastIndex; index++) {
    if (ring.status(spec, index) === STATUS.pending) settleWithoutLabel(state, spec, index, STATUS.none);
  }
  for (const one of catalogue.series) if (one?.spec === spec.place) pending.drop(one);
}

function settleWithLabel(
  state: QualityState,
  spec: SpecEntry,
  { index, label }: { readonly index: number; readonly label: 0 | 1 },
  onResolved: OnResolved | undefined,
): void {
  const { catalogue, ring, pending, stats } = state;
  ring.setStatus(spec, index, label === LABEL.spike ? STATUS.spike : STATUS.calm);
  stats.resolved += 1;
  const block = state.month.at(index, catalogue);
  block?.count(spec, "resolved", 1);
  const episodes = state.episodes[spec.place]!;
  if (label === LABEL.spike) {
    block?.count(spec, "positives", 1);
    if (episodes.update(index)) block?.count(spec, "episodes", 1);
  }
  const scores: number[] = [];
  for (const one of catalogue.series) {
    if (one?.spec !== spec.place) continue;
    const probability = pending.resolve(one, index);
    if (Number.isNaN(probability)) continue;
    scores[one.place] = probability;
    ring.resolve(one, index, probability, label);
    block?.resolve(one, ring.score(one, index), probability, label);
    const place = catalogue.current.indexOf(one);
    if (place >= 0) onResolved?.(place, index, probability, label);
  }
  const { horizonSteps } = spec;
  const episode = label === LABEL.spike ? episodes.episode : -1;
  for (const gains of state.gains) {
    const pair = catalogue.pairOf(gains.role);
    if (pair === undefined) continue;
    const [champion, rival] = [scores[pair.champion.place], scores[pair.rival.place]];
    // There is no gain if one of the two is missing or predicts another label.
    if (champion === undefined || rival === undefined) continue;
    gains.add({ index, horizonSteps, champion, rival, label, episode });
  }
}

function settleWithoutLabel(state: QualityState, spec: SpecEntry, index: number, status: number): void {
  const { ring, month, catalogue, stats } = state;
  ring.setStatus(spec, index, status);
  if (status === STATUS.void) {
    stats.voids += 1;
    month.at(index, catalogue)?.count(spec, "voids", 1);
  } else stats.unresolved += 1;
}
