// One trial: a fresh gateway, a load, one fault, and the account of what became of the ticks.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom } from "../src/features/seeded-random.ts";
import { archivedTicks, archiveFaults } from "./archive-check.ts";
import { ChaosGateway } from "./chaos-gateway.ts";
import type { Fault, Scene } from "./fault.ts";
import { Load } from "./load.ts";
import type { SentBatch, SentLog } from "./sent-log.ts";
import { SmallDisk } from "./small-disk.ts";
import { compareWithTwin } from "./twin.ts";
import { Observer, readHealth, readMetrics } from "./witness.ts";

const TOLD_WITHIN_MS = 30_000;
/** A retry of the archive waits up to 20 s after the failures of one trial. */
const GONE_WITHIN_MS = 60_000;
const ARCHIVED_WITHIN_MS = 60_000;

export interface TrialResult {
  readonly seed: number;
  readonly number: number;
  readonly fault: string;
  /** Why it was left out; nothing else counts then. */
  readonly skipped?: string;
  readonly injuries: number;
  readonly ticksSent: number;
  readonly ticksAcknowledged: number;
  /** Ticks of batches that were refused for good. */
  readonly ticksRefused: number;
  readonly batchesResent: number;
  /** Of them: those that the gateway said it had applied before. */
  readonly resentApplied: number;
  readonly lost: number;
  readonly doubled: number;
  /** Acknowledged ticks that the fault cost and of which the gateway told. */
  readonly forfeited: number;
  readonly told: Readonly<Record<string, boolean>>;
  readonly violations: readonly string[];
  readonly seconds: number;
}

export interface TrialOptions {
  readonly seed: number;
  readonly number: number;
  readonly bundleDir: string;
  /** A folder of the run; it must have a short path. */
  readonly folder: string;
  readonly twinUrl: string;
}

