// Ticks over a WebSocket: numbered frames, many on their way at once, answered in order. A frame that was refused for
// now is sent again with all that came behind it, and so is all that was not answered when a socket drops: each tick is
// applied once, and in order. See docs/sockets.md.
import { symbolKey } from "../../../../src/features/symbol-name.ts";
import { GatewaySocket, type SocketEnd, type SocketPlace } from "../gateway-socket.ts";
import { type Answer, attempt, errorOf, isRepeatable } from "../request.ts";
import { VolgateError } from "../volgate-error.ts";
import { pauseMs } from "../wait.ts";
import {
  type AckAnswer,
  type HelloAnswer,
  parseFrameAnswer,
  type RefusedAnswer,
  rejectedTicks,
} from "./frame-answer.ts";
import { packedFrame } from "./packed-frame.ts";
import { type ChannelHost, type TickChannel, tickKey } from "./tick-channel.ts";
import { textFrame } from "./tick-frame-text.ts";
import type { SentTick } from "./tick-sender-options.ts";

interface Frame {
  readonly seq: number;
  /** In the order by which answers number them. */
  readonly ticks: readonly SentTick[];
  readonly data: string | Uint8Array<ArrayBuffer>;
}

interface Sending {
  readonly frame: Frame;
  /** Answers to what was sent before the last rewind say nothing new. */
  readonly epoch: number;
}

const NO_COUNTS = { accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0 };
/** The request for a socket was no good: another one would end in the same way. */
const BAD_REQUEST = 4000;
/** So often a socket may fail to open, while HTTP answers, before HTTP is used. */
const MOST_BLOCKED = 2;

