// The least that durable ingest over a socket can be: a packed frame → one BLOB in SQLite → its acknowledgement. No
// checks, no features, no scoring. `npm run bench -- sockets` runs it beside the gateway.
import { DurableObject } from "cloudflare:workers";

export class SymbolObject extends DurableObject {
  #frames = 0;

  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS slots (slot INTEGER PRIMARY KEY, frame BLOB) WITHOUT ROWID");
  }

  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.send('{"type":"hello"}');
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, frame) {
    this.ctx.storage.sql.exec(
      "INSERT INTO slots (slot, frame) VALUES (?, ?) ON CONFLICT (slot) DO UPDATE SET frame = excluded.frame",
      this.#frames++ % 256,
      frame,
    );
    // The answer leaves when the row is on disk. The frame's number is in its bytes 8 to 11.
    socket.send(`{"type":"ack","seq":${new DataView(frame).getUint32(8, true)}}`);
  }
}

export default {
  async fetch(request, env) {
    if (request.headers.get("Upgrade") !== "websocket") return new Response("ready");
    return await env.SYMBOLS.getByName(new URL(request.url).pathname).fetch(request);
  },
};
