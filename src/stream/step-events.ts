// The events of closed steps, from what a grid's log keeps of them: a live event and a resumed one are the same text,
// because both come from here.
import { CHUNK_STEPS, chunkOf, STEP_FLAG, type StepChunk } from "../steps/step-chunk.ts";
import { cursorOf } from "./stream-cursor.ts";
import type { EventPage, GapReason, StreamEvent } from "./stream-event.ts";

/** How far back events are sent: 4 hours of steps of 1 s. What is older is told as a gap. */
export const MAX_STEPS_BACK = 14_400;
/** A page ends with the step that reaches so many events. */
const PAGE_EVENTS = 512;

/** The log of one grid of a symbol. */
export interface StepSource {
  readonly symbol: string;
  readonly stepMs: number;
  readonly horizonSteps: number;
  /** Of those that may be told; `undefined` without one. */
  readonly newestStep: number | undefined;
  /** See `StepLog.between`. */
  readonly between: (fromStep: number, toStep: number, onDamaged: (chunk: number) => void) => Iterable<StepChunk>;
}

/**
 * Positions in a grid's log: twice the step's end in ms for the label that the step brings, and one more for its
 * prediction. So a cursor between the two is exact, and one of another grid means the same time.
 */
export function positionOf(stepEndMs: number, part: "label" | "prediction"): number {
  return stepEndMs * 2 + (part === "label" ? 0 : 1);
}

/** The position of all that has happened; 0 before the first step. */
export function newestPosition({ newestStep, stepMs }: Pick<StepSource, "newestStep" | "stepMs">): number {
  return newestStep === undefined ? 0 : positionOf((newestStep + 1) * stepMs, "prediction");
}

/**
 * The next events after a position, about `PAGE_EVENTS` at most; none where there is nothing new.
 * @param upTo no events after this position.
 */
export function stepEvents(source: StepSource, after: number, upTo = Infinity): EventPage {
  const { stepMs, newestStep } = source;
  const end = Math.min(upTo, newestPosition(source));
  if (newestStep === undefined || after >= end) return { events: [], through: after };
  const last = Math.floor((end - 1) / 2 / stepMs) - 1;
  const wanted = Math.ceil((Math.floor((after - 1) / 2) + 1) / stepMs) - 1;
  const first = Math.max(wanted, newestStep - MAX_STEPS_BACK + 1);
  const page = new PageWriter(source, after);
  if (first > wanted) page.gap(wanted, Math.min(first - 1, last), "skipped");
  if (first <= last) page.read(first, last);
  return { events: page.events, through: page.through ?? end };
}

class PageWriter {
  readonly events: StreamEvent[] = [];
  /** Set where the page ended before all was read. */
  through: number | undefined;
  private readonly source: StepSource;
  private readonly after: number;
  /** Those whose predictions a label of the page may be about. */
  private readonly chunks = new Map<number, StepChunk>();
  private lostFrom: number | undefined;

  constructor(source: StepSource, after: number) {
    this.source = source;
    this.after = after;
  }

  read(first: number, last: number): void {
    const { horizonSteps, between } = this.source;
    const damaged: number[] = [];
    for (const chunk of between(first - horizonSteps, last, (number) => damaged.push(number))) {
      this.tellDamaged(damaged.splice(0), first, last);
      this.chunks.set(chunk.number, chunk);
      this.chunks.delete(chunk.number - Math.ceil(horizonSteps / CHUNK_STEPS) - 1);
      const to = Math.min(last, chunk.firstStep + CHUNK_STEPS - 1);
      for (let step = Math.max(first, chunk.firstStep); step <= to; step++) {
        this.addStep(chunk, step);
        if (this.events.length < PAGE_EVENTS || step === last) continue;
        this.endLost(step);
        this.through = positionOf(this.endMs(step), "prediction");
        return;
      }
    }
    this.tellDamaged(damaged, first, last);
    this.endLost(last);
  }

