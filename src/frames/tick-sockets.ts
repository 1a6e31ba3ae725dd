// The sockets that bring an object ticks: hibernating, their frames answered one by one in the order of their arrival.
// The object says what becomes of a symbol's batch.
import type { Delivery } from "../clients/delivery.ts";
import { areCountsDue, sendCounts } from "../clients/metrics.ts";
import type { IngestBatch } from "../durable/symbol/pipeline.ts";
import {
  ingestBytes,
  ingestLatency,
  socketFrames,
  socketsClosed,
  socketsOpened,
} from "../counting/isolate-counters.ts";
import { IngestReport } from "../http/ingest-report.ts";
import { type FrameAck, type FrameRefused, IN_FLIGHT } from "../http/tick-socket-schema.ts";
import { logError } from "../log.ts";
import { runAsRequest } from "../request-context.ts";
import { type Env, settingsOf } from "../settings.ts";
import { ackMessage, earlyMessage, failedMessage, helloMessage, refusalOf } from "./frame-answer.ts";
import { frameBatches } from "./frame-batches.ts";
import { FrameGate, OPEN_GATE } from "./frame-gate.ts";
import { isRefusal, readFrame } from "./read-frame.ts";
import { factsOf, parseAttachment, type SocketFacts } from "./socket-facts.ts";

/** By which these sockets are told from an object's others. */
export const TICKS_TAG = "ticks";
/** Why the gateway closes a socket. */
export const CLOSE_CODES = { internal_error: 1011, too_many_in_flight: 4029, symbol_removed: 4410 } as const;

interface SocketOptions {
  readonly env: Env;
  /** Hands a symbol its part of a frame. Never throws. */
  readonly deliver: (batch: IngestBatch) => Promise<Delivery>;
}

interface Waiting {
  readonly message: string | ArrayBuffer;
  readonly receivedMs: number;
}

/** A socket that is awake. */
interface AwakeSocket {
  readonly facts: SocketFacts;
  readonly gate: FrameGate;
  /** Frames without an answer, in the order of their arrival. */
  readonly waiting: Waiting[];
  waitingBytes: number;
  /** Set while frames are answered. */
  answering: Promise<void> | undefined;
  /** Closed by the gateway: what waits is not taken any more. */
  isDropped: boolean;
}

export class TickSockets {
  private readonly ctx: DurableObjectState;
  private readonly options: SocketOptions;
  private readonly awake = new WeakMap<WebSocket, AwakeSocket>();

  constructor(ctx: DurableObjectState, options: SocketOptions) {
    this.ctx = ctx;
    this.options = options;
  }

  /** The answer to an upgrade, which the Worker has checked. */
  accept(request: Request): Response {
    const facts = factsOf(request);
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.ctx.acceptWebSocket(server, [TICKS_TAG]);
    server.serializeAttachment({ ...facts, ...OPEN_GATE });
    server.send(JSON.stringify(helloMessage(IN_FLIGHT)));
    socketsOpened.inc({ socket: kindOf(facts) });
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Takes a message; done when it and all before it are answered. Never throws. */
  async take(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const socket = this.awakeOf(ws);
    if (socket.isDropped) return;
    // Before the first await: messages that follow must find this one waiting.
    socket.waiting.push({ message, receivedMs: Date.now() });
    socket.waitingBytes += sizeOf(message);
    if (socket.waiting.length > IN_FLIGHT.frames || socket.waitingBytes > IN_FLIGHT.bytes) {
      this.drop(ws, "too_many_in_flight");
      return;
    }
    socket.answering ??= this.answerWaiting(ws, socket);
    await socket.answering;
  }

  /** A socket that its client has closed, or lost. What it sent before is taken all the same. */
  closed(ws: WebSocket, code: number): void {
    const { facts } = this.awakeOf(ws);
    socketsClosed.inc({ socket: kindOf(facts), code: codeText(code) });
    this.sendCounts();
  }

  /** Closes every socket; what waits is not taken. */
  dropAll(reason: keyof typeof CLOSE_CODES): void {
    for (const ws of this.ctx.getWebSockets(TICKS_TAG)) this.drop(ws, reason);
  }

  private drop(ws: WebSocket, reason: keyof typeof CLOSE_CODES): void {
    const socket = this.awakeOf(ws);
    if (socket.isDropped) return;
    socket.isDropped = true;
    socket.waiting.length = 0;
    ws.close(CLOSE_CODES[reason], reason);
  }

  private awakeOf(ws: WebSocket): AwakeSocket {
    const known = this.awake.get(ws);
    if (known !== undefined) return known;
    const { expected, retryAfterS, ...facts } = parseAttachment(ws.deserializeAttachment());
    const gate = new FrameGate({ expected, retryAfterS });
    const socket = { facts, gate, waiting: [], waitingBytes: 0, answering: undefined, isDropped: false };
    this.awake.set(ws, socket);
    return socket;
  }

  private async answerWaiting(ws: WebSocket, socket: AwakeSocket): Promise<void> {
    const { facts, gate, waiting } = socket;
    try {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const answer = await this.answerTo(next, socket);
        // Dropped meanwhile: nothing waits any more.
        if (socket.isDropped) return;
        waiting.shift();
        socket.waitingBytes -= sizeOf(next.message);
        // An answer to a client that is gone is lost: it sends the frame again.
        if (ws.readyState === WebSocket.OPEN) ws.send(JSON.stringify(answer));
      }
      ws.serializeAttachment({ ...facts, ...gate.state });
    } catch (error) {
      logError("frame_failed", {
        symbol: facts.symbol ?? undefined,
        request_id: facts.requestId,
        error: String(error),
      });
      this.drop(ws, "internal_error");
    } finally {
      socket.answering = undefined;
      this.sendCounts();
    }
  }

