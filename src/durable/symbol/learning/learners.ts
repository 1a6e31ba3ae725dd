// All learners of a grid, one after the other. A fault in one of them loses no tick and no other learner's part: its
// models answer as if it were not there, and the answer says so.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import type { Page } from "../../../features/page-buffer.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { PriorsByModel } from "../../../recalibration/pooled-prior.ts";
import type { LearningSettings } from "../../../settings/learning-settings.ts";
import type { StepScores } from "../scoring.ts";
import type { LabelLearner, LoadLearner } from "./label-learner.ts";

/** A learner by the name of its pages. */
export type LearnerTable = Readonly<Record<string, LoadLearner>>;

const PREFIX = "learner-";

export class Learners<Table extends LearnerTable> {
  readonly settings: LearningSettings;
  private readonly learners = new Map<string, LabelLearner>();
  private readonly faulty = new Set<string>();
  private readonly table: Table;
  private readonly stepMs: number;
  private readonly onFault: (error: unknown) => void;

  /** @param pages of the grid's last snapshot, with those of other parts. */
  constructor(
    table: Table,
    stepMs: number,
    pages: ReadonlyMap<string, ArrayBuffer>,
    settings: LearningSettings,
    onFault: (error: unknown) => void,
  ) {
    this.table = table;
    this.stepMs = stepMs;
    this.settings = settings;
    this.onFault = onFault;
    for (const name of Object.keys(table)) this.load(name, pages);
  }

  /** One of them; after a fault it is another object. */
  of<Name extends keyof Table & string>(name: Name): ReturnType<Table[Name]> {
    return this.learners.get(name)! as ReturnType<Table[Name]>;
  }

  /** Whether it has failed since the last batch: it changes no answer until the next one. */
  isFaulty(name: keyof Table & string): boolean {
    return this.faulty.has(name);
  }

  get damagedPages(): number {
    return [...this.learners.values()].reduce((sum, { damagedPages }) => sum + damagedPages, 0);
  }

  /** Call it before a batch, with the pages of the last snapshot: what failed in the batch before begins from there. */
  resume(pages: () => ReadonlyMap<string, ArrayBuffer>): boolean {
    const isAnyFaulty = this.faulty.size > 0;
    const stored = isAnyFaulty ? pages() : new Map<string, ArrayBuffer>();
    for (const name of this.faulty) this.load(name, stored);
    this.faulty.clear();
    return isAnyFaulty;
  }

  /** Returns whether a snapshot must be written before the next step. */
  adopt(features: FeatureEngine, models: ServedModels, priors: PriorsByModel): boolean {
    let isTaken = false;
    this.each((learner) => (isTaken = learner.adopt(features, models, priors) || isTaken));
    return isTaken;
  }

  learn(steps: ClosedSteps, scores: StepScores, onlyKnown: ReadonlySet<string> | undefined): StepScores {
    let answered = scores;
    this.each((learner) => (answered = learner.learn(steps, answered, onlyKnown)));
    return answered;
  }

  answer(steps: ClosedSteps, scores: StepScores): StepScores {
    let answered = scores;
    this.each((learner) => (answered = learner.answer(steps, answered)));
    return answered;
  }

  /** Nothing of a learner that failed: its pages stay those of the last snapshot. */
  dirtyPages(): Page[] {
    const pages: Page[] = [];
    this.each((learner, name) => {
      pages.push(...learner.dirtyPages().map(({ id, bytes }) => ({ id: `${PREFIX}${name}/${id}`, bytes })));
    });
    return pages;
  }

  private each(work: (learner: LabelLearner, name: string) => void): void {
    for (const [name, learner] of this.learners) {
      if (this.faulty.has(name)) continue;
      try {
        work(learner, name);
      } catch (error) {
        this.faulty.add(name);
        this.onFault(error);
      }
    }
  }

  /** Pages that cannot be read at all leave a learner that has learnt nothing. */
  private load(name: string, pages: ReadonlyMap<string, ArrayBuffer>): void {
    const prefix = `${PREFIX}${name}/`;
    const own = new Map(
      [...pages].flatMap(([id, bytes]) => (id.startsWith(prefix) ? [[id.slice(prefix.length), bytes] as const] : [])),
    );
    try {
      this.learners.set(name, this.table[name]!(this.stepMs, own, this.settings));
    } catch (error) {
      this.onFault(error);
      this.learners.set(name, this.table[name]!(this.stepMs, new Map(), this.settings));
    }
  }
}
