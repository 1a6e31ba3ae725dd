// The load of a trial: one symbol over HTTP by two producers, and one over a packed socket, at the same time.
import { distinctBatches } from "../bench/kill-market.ts";
import type { Tick } from "../src/features/tick.ts";
import { HttpProducers } from "./http-producers.ts";
import { PackedProducer } from "./packed-producer.ts";
import { SentLog } from "./sent-log.ts";

export const BATCH_TICKS = 100;
/** The first batches are long. With them models answer: the threshold wants 900 steps. */
const WARM_BATCHES = 2;
const WARM_MS = 800_000;
/** Below what one request may have. */
const WARM_TICKS = 4_800;
/** The load must not saturate the machine: a fault is to be seen, and not a queue. */
const PAUSE_MS = 150;

export interface LoadOptions {
  /** Distinguishes the symbols of the trials of a run. */
  readonly name: string;
  readonly seed: number;
  readonly url: () => string;
}

export class Load {
  readonly logs: readonly SentLog[];
  private readonly producers: readonly (HttpProducers | PackedProducer)[];
  private stop = new AbortController();
  private running: Promise<unknown> | undefined;

  constructor({ name, seed, url }: LoadOptions) {
    const log = (symbol: string, offset: number): SentLog => new SentLog(symbol, warmFirst(symbol, seed + offset));
    const options = { url, pauseMs: PAUSE_MS };
    const [http, socket] = [log(`${name}-HTTP`, 0), log(`${name}-SOCKET`, 1)];
    this.logs = [http, socket];
    this.producers = [new HttpProducers(http, options), new PackedProducer(socket, options)];
  }

  /** So many batches of each symbol, all settled. */
  async send(batches = WARM_BATCHES): Promise<void> {
    const never = new AbortController().signal;
    await Promise.all(this.producers.map((producer) => producer.run(never, batches)));
  }

  /** From now on until `finish`. */
  begin(): void {
    this.stop = new AbortController();
    this.running = Promise.all(this.producers.map((producer) => producer.run(this.stop.signal)));
    // Told by `finish`.
    this.running.catch(() => undefined);
  }

  /** Ends the load when every batch has its last answer. @throws Error when one never gets it. */
  async finish(): Promise<void> {
    this.stop.abort();
    await this.running;
  }
}

function* warmFirst(symbol: string, seed: number): Generator<readonly Tick[], undefined> {
  const batches = distinctBatches(symbol, seed, BATCH_TICKS);
  for (let warm = 0; warm < WARM_BATCHES; warm++) {
    const ticks = [...batches.next().value!];
    while (ticks.at(-1)!.tsMs < ticks[0]!.tsMs + WARM_MS && ticks.length < WARM_TICKS) {
      ticks.push(...batches.next().value!);
    }
    yield ticks;
  }
  return yield* batches;
}