  private async answerTo({ message, receivedMs }: Waiting, socket: AwakeSocket): Promise<FrameAck | FrameRefused> {
    const { facts, gate } = socket;
    const kind = kindOf(facts);
    ingestBytes.inc({}, sizeOf(message));
    const frame = readFrame(message);
    if (isRefusal(frame)) {
      gate.pass(frame.seq);
      return counted(kind, refusalOf(frame));
    }
    const { seq } = frame;
    const early = gate.earlyBy(seq);
    if (early !== undefined) return counted(kind, earlyMessage(seq, early));
    const { env, deliver } = this.options;
    const report = new IngestReport("socket");
    const batches = frameBatches(frame, facts, { receivedMs, rules: settingsOf(env).tickRules }, report);
    if ("code" in batches) {
      gate.pass(seq);
      return counted(kind, refusalOf(batches));
    }
    const { producer, requestId } = facts;
    const sender = { producer, producerSeq: producer === null ? null : seq, requestId, maxTraceBytes: null };
    const deliveries = [...batches].map(async ([symbol, batch]) => {
      const { rows, receiptTimed, contentHash } = batch;
      const sent = { ...sender, symbol, rows, receiptTimed, contentHash };
      report.addDelivery(symbol, batch, await runAsRequest({ requestId }, () => deliver(sent)));
    });
    await Promise.all(deliveries);
    ingestLatency.observe({ way: "socket" }, (Date.now() - receivedMs) / 1000);
    const answer = ackMessage(seq, report) ?? failedMessage(seq, report, facts.symbol === null);
    if (answer.type === "ack" || answer.retry_after_s === null) gate.pass(seq);
    else gate.close(seq, answer.retry_after_s);
    return counted(kind, answer);
  }

  private sendCounts(): void {
    if (areCountsDue("object", Date.now())) this.ctx.waitUntil(sendCounts(this.options.env, "object"));
  }
}

/** The two routes. */
function kindOf({ symbol }: SocketFacts): "symbol" | "ticks" {
  return symbol === null ? "ticks" : "symbol";
}

function counted<Answer extends FrameAck | FrameRefused>(socket: "symbol" | "ticks", answer: Answer): Answer {
  socketFrames.inc({ socket, outcome: answer.type === "ack" ? "acknowledged" : answer.code });
  return answer;
}

function sizeOf(message: string | ArrayBuffer): number {
  return typeof message === "string" ? message.length : message.byteLength;
}

const CLOSE_NAMES: readonly number[] = [1000, 1001, 1005, 1006, 1009, 1011, 1012, 4029, 4410];

function codeText(code: number): string {
  return CLOSE_NAMES.includes(code) ? String(code) : "other";
}
