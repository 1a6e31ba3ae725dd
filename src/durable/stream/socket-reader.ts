// A reader on a WebSocket, which stays open while the hub sleeps: what it must know then is kept in the socket.
import * as v from "valibot";
import { CheckFlow } from "../../stream/check-flow.ts";
import type { StreamEvent } from "../../stream/stream-event.ts";
import { ALERT_SOURCE } from "../../stream/stream-cursor.ts";
import { type KeptReader, keptReaderSchema, type Subscription } from "../../stream/subscription.ts";
import { Reader } from "./reader.ts";
import type { Topic } from "./topic.ts";

export class SocketReader extends Reader {
  readonly transport = "websocket";
  readonly socket: WebSocket;
  private readonly flow: CheckFlow;
  private readonly onLate: () => void;

  /** @param onLate called when a check was sent: `dueMs` is set. */
  constructor(socket: WebSocket, subscription: Subscription, onLate: () => void, checks?: KeptReader["checks"]) {
    super(subscription);
    this.socket = socket;
    this.onLate = onLate;
    this.flow = new CheckFlow(checks);
  }

  get hasRoom(): boolean {
    return this.flow.hasRoom;
  }

  get dueMs(): number | undefined {
    return this.flow.dueMs;
  }

  greet(text: string): void {
    this.send(text);
    this.keep();
  }

  /** The answer to a check. Returns false for one that was not sent. */
  checked(n: number): boolean {
    const isGood = this.flow.answer(n, Date.now());
    this.keep();
    return isGood;
  }

  /** Stores what it must know when the hub wakes. */
  keep(): void {
    if (this.isClosed) return;
    const { symbols } = this.subscription;
    const behind = [...this.behind].map(([{ source }, position]): [number, number] => [
      symbols.indexOf(source),
      position,
    ]);
    const kept: KeptReader = { subscription: this.subscription, behind, checks: this.flow.state };
    this.socket.serializeAttachment(kept);
  }

  close(code: number, reason: string): void {
    this.isClosed = true;
    try {
      this.socket.close(code, reason);
    } catch {
      // It is closed already.
    }
  }

  protected deliver(_: Topic, { text }: StreamEvent): void {
    this.send(text);
    const check = this.flow.count(text.length, Date.now());
    if (check === undefined) return;
    this.send(JSON.stringify({ type: "check", n: check }));
    this.keep();
    this.onLate();
  }

  /** A socket that is gone is taken out when the runtime says so. */
  private send(text: string): void {
    try {
      this.socket.send(text);
    } catch {
      this.isClosed = true;
    }
  }
}

/** What a socket has kept, with the positions by source; `undefined` for what cannot be read. */
export function keptReader(
  socket: WebSocket,
): (Omit<KeptReader, "behind"> & { readonly behind: ReadonlyMap<string, number> }) | undefined {
  const result = v.safeParse(keptReaderSchema, socket.deserializeAttachment());
  if (!result.success) return undefined;
  const { subscription, behind, checks } = result.output;
  const named = behind.map(([at, position]): [string, number] => [subscription.symbols[at] ?? ALERT_SOURCE, position]);
  return { subscription, checks, behind: new Map(named) };
}
