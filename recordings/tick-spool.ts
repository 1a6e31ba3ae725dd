// Puts any number of ticks in order of time with bounded memory: sorted runs on disk, merged when they are read.
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { TemporaryFolder } from "../command-line/temporary-folder.ts";
import type { Tick } from "../src/features/tick.ts";
import { SpooledTicks, TICK_BYTES } from "./spooled-ticks.ts";

/** Ticks of a run; so many are in memory, about 150 bytes each. */
const RUN_TICKS = 250_000;
/** Ticks that are read of each run at a time. */
const BLOCK_TICKS = 1024;

/** A tick and its place among those that were added. */
interface Placed {
  readonly tick: Tick;
  readonly place: number;
}

/** Use: `add` all, then iterate `sorted` once, then `close`. */
export class TickSpool {
  /** The earliest time so far, ms. */
  earliestMs = Infinity;
  private readonly isBackwards: boolean;
  private readonly runTicks: number;
  private readonly codec = new SpooledTicks();
  private readonly runs: string[] = [];
  private folder: TemporaryFolder | undefined;
  private pending: Placed[] = [];
  private count = 0;

  /** @param isBackwards ticks of one time come out in the opposite order in which they were added. */
  constructor(isBackwards: boolean, runTicks = RUN_TICKS) {
    this.isBackwards = isBackwards;
    this.runTicks = runTicks;
  }

  async add(ticks: readonly Tick[]): Promise<void> {
    for (const tick of ticks) {
      this.count += 1;
      this.earliestMs = Math.min(this.earliestMs, tick.tsMs);
      this.pending.push({ tick, place: this.isBackwards ? -this.count : this.count });
      if (this.pending.length === this.runTicks) await this.writeRun();
    }
  }

  /** In order of time; ticks of one time in the order in which they were added, or the opposite one. */
  async *sorted(): AsyncGenerator<Tick[]> {
    this.pending.sort(order);
    if (this.runs.length === 0) {
      for (let at = 0; at < this.pending.length; at += BLOCK_TICKS) {
        yield this.pending.slice(at, at + BLOCK_TICKS).map(({ tick }) => tick);
      }
      return;
    }
    await this.writeRun();
    yield* merged(this.runs.map((path) => this.readRun(path)));
  }

  /** Removes what is on disk. */
  async close(): Promise<void> {
    await this.folder?.remove();
  }

  private async writeRun(): Promise<void> {
    if (this.pending.length === 0) return;
    this.folder ??= new TemporaryFolder("volgate-sort-");
    const path = join(this.folder.path, String(this.runs.length));
    const file = await open(path, "w");
    try {
      const ticks = this.pending.sort(order);
      for (let at = 0; at < ticks.length; at += BLOCK_TICKS) {
        await file.write(this.codec.encode(ticks.slice(at, at + BLOCK_TICKS)));
      }
    } finally {
      await file.close();
    }
    this.pending = [];
    this.runs.push(path);
  }

  private async *readRun(path: string): AsyncGenerator<Placed[]> {
    let file: FileHandle | undefined;
    try {
      file = await open(path);
      for (;;) {
        const block = new Uint8Array(BLOCK_TICKS * TICK_BYTES);
        const { bytesRead } = await file.read(block, 0, block.length);
        if (bytesRead === 0) return;
        yield this.codec.decode(block.subarray(0, bytesRead));
      }
    } finally {
      await file?.close();
    }
  }
}

function order(a: Placed, b: Placed): number {
  return a.tick.tsMs - b.tick.tsMs || a.place - b.place;
}

interface Run {
  readonly blocks: AsyncGenerator<Placed[]>;
  block: Placed[];
  at: number;
}

/** The runs as one, by a heap of their next ticks. */
async function* merged(sources: readonly AsyncGenerator<Placed[]>[]): AsyncGenerator<Tick[]> {
  const heap: Run[] = [];
  try {
    for (const blocks of sources) {
      const run = { blocks, block: [] as Placed[], at: 0 };
      if (await refill(run)) heap.push(run);
    }
    heap.sort((a, b) => order(headOf(a), headOf(b)));
    let batch: Tick[] = [];
    while (heap.length > 0) {
      const run = heap[0]!;
      batch.push(headOf(run).tick);
      run.at += 1;
      if (run.at === run.block.length && !(await refill(run))) {
        const last = heap.pop()!;
        if (heap.length > 0) heap[0] = last;
      }
      sink(heap);
      if (batch.length < BLOCK_TICKS) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

async function refill(run: Run): Promise<boolean> {
  const { value, done } = await run.blocks.next();
  if (done === true) return false;
  run.block = value;
  run.at = 0;
  return true;
}

function headOf({ block, at }: Run): Placed {
  return block[at]!;
}

/** Restores the heap after its first element has changed. */
function sink(heap: Run[]): void {
  for (let i = 0; ;) {
    let least = i;
    for (const child of [2 * i + 1, 2 * i + 2]) {
      if (child < heap.length && order(headOf(heap[child]!), headOf(heap[least]!)) < 0) least = child;
    }
    if (least === i) return;
    [heap[i], heap[least]] = [heap[least]!, heap[i]!];
    i = least;
  }
}