export class SocketChannel implements TickChannel {
  private readonly host: ChannelHost;
  /** Uses HTTP instead; `undefined` where that must not be. */
  private readonly useHttp: (() => void) | undefined;
  private readonly place: SocketPlace;
  private socket: GatewaySocket | undefined;
  /** `undefined` until the gateway has said it. */
  private credit: HelloAnswer | undefined;
  /** Not acknowledged, by rising numbers. */
  private readonly frames: Frame[] = [];
  /** Place in `frames` of the next one to send. */
  private next = 0;
  /** Sent on this socket and not answered. */
  private sent: Sending[] = [];
  private sentSize = 0;
  private epoch = 0;
  private seq = 0;
  private failures = 0;
  private blocked = 0;
  private wasEverOpen = false;
  private isPaused = false;
  private isClosed = false;
  private pauseTimer: ReturnType<typeof setTimeout> | undefined;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ChannelHost, useHttp: (() => void) | undefined) {
    const { symbol, venue, producer } = host.settings;
    this.host = host;
    this.useHttp = useHttp;
    const path = symbol === undefined ? "/ticks" : `/symbols/${encodeURIComponent(symbol)}/ticks`;
    this.place = { path, query: { producer, venue }, token: "token" };
  }

  pump(): void {
    if (this.isPaused || this.isClosed) return;
    if (this.socket === undefined) {
      if (this.host.hasWork) this.open();
      return;
    }
    if (this.credit === undefined) return;
    while (this.sent.length < this.credit.maxFrames) {
      const frame = this.frames[this.next] ?? this.newFrame();
      if (frame === undefined) return;
      if (this.sent.length > 0 && this.sentSize + frame.data.length > this.credit.maxBytes) return;
      this.send(frame);
    }
  }

  close(): SentTick[] {
    this.isClosed = true;
    clearTimeout(this.pauseTimer);
    this.forgetSocket();
    return this.frames.splice(0).flatMap(({ ticks }) => ticks);
  }

  private open(): void {
    try {
      this.socket = new GatewaySocket(this.host.connection, this.place, {
        onText: (text) => this.receive(text),
        onEnd: (end) => this.ended(end),
      });
    } catch (error) {
      // A page's policy may forbid the socket. This is often called by a timer: nobody else would see it.
      this.host.fail(error);
      return;
    }
    this.watchAnswers();
  }

  private newFrame(): Frame | undefined {
    const ticks = this.host.takeBatch();
    if (ticks === undefined) return undefined;
    this.seq += 1;
    const packed = this.host.settings.binary ? packedFrame(this.seq, ticks) : undefined;
    const frame: Frame = {
      seq: this.seq,
      ticks: packed?.ticks ?? ticks,
      data: packed?.bytes ?? textFrame(this.seq, ticks),
    };
    this.frames.push(frame);
    return frame;
  }

  private send(frame: Frame): void {
    this.next += 1;
    this.sent.push({ frame, epoch: this.epoch });
    this.sentSize += frame.data.length;
    if (this.sent.length === 1) this.watchAnswers();
    this.socket?.send(frame.data);
  }

  private receive(text: string): void {
    const answer = parseFrameAnswer(text);
    if (answer === undefined) {
      this.drop(`an answer that is none: ${text.slice(0, 80)}`);
      return;
    }
    if (answer.type === "ignored") return;
    if (answer.type === "hello") this.credit = answer;
    else if (!this.take(answer)) return;
    this.watchAnswers();
    this.pump();
  }

  /** Answers come in the order of the frames. Returns whether this one fits. */
  private take(answer: AckAnswer | RefusedAnswer): boolean {
    const sending = this.sent.shift();
    if (sending === undefined || (answer.seq !== null && answer.seq !== sending.frame.seq)) {
      this.drop(`an answer to frame ${answer.seq}, expected one to ${sending?.frame.seq ?? "none"}`);
      return false;
    }
    this.sentSize -= sending.frame.data.length;
    if (answer.type === "ack") this.acknowledge(sending.frame, answer);
    else if (answer.retryAfterS === null) this.refuse(sending.frame, answer);
    else if (sending.epoch === this.epoch) this.goBack(sending.frame, answer, answer.retryAfterS);
    return true;
  }

  private acknowledge(frame: Frame, { counts, errors, warnings }: AckAnswer): void {
    if (!this.settle(frame)) return;
    this.failures = 0;
    const { seq, ticks } = frame;
    const rejected = rejectedTicks(errors, ticks);
    this.host.acknowledge({ ...counts, seq, ticks, uncounted: 0, rejectedTicks: rejected, warnings });
  }

  private refuse(frame: Frame, { code, detail, symbols }: RefusedAnswer): void {
    if (!this.settle(frame)) return;
    const { seq } = frame;
    const failed = symbols && new Set(symbols.map((name) => symbolKey(name) ?? name));
    const isRefused = (tick: SentTick): boolean =>
      failed === undefined || failed.has(tickKey(tick, this.host.settings));
    const taken = frame.ticks.filter((tick) => !isRefused(tick));
    if (taken.length > 0) {
      this.host.acknowledge({
        ...NO_COUNTS,
        seq,
        ticks: taken,
        uncounted: taken.length,
        rejectedTicks: [],
        warnings: [],
      });
    }
    this.host.refuse({ seq, code, detail, ticks: frame.ticks.filter(isRefused) });
  }

  /** Returns whether it was still to be answered. */
  private settle(frame: Frame): boolean {
    const place = this.frames.indexOf(frame);
    if (place < 0) return false;
    this.frames.splice(place, 1);
    if (place < this.next) this.next -= 1;
    return true;
  }

  private goBack(frame: Frame, { code, detail, from = frame.seq }: RefusedAnswer, retryAfterS: number): void {
    const place = this.frames.findIndex(({ seq }) => seq === from);
    if (place < 0) {
      this.drop(`frame ${from} is asked for, which is acknowledged`);
      return;
    }
    this.next = place;
    this.epoch += 1;
    this.retryLater(`frame ${from} was refused: ${code}: ${detail}`, code, retryAfterS * 1000);
  }

  private ended({ wasOpen, code, why }: SocketEnd): void {
    this.forgetSocket();
    this.wasEverOpen ||= wasOpen;
    if (code === BAD_REQUEST) {
      this.host.fail(new VolgateError(`WS ${this.place.path}`, { code: "socket_refused", status: 0, detail: why }));
    } else if (wasOpen) this.retryLater(why);
    else void this.askWhy(why);
  }

  /** Ends a socket that is no use. */
  private drop(why: string): void {
    this.forgetSocket();
    this.retryLater(why);
  }

  private forgetSocket(): void {
    this.socket?.close();
    clearTimeout(this.answerTimer);
    this.socket = undefined;
    this.credit = undefined;
    this.sent = [];
    this.sentSize = 0;
    this.next = 0;
    this.epoch += 1;
  }

  /** Why a socket was not opened is told over HTTP alone. */
  private async askWhy(why: string): Promise<void> {
    const { connection, settings } = this.host;
    this.isPaused = true;
    try {
      const { path, query, token } = this.place;
      const answer = await attempt(connection, {
        method: "GET",
        path,
        query,
        token,
        repeat: false,
        signal: settings.signal,
      });
      this.isPaused = false;
      if (this.isClosed) return;
      // 426 says that the gateway would have opened one; anything but a problem, that it is none with sockets.
      this.blocked += answer.status === 426 ? 1 : 0;
      const isBlocked =
        this.blocked >= MOST_BLOCKED || answer.status === 404 || (answer.status > 0 && answer.status < 400);
      if (this.useHttp !== undefined && !this.wasEverOpen && isBlocked) this.useHttp();
      else if (answer.status !== 426 && !isRepeatable(answer)) this.host.fail(errorOf(`WS ${path}`, answer));
      else this.retryLater(whyNoSocket(answer, why), "unreachable", answer.askedMs);
    } catch (error) {
      this.host.fail(error);
    }
  }

  private retryLater(why: string, code = "unreachable", askedMs = 0): void {
    if (this.isClosed || (this.socket === undefined && !this.host.hasWork)) return;
    this.failures += 1;
    const pause = pauseMs(this.host.connection.backoff, this.failures, askedMs);
    if (!this.host.mayRetry(why, pause)) {
      const { failures: attempts } = this;
      this.host.fail(new VolgateError(`WS ${this.place.path}`, { code, status: 0, detail: why, attempts }));
      return;
    }
    this.isPaused = true;
    clearTimeout(this.pauseTimer);
    this.pauseTimer = setTimeout(() => {
      this.isPaused = false;
      this.pump();
    }, pause);
  }

  /** A gateway that answers nothing for so long is tried on another socket. */
  private watchAnswers(): void {
    clearTimeout(this.answerTimer);
    if (this.credit !== undefined && this.sent.length === 0) return;
    const { timeoutMs } = this.host.connection;
    this.answerTimer = setTimeout(
      () => this.drop(`no answer within ${timeoutMs} ms`),
      Math.min(timeoutMs, 2 ** 31 - 1),
    );
  }
}

function whyNoSocket({ status, text }: Answer, why: string): string {
  if (status === 0) return text;
  return status === 426 ? `no socket gets through, though the gateway answers over HTTP: ${why}` : `${status}: ${why}`;
}