  private addStep(chunk: StepChunk, step: number): void {
    const at = step - chunk.firstStep;
    if (!chunk.isKnown(at)) return;
    const flags = chunk.flags[at]!;
    const isLost = (flags & STEP_FLAG.lost) !== 0;
    if (!isLost) this.endLost(step - 1);
    if ((flags & (STEP_FLAG.calm | STEP_FLAG.spike)) !== 0) this.label(chunk, at, step);
    if (isLost) this.lostFrom ??= step;
    else if (!Number.isNaN(chunk.probability[at]!)) this.prediction(chunk, at, step);
  }

  private prediction(chunk: StepChunk, at: number, step: number): void {
    const { symbol, stepMs, horizonSteps } = this.source;
    const sha12 = chunk.modelOf(at)?.sha12;
    this.push("prediction", positionOf(this.endMs(step), "prediction"), {
      type: "prediction",
      id: `${symbol}:${step}:p`,
      symbol,
      ts: this.endMs(step),
      step,
      horizon_s: (horizonSteps * stepMs) / 1000,
      ...answered(chunk, at),
      sigma_bps: figure(chunk.sigmaBps[at]!),
      tau_bps: figure(chunk.tauBps[at]!),
      model: sha12 ?? null,
      prediction_id: sha12 === undefined ? null : `${symbol}:${step}:${sha12}`,
    });
  }

  /** The label that a step brings of the one a horizon before, if that was predicted under the same label spec. */
  private label(chunk: StepChunk, at: number, step: number): void {
    const { symbol, horizonSteps } = this.source;
    const labelled = step - horizonSteps;
    const of = this.chunks.get(chunkOf(labelled));
    if (of === undefined) return;
    const there = labelled - of.firstStep;
    if (Number.isNaN(of.probability[there]!)) return;
    const [asked, told] = [of.modelOf(there)?.labelHash, chunk.modelOf(at)?.labelHash];
    if (asked !== undefined && told !== undefined && asked !== told) return;
    this.push("label", positionOf(this.endMs(step), "label"), {
      type: "label",
      id: `${symbol}:${labelled}:l`,
      symbol,
      ts: this.endMs(labelled),
      step: labelled,
      label: (chunk.flags[at]! & STEP_FLAG.spike) !== 0,
      ...answered(of, there),
      resolved_ts: this.endMs(step),
    });
  }

  /** Says that events of some steps are missing. */
  gap(fromStep: number, toStep: number, reason: GapReason): void {
    const { symbol } = this.source;
    const [fromMs, toMs] = [this.endMs(fromStep), this.endMs(toStep)];
    this.push("gap", positionOf(toMs, "prediction"), { type: "gap", symbol, from_ts: fromMs, to_ts: toMs, reason });
  }

  private tellDamaged(chunks: readonly number[], first: number, last: number): void {
    for (const number of chunks) {
      const [from, to] = [number * CHUNK_STEPS, (number + 1) * CHUNK_STEPS - 1];
      if (to >= first && from <= last) this.gap(Math.max(first, from), Math.min(last, to), "not_kept");
    }
  }

  private endLost(step: number): void {
    if (this.lostFrom === undefined) return;
    this.gap(this.lostFrom, step, "not_known");
    this.lostFrom = undefined;
  }

  private push(kind: StreamEvent["kind"], position: number, event: Readonly<Record<string, unknown>>): void {
    if (position <= this.after) return;
    const { symbol } = this.source;
    this.events.push({
      kind,
      symbol,
      position,
      text: JSON.stringify({ ...event, cursor: cursorOf(symbol, position) }),
    });
  }

  private endMs(step: number): number {
    return (step + 1) * this.source.stepMs;
  }
}

function answered(chunk: StepChunk, at: number) {
  return {
    probability: figure(chunk.probability[at]!),
    threshold: figure(chunk.threshold[at]!),
    alert: (chunk.flags[at]! & STEP_FLAG.alert) !== 0,
  };
}

/** A float32 with the digits that it has; `null` for `NaN`. */
function figure(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(7));
}
