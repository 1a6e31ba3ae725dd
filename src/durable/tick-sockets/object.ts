// One socket that brings ticks of several symbols: hibernates between frames, and hands each symbol its part of one.
import { DurableObject } from "cloudflare:workers";
import { deliverFrame } from "../../clients/deliver-batch.ts";
import { TickSockets } from "../../frames/tick-sockets.ts";
import type { Env } from "../../settings.ts";

export class TickSocketObject extends DurableObject<Env> {
  private readonly sockets: TickSockets;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sockets = new TickSockets(ctx, { env, deliver: (batches) => deliverFrame(env, batches) });
  }

  /** Opens the socket: the Worker has checked the request. */
  override fetch(request: Request): Response {
    return this.sockets.accept(request);
  }

  override async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.sockets.take(ws, message);
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.sockets.closed(ws, code);
  }

  override webSocketError(ws: WebSocket): void {
    this.sockets.broken(ws);
  }
}
