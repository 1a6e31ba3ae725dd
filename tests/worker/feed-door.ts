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
  override async ingest(sent: Parameters<Real["ingest"]>[0]): Promise<Awaited<ReturnType<Real["ingest"]>>> {
    const answer = await super.ingest(sent);
    if (answer.refused === undefined) this.remember(`${sent.producer} ${sent.producerSeq}`, receivedTicks(sent));
    return answer;
  }

  takenTicks(): TakenTick[] {
    const rows = this.table.exec<{ price: number | null; size: number }>("SELECT price, size FROM taken").toArray();
    return rows.map(({ price, size }) => [price, size]);
  }

  /** On disk, so that a test can kill the gateway. A batch that is delivered again is remembered once. */
  private remember(batch: string, rows: Float64Array): void {
    const { table } = this;
    if (table.exec("SELECT 1 FROM taken WHERE batch = ?", batch).toArray().length > 0) return;
    for (let at = 0; at < rows.length; at += TICK_FIELDS) {
      const [price, bidSize, size] = [rows[at + 1]!, rows[at + 4]!, rows[at + 6]!];
      const tick = Number.isNaN(price) ? [null, bidSize] : [price, size];
      table.exec("INSERT INTO taken VALUES (?, ?, ?)", batch, ...tick);
    }
  }

  private get table(): SqlStorage {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS taken (batch TEXT, price REAL, size REAL)");
    return sql;
  }
}

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname !== "/taken") return await worker.fetch(request, env, ctx);
    const stub = symbolOf(env, url.searchParams.get("symbol")!) as unknown as { takenTicks(): Promise<TakenTick[]> };
    return Response.json(await stub.takenTicks());
  },
} satisfies ExportedHandler<Env>;
