// The least that durable ingest can be: JSON ticks → typed array → RPC to an object → one BLOB in SQLite. No checks, no
// features, no scoring. `npm run bench -- ingest` runs it beside the gateway, so that a figure can be read on any
// machine as a share of what the platform gives there.
import { DurableObject } from "cloudflare:workers";

export class SymbolObject extends DurableObject {
  #batches = 0;

  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS slots (slot INTEGER PRIMARY KEY, batch BLOB) WITHOUT ROWID");
  }

  ingest(rows) {
    this.ctx.storage.sql.exec(
      "INSERT INTO slots (slot, batch) VALUES (?, ?) ON CONFLICT (slot) DO UPDATE SET batch = excluded.batch",
      this.#batches++ % 256,
      rows.buffer,
    );
    return { accepted: rows.length / 8 };
  }
}

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response("ready");
    const ticks = JSON.parse(await request.text());
    const rows = new Float64Array(ticks.length * 8);
    for (let i = 0; i < ticks.length; i++) {
      const { ts, price, bid, ask, bidSize, askSize, size, id } = ticks[i];
      rows.set([ts, price, bid, ask, bidSize, askSize, size, id], i * 8);
    }
    return Response.json(await env.SYMBOLS.get(env.SYMBOLS.idFromName(ticks[0].symbol)).ingest(rows));
  },
};
