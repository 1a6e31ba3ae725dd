// Counts the closed steps that each of an experiment's two models answered for: the split's effective share.
import { decodePage, encodePage, type Page } from "../../../features/page-buffer.ts";
import { StateFormatError } from "../../../features/binary-container.ts";
import type { Variant } from "../prediction.ts";

const KIND = "answer-counts 1";
const PAGE = "counts";

/** Counts of one experiment; a new experiment begins at 0. */
export class AnswerCounts {
  private experiment: string | null = null;
  private champion = 0;
  private challenger = 0;
  private dirty = false;

  count(experiment: string, variant: Variant): void {
    if (experiment !== this.experiment) {
      this.experiment = experiment;
      this.champion = 0;
      this.challenger = 0;
    }
    this[variant] += 1;
    this.dirty = true;
  }

  /** Steps by answering model; both 0 for an experiment that was not counted. */
  of(experiment: string): Readonly<Record<Variant, number>> {
    if (experiment !== this.experiment) return { champion: 0, challenger: 0 };
    return { champion: this.champion, challenger: this.challenger };
  }

  dirtyPages(): Page[] {
    if (!this.dirty) return [];
    this.dirty = false;
    const { experiment, champion, challenger } = this;
    return [{ id: PAGE, bytes: encodePage(KIND, { numbers: { experiment, champion, challenger }, arrays: [] }) }];
  }

  /** Loads the counts; an unreadable page gives 0. */
  static load(pages: ReadonlyMap<string, ArrayBuffer>): AnswerCounts {
    const counts = new AnswerCounts();
    const bytes = pages.get(PAGE);
    if (bytes === undefined) return counts;
    try {
      const { experiment, champion, challenger } = decodePage(KIND, bytes).numbers;
      if (typeof experiment !== "string") return counts;
      counts.experiment = experiment;
      counts.champion = Number(champion);
      counts.challenger = Number(challenger);
    } catch (error) {
      if (!(error instanceof StateFormatError)) throw error;
    }
    return counts;
  }
}
