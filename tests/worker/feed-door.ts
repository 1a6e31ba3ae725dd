// The gateway with symbols that remember which ticks they took, for the end-to-end test of its feeds: GET /taken lists
// those of a symbol.
import { receivedTicks } from "../../src/clients/sent-ticks.ts";
import { symbolOf } from "../../src/clients/symbols.ts";
import { SymbolObject as Real } from "../../src/durable/symbol/object.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import type { Env } from "../../src/settings.ts";
import worker from "../../src/worker.ts";

export * from "../../src/worker.ts";

/** A tick that was taken: its price, `null` for a quote alone, and the size that tells it apart. */
export type TakenTick = readonly [price: number | null, size: number];

export class SymbolObject extends Real {
  private readonly taken: TakenTick[] = [];
  private readonly batches = new Set<string>();

  override async ingest(sent: Parameters<Real["ingest"]>[0]): Promise<Awaited<ReturnType<Real["ingest"]>>> {
    const answer = await super.ingest(sent);
    const batch = `${sent.producer} ${sent.producerSeq}`;
    if (answer.refused !== undefined || this.batches.has(batch)) return answer;
    this.batches.add(batch);
    const rows = receivedTicks(sent);
    for (let at = 0; at < rows.length; at += TICK_FIELDS) {
      const [price, bidSize, size] = [rows[at + 1]!, rows[at + 4]!, rows[at + 6]!];
      this.taken.push(Number.isNaN(price) ? [null, bidSize] : [price, size]);
    }
    return answer;
  }

  takenTicks(): readonly TakenTick[] {
    return this.taken;
  }
}

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname !== "/taken") return await worker.fetch(request, env, ctx);
    const stub = symbolOf(env, url.searchParams.get("symbol")!) as unknown as Pick<SymbolObject, "takenTicks">;
    return Response.json(await stub.takenTicks());
  },
} satisfies ExportedHandler<Env>;
