// A loaded model under the threshold that an operator chose in place of its manifest's.
import type { Scorer, Scores } from "./artifact.ts";
import type { Manifest } from "./manifest.ts";

/** An operator's choice of threshold; it holds for this artifact only. */
export interface ChosenThreshold {
  readonly sha256: string;
  /** That of one of the manifest's operating points. */
  readonly threshold: number;
}

/** Scores as the loaded model does; its manifest has the chosen threshold, and that threshold's goal. */
class ScorerAtThreshold implements Scorer {
  readonly manifest: Manifest;
  readonly loaded: Scorer;

  constructor(loaded: Scorer, threshold: number, goal: string) {
    this.loaded = loaded;
    this.manifest = { ...loaded.manifest, threshold, goal };
  }

  get sealed(): boolean {
    return this.loaded.sealed;
  }

  get columns(): Int32Array {
    return this.loaded.columns;
  }

  score(rows: Float32Array): Promise<Scores> {
    return this.loaded.score(rows);
  }

  retain(): () => Promise<void> {
    return this.loaded.retain();
  }

  release(): Promise<void> {
    return this.loaded.release();
  }
}

/**
 * The scorer under the chosen threshold; as it was loaded without one, and for one that was chosen for another artifact
 * or that its manifest does not allow.
 */
export function atThreshold(scorer: Scorer, chosen: ChosenThreshold | undefined): Scorer {
  const loaded = loadedScorer(scorer);
  const { onnxSha256, threshold, operatingPoints = [] } = loaded.manifest;
  if (chosen?.sha256 !== onnxSha256 || chosen.threshold === threshold) return loaded;
  const point = operatingPoints.find((one) => one.threshold === chosen.threshold);
  return point === undefined ? loaded : new ScorerAtThreshold(loaded, point.threshold, point.goal);
}

/** The scorer as it was loaded: under its manifest's own threshold. */
export function loadedScorer(scorer: Scorer): Scorer {
  return scorer instanceof ScorerAtThreshold ? scorer.loaded : scorer;
}