/** Runs it; whatever happens, nothing is left running. */
export async function runTrial(fault: Fault, options: TrialOptions): Promise<TrialResult> {
  const { seed, number, bundleDir } = options;
  const folder = join(options.folder, `t${number}`);
  const startedAt = performance.now();
  mkdirSync(folder, { recursive: true });
  const disk =
    fault.diskMegabytes === undefined ? undefined : SmallDisk.mount(join(folder, "objects"), fault.diskMegabytes);
  const empty = { ...emptyResult(fault, options), seconds: 0 };
  if (fault.diskMegabytes !== undefined && disk === undefined) return { ...empty, skipped: "no tmpfs can be mounted" };
  const gateway = await ChaosGateway.prepare(bundleDir, folder);
  const observer = new Observer(() => gateway.url);
  const trial = new Trial(fault, {
    gateway,
    observer,
    disk,
    random: new SeededRandom(`${seed}:${number}:${fault.name}`),
  });
  try {
    await gateway.deploy();
    const name = `C${number}`;
    const load = new Load({ name, seed: 1_000 * seed + 10 * number, url: () => gateway.url });
    await trial.run(load, options.twinUrl);
    return { ...trial.result(load, options), seconds: (performance.now() - startedAt) / 1000 };
  } catch (error) {
    const violations = [`the trial ended early: ${error instanceof Error ? error.message : String(error)}`];
    return { ...empty, violations, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await observer.end();
    await gateway.close();
    disk?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

interface TrialParts {
  readonly gateway: ChaosGateway;
  readonly observer: Observer;
  readonly disk: SmallDisk | undefined;
  readonly random: SeededRandom;
}

class Trial {
  readonly random: SeededRandom;
  private readonly fault: Fault;
  private readonly parts: TrialParts;
  private readonly forfeited = new Set<SentBatch>();
  private readonly violations: string[] = [];
  private injuries = 0;
  private lost = 0;
  private doubled = 0;

  constructor(fault: Fault, parts: TrialParts) {
    this.fault = fault;
    this.parts = parts;
    this.random = parts.random;
  }

  async run(load: Load, twinUrl: string): Promise<void> {
    const { gateway, observer } = this.parts;
    await load.send();
    await observer.begin();
    await this.fault.run(this.scene(load));
    await load.finish();
    await observer.untilSeen(this.fault.told, TOLD_WITHIN_MS);
    const excused = new Set(this.fault.excused ?? []);
    const { forfeited } = this;
    await Promise.all(
      load.logs.map(async (log) => {
        const found = await compareWithTwin(log, { url: gateway.url, twinUrl, forfeited, excused });
        this.lost += found.lost;
        this.doubled += found.doubled;
        this.violations.push(...found.differences, ...(await this.archiveFaults(log)));
      }),
    );
  }

  result(load: Load, options: TrialOptions): Omit<TrialResult, "seconds"> {
    const batches = load.logs.flatMap((log) =>
      log.batches.filter((one) => one.acknowledged || one.refused !== undefined),
    );
    const told = Object.fromEntries(this.fault.told.map((one) => [one.name, this.parts.observer.hasSeen(one)]));
    const untold = Object.keys(told).filter((name) => !told[name]);
    return {
      ...emptyResult(this.fault, options),
      ...{ injuries: this.injuries, lost: this.lost, doubled: this.doubled, told },
      ticksSent: ticksOf(batches),
      ticksAcknowledged: ticksOf(batches.filter(({ acknowledged }) => acknowledged)),
      ticksRefused: ticksOf(batches.filter(({ refused }) => refused !== undefined)),
      batchesResent: batches.reduce((sum, { resent }) => sum + resent, 0),
      resentApplied: batches.filter(({ hadBeenApplied }) => hadBeenApplied).length,
      forfeited: ticksOf([...this.forfeited]),
      violations: [
        ...this.violations,
        ...(this.injuries === 0 ? ["the fault hurt nothing: nothing is shown"] : []),
        ...untold.map((name) => `nothing told of it: ${name} did not move`),
      ],
    };
  }

  private scene(load: Load): Scene {
    const { gateway, observer, disk, random } = this.parts;
    return {
      ...{ gateway, load, random },
      ...(disk === undefined ? {} : { disk }),
      between: (least, most) => least + (most - least) * random.uniform(),
      injured: () => (this.injuries += 1),
      untilTold: () => observer.untilSeen(this.fault.told, TOLD_WITHIN_MS),
      untilGone: (reason) => this.untilGone(reason),
      forfeit: (batch) => void this.forfeited.add(batch),
      violation: (text) => void this.violations.push(text),
    };
  }

  private async untilGone(reason: string): Promise<void> {
    const until = performance.now() + GONE_WITHIN_MS;
    while ((await readHealth(this.parts.gateway.url))?.includes(reason) !== false) {
      if (performance.now() > until) {
        this.violations.push(`/health still has ${reason} ${GONE_WITHIN_MS / 1000} s after the fault was healed`);
        return;
      }
      await sleep(500);
    }
  }

  /** The archive may still be at work. */
  private async archiveFaults(log: SentLog): Promise<string[]> {
    const { url, bucketDir } = this.parts.gateway;
    const sample = `volgate_archived_ticks_total{symbol="${log.symbol}"}`;
    const until = performance.now() + ARCHIVED_WITHIN_MS;
    for (;;) {
      const [said, there] = [(await readMetrics(url))?.get(sample), await archivedTicks(bucketDir, log.symbol)];
      if (said === there && there > 0) return await archiveFaults(bucketDir, log);
      if (performance.now() > until)
        return [`${log.symbol}: ${sample} says ${said}, and ${there} ticks are in the bucket`];
      await sleep(500);
    }
  }
}

function emptyResult(fault: Fault, { seed, number }: TrialOptions): Omit<TrialResult, "seconds"> {
  return {
    ...{ seed, number, fault: fault.name, injuries: 0, ticksSent: 0, ticksAcknowledged: 0, ticksRefused: 0 },
    ...{ batchesResent: 0, resentApplied: 0, lost: 0, doubled: 0, forfeited: 0, told: {}, violations: [] },
  };
}

function ticksOf(batches: readonly SentBatch[]): number {
  return batches.reduce((sum, { ticks }) => sum + ticks.length, 0);
}
