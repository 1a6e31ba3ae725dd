// Batches that wait while the symbol is at work: those that wait together are applied as one, whoever sent them, and
// when too many wait the sender is told to come again.
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import { logWarning } from "../../log.ts";
import { type BatchAnswer, type IngestBatch, refusedBatch } from "./pipeline.ts";

/** What may wait: some seconds of work, and 10.4 MB. One delivery is taken whatever its size where nothing waits. */
export const MAX_WAITING = { batches: 1_024, ticks: 100_000 } as const;
/** What is applied as one: no delivery is added that would be beyond these batches, nor to these ticks or more. */
export const MOST_TOGETHER = { batches: 32, ticks: 4_096 } as const;

/** Batches that somebody sent in one call, taken or refused together; answered in their order. */
interface Delivered {
  readonly batches: readonly IngestBatch[];
  readonly resolve: (answers: readonly BatchAnswer[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Applies batches durably. Calls `pull` for them when it is their turn, once; if it throws, nothing of them is stored.
 * What comes before that moment is among them.
 */
export type TakeBatches = (pull: () => readonly IngestBatch[]) => Promise<readonly BatchAnswer[]>;

export class BatchQueue {
  private readonly take: TakeBatches;
  private readonly waiting: Delivered[] = [];
  private batches = 0;
  private ticks = 0;
  private isTaking = false;

  constructor(take: TakeBatches) {
    this.take = take;
  }

  /**
   * One answer for each batch: `symbol_busy` for all of them where too much waits. Throws what their own application
   * throws, never that of others.
   * @param batches at least one, in their order.
   */
  async add(batches: readonly IngestBatch[]): Promise<readonly BatchAnswer[]> {
    const ticks = ticksIn(batches);
    const isTooMuch = this.batches + batches.length > MAX_WAITING.batches || this.ticks + ticks > MAX_WAITING.ticks;
    if (this.waiting.length > 0 && isTooMuch) return batches.map(() => refusedBatch("symbol_busy"));
    return await new Promise((resolve, reject) => {
      this.waiting.push({ batches, resolve, reject });
      this.batches += batches.length;
      this.ticks += ticks;
      if (!this.isTaking) void this.takeAll();
    });
  }

  /** Never throws. */
  private async takeAll(): Promise<void> {
    this.isTaking = true;
    while (this.waiting.length > 0) {
      let group: readonly Delivered[] | undefined;
      const pull = (): readonly IngestBatch[] => {
        group = this.nextGroup();
        return batchesOf(group);
      };
      try {
        const answers = await this.take(pull);
        let at = 0;
        for (const { batches, resolve } of group ?? []) resolve(answers.slice(at, (at += batches.length)));
      } catch (error) {
        await this.takeOneByOne(group ?? [this.shift()], error);
      }
    }
    this.isTaking = false;
  }

  /** After a failure of which one of several may be the cause. */
  private async takeOneByOne(group: readonly Delivered[], failure: unknown): Promise<void> {
    if (group.length === 1) return group[0]!.reject(failure);
    // Each of them may succeed now: nobody else would be told.
    const { symbol } = group[0]!.batches[0]!;
    logWarning("batches_failed_together", { symbol, deliveries: group.length, error: String(failure) });
    for (const { batches, resolve, reject } of group) {
      try {
        resolve(await this.take(() => batches));
      } catch (error) {
        reject(error);
      }
    }
  }

  private nextGroup(): readonly Delivered[] {
    const group = [this.shift()];
    for (let next = this.waiting[0]; next !== undefined && isJoined(batchesOf(group), next.batches);) {
      group.push(this.shift());
      next = this.waiting[0];
    }
    return group;
  }

  private shift(): Delivered {
    const first = this.waiting.shift()!;
    this.batches -= first.batches.length;
    this.ticks -= ticksIn(first.batches);
    return first;
  }
}

/** A traced batch is taken alone, and a number that is given twice is judged when its first batch is stored. */
function isJoined(group: readonly IngestBatch[], next: readonly IngestBatch[]): boolean {
  if (group.length + next.length > MOST_TOGETHER.batches || ticksIn(group) >= MOST_TOGETHER.ticks) return false;
  if ([...group, ...next].some(({ maxTraceBytes }) => maxTraceBytes !== null)) return false;
  const isRepeated = ({ producer, producerSeq }: IngestBatch): boolean =>
    producer !== null && group.some((one) => one.producer === producer && one.producerSeq === producerSeq);
  return !next.some(isRepeated);
}

function batchesOf(group: readonly Delivered[]): readonly IngestBatch[] {
  return group.length === 1 ? group[0]!.batches : group.flatMap(({ batches }) => batches);
}

function ticksIn(batches: readonly IngestBatch[]): number {
  return batches.reduce((sum, { rows }) => sum + rows.length / TICK_FIELDS, 0);
}
