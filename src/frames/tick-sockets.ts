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
import type { TickFrame } from "../markets/tick-frame.ts";
import { runAsRequest } from "../request-context.ts";
import { type Env, settingsOf } from "../settings.ts";
import { ackMessage, earlyMessage, failedMessage, helloMessage, refusalOf } from "./frame-answer.ts";
import { type FrameBatch, frameBatches } from "./frame-batches.ts";
import type { FrameRefusal } from "./frame-codes.ts";
import { FrameGate, OPEN_GATE } from "./frame-gate.ts";
import { isRefusal, type ReadFrame, readFrame, type TextFrame } from "./read-frame.ts";
import { factsOf, parseAttachment, type SocketFacts } from "./socket-facts.ts";

/** By which these sockets are told from an object's others. */
const TICKS_TAG = "ticks";
/** Frames of one symbol that are applied as one, and ticks after which no further one is added. */
const MOST_TOGETHER = { frames: 32, ticks: 4_096 } as const;
/** Why the gateway closes a socket. */
const CLOSE_CODES = { internal_error: 1011, too_many_in_flight: 4029, symbol_removed: 4410 } as const;

/** The code of an end without a close frame. */
const NO_CLOSE_FRAME = 1006;

interface SocketOptions {
  readonly env: Env;
  /** Hands symbols their parts of frames, those of one symbol in their order. Never throws. */
  readonly deliver: (batches: readonly IngestBatch[]) => Promise<readonly Delivery[]>;
}

interface Waiting {
  readonly message: string | ArrayBuffer;
  readonly receivedMs: number;
  /** Set once it was read. */
  frame?: ReadFrame;
}

/** A frame whose turn it is, and what became of its ticks so far. */
interface TurnOf {
  readonly frame: TextFrame | TickFrame;
  readonly receivedMs: number;
  readonly report: IngestReport;
  readonly batches: ReadonlyMap<string, FrameBatch>;
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
    ingestBytes.inc({}, sizeOf(message));
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

  /** A socket that the platform ended in place of a close: bytes that are no WebSocket's, or too large a message. */
  broken(ws: WebSocket): void {
    this.closed(ws, NO_CLOSE_FRAME);
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
        const answers = await this.answersTo(next, socket);
        // Dropped meanwhile: nothing waits any more.
        if (socket.isDropped) return;
        for (const { message } of waiting.splice(0, answers.length)) socket.waitingBytes -= sizeOf(message);
        // An answer to a client that is gone is lost: it sends the frame again.
        if (ws.readyState === WebSocket.OPEN) for (const answer of answers) ws.send(JSON.stringify(answer));
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

  /** Answers the first frame that waits, and those that can be taken together with it. */
  private async answersTo(first: Waiting, socket: AwakeSocket): Promise<(FrameAck | FrameRefused)[]> {
    const { facts, gate } = socket;
    const kind = kindOf(facts);
    const frame = (first.frame ??= readFrame(first.message));
    const early = isRefusal(frame) ? undefined : gate.earlyBy(frame.seq);
    if (early !== undefined) return [counted(kind, earlyMessage(frame.seq!, early))];
    const turn = isRefusal(frame) ? frame : this.turnOf(frame, first, facts);
    if ("code" in turn) {
      gate.pass(turn.seq);
      return [counted(kind, refusalOf(turn))];
    }
    const turns = [turn, ...this.turnsAfter(turn, socket)];
    await this.deliver(turns, facts);
    return turns.map(({ frame: { seq }, report, receivedMs }) => {
      ingestLatency.observe({ way: "socket" }, (Date.now() - receivedMs) / 1000);
      // Where one of them must come again, the later ones were not taken either.
      const closed = gate.earlyBy(seq);
      if (closed !== undefined) return counted(kind, earlyMessage(seq, closed));
      const answer = ackMessage(seq, report) ?? failedMessage(seq, report, facts.symbol === null);
      if (answer.type === "ack" || answer.retry_after_s === null) gate.pass(seq);
      else gate.close(seq, answer.retry_after_s);
      return counted(kind, answer);
    });
  }

  private turnOf(frame: TextFrame | TickFrame, { receivedMs }: Waiting, facts: SocketFacts): TurnOf | FrameRefusal {
    const report = new IngestReport("socket");
    const { tickRules: rules } = settingsOf(this.options.env);
    const batches = frameBatches(frame, facts, { receivedMs, rules }, report);
    return "code" in batches ? batches : { frame, receivedMs, report, batches };
  }

  /**
   * The frames of one symbol that wait behind a frame, numbered without a gap: a symbol takes all that are new, or
   * none. Those of several symbols are taken one by one.
   */
  private turnsAfter(first: TurnOf, { facts, waiting }: AwakeSocket): TurnOf[] {
    const turns: TurnOf[] = [];
    if (facts.symbol === null) return turns;
    let ticks = ticksIn(first);
    for (let i = 1; i < Math.min(waiting.length, MOST_TOGETHER.frames); i++) {
      const next = waiting[i]!;
      const frame = (next.frame ??= readFrame(next.message));
      if (isRefusal(frame) || frame.seq !== first.frame.seq + i) break;
      const turn = this.turnOf(frame, next, facts);
      if ("code" in turn) break;
      ticks += ticksIn(turn);
      turns.push(turn);
      if (ticks >= MOST_TOGETHER.ticks) break;
    }
    return turns;
  }

  private async deliver(turns: readonly TurnOf[], { producer, requestId }: SocketFacts): Promise<void> {
    const sender = { producer, requestId, maxTraceBytes: null };
    const parts = turns.flatMap(({ frame: { seq }, report, batches }) => {
      const producerSeq = producer === null ? null : seq;
      return [...batches].map(([symbol, batch]) => {
        const { rows, receiptTimed, contentHash } = batch;
        return { symbol, report, batch, sent: { ...sender, symbol, producerSeq, rows, receiptTimed, contentHash } };
      });
    });
    const sent = parts.map((part) => part.sent);
    const deliveries = await runAsRequest({ requestId }, () => this.options.deliver(sent));
    parts.forEach(({ symbol, report, batch }, i) => report.addDelivery(symbol, batch, deliveries[i]!));
  }

  private sendCounts(): void {
    if (areCountsDue("object", Date.now())) this.ctx.waitUntil(sendCounts(this.options.env, "object"));
  }
}

function ticksIn({ batches }: TurnOf): number {
  let ticks = 0;
  for (const { indices } of batches.values()) ticks += indices.length;
  return ticks;
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
