// What must tell of a fault, and who looks: the gateway's metrics and its health, read during the whole trial.
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 10_000;

/** A metric, of which some sample must rise or differ, or a reason or notice of `/health`. */
export interface Witness {
  readonly name: string;
  readonly in: "metrics" | "health";
}

export const metric = (name: string): Witness => ({ name, in: "metrics" });
export const health = (name: string): Witness => ({ name, in: "health" });

export class Observer {
  /** Reasons and notices that `/health` had. */
  readonly reasons = new Set<string>();
  private baseline = new Map<string, number>();
  private readonly most = new Map<string, number>();
  private readonly url: () => string;
  private isOver = false;
  private running: Promise<void> | undefined;

  constructor(url: () => string) {
    this.url = url;
  }

  /** Remembers how the metrics stand, and looks on until `end`. */
  async begin(): Promise<void> {
    this.baseline = (await readMetrics(this.url())) ?? new Map<string, number>();
    this.running = this.look();
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  /** Whether a metric rose above what it was before the fault, or `/health` had the reason. */
  hasSeen(witness: Witness): boolean {
    if (witness.in === "health") return this.reasons.has(witness.name);
    return (this.most.get(witness.name) ?? 0) > (this.baseline.get(witness.name) ?? 0);
  }

  /** Waits until all have told, at most so long. */
  async untilSeen(witnesses: readonly Witness[], withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while (performance.now() < until && !witnesses.every((witness) => this.hasSeen(witness))) await sleep(100);
  }

  private async look(): Promise<void> {
    while (!this.isOver) {
      for (const [name, value] of (await readMetrics(this.url())) ?? []) {
        this.most.set(name, Math.max(value, this.most.get(name) ?? -Infinity));
      }
      for (const code of (await readHealth(this.url())) ?? []) this.reasons.add(code);
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/**
 * The sum of the samples of each metric, and each sample by its whole text: `a_total` and `a_total{b="c"}`. `undefined`
 * when the gateway does not answer.
 */
export async function readMetrics(url: string): Promise<Map<string, number> | undefined> {
  const text = await ask(`${url}/metrics`, (response) => response.text());
  if (text === undefined) return undefined;
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = /^([a-z0-9_]+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    values.set(name, (values.get(name) ?? 0) + Number(value));
    if (labels !== "") values.set(`${name}${labels}`, Number(value));
  }
  return values;
}

/** Codes of the reasons and the notices. */
export async function readHealth(url: string): Promise<string[] | undefined> {
  interface Health {
    readonly reasons: readonly { readonly code: string }[];
    readonly notices: readonly { readonly code: string }[];
  }
  const health = await ask(`${url}/health`, async (response) => (await response.json()) as Health);
  return health === undefined ? undefined : [...health.reasons, ...health.notices].map(({ code }) => code);
}

async function ask<T>(url: string, read: (response: Response) => Promise<T>): Promise<T | undefined> {
  try {
    return await read(await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }));
  } catch {
    return undefined;
  }
}
