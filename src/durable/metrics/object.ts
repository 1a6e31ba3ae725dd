// What all isolates counted, summed. One object; the arithmetic is in src/counting/count-sums.ts.
import { DurableObject } from "cloudflare:workers";
import { CountSums } from "../../counting/count-sums.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import { countBatchesSchema } from "../../counting/series-count.ts";
import { logWarning } from "../../log.ts";
import { isFresh } from "../../model/is-fresh.ts";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import type { Env } from "../../settings.ts";

const SUMS = "sums";
/** Between two writes at least, while nobody reads. */
const WRITE_MS = 5_000;

export class MetricsObject extends DurableObject<Env> {
  private readonly storage: DurableObjectStorage;
  private readonly sums: CountSums;
  /** What is stored. Nothing else is shown: a sum that were shown and lost would fall. */
  private stored: { readonly text: string; readonly lastSeqs: ReadonlyMap<string, number> };
  private writtenMs = -Infinity;
  private hasNews = false;
  private isWriteSet = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.storage = countedStorage(ctx.storage, "metrics");
    const { sums, fault } = CountSums.fromText(this.storage.kv.get<string>(SUMS), Date.now());
    if (fault !== undefined) logWarning("metrics_sums_unreadable", { error: fault });
    this.sums = sums;
    this.stored = { text: sums.toText(Date.now()), lastSeqs: sums.lastSeqs() };
  }

  /**
   * Adds what an isolate counted, once. Returns the number of its last batch that is durable: it sends those after it
   * again. Throws `TypeError` for batches that it cannot read.
   * @param given `CountBatch[]` of whatever version of the gateway.
   */
  report(isolate: string, given: unknown): number {
    this.add(isolate, given);
    if (!isFresh(this.writtenMs, WRITE_MS, Date.now())) this.write();
    else this.writeSoon();
    return this.stored.lastSeqs.get(isolate) ?? 0;
  }

  /** The same for an isolate that is scraped: writes at once, and returns all sums as `CountSums.toText` has them. */
  exchange(isolate: string, given: unknown): { readonly lastSeq: number; readonly text: string } {
    this.add(isolate, given);
    this.write();
    const { text, lastSeqs } = this.stored;
    return { lastSeq: lastSeqs.get(isolate) ?? 0, text };
  }

  private add(isolate: string, given: unknown): void {
    const refuse = (text: string): Error => new TypeError(text);
    const batches = parseOrThrow(countBatchesSchema, given, { name: "batches", refuse });
    if (this.sums.add(isolate, batches, Date.now()) > 0) this.hasNews = true;
  }

  /**
   * Without a further report too: in a quiet gateway none comes before this object and the isolate that reported are
   * evicted, and nobody would have what it counted.
   */
  private writeSoon(): void {
    if (!this.hasNews || this.isWriteSet) return;
    this.isWriteSet = true;
    setTimeout(() => {
      this.isWriteSet = false;
      this.write();
    }, WRITE_MS);
  }

  /** Never throws: on a full disk what is stored is shown, and the isolates keep what is not. */
  private write(): void {
    if (!this.hasNews) return;
    const nowMs = Date.now();
    try {
      const text = this.sums.toText(nowMs);
      this.storage.kv.put(SUMS, text);
      this.stored = { text, lastSeqs: this.sums.lastSeqs() };
      this.hasNews = false;
    } catch (error) {
      logWarning("metrics_sums_not_stored", { error: String(error) });
    }
    this.writtenMs = nowMs;
  }
}
