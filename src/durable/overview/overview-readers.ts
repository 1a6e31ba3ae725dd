// The sockets of the overview's readers. They outlive the object's memory: what is known of a reader is kept with its
// socket. A reader that is behind is sent nothing until it has read; what changed meanwhile comes in one message then.
import * as v from "valibot";
import { overviewAnswer, type OverviewFacts, partsOf } from "../../overview/overview-answer.ts";
import { cursorText, type OverviewDelta, type OverviewTable } from "../../overview/overview-table.ts";
import {
  afterAnswer,
  afterMessage,
  isTooSlow,
  mayBeSent,
  NEW_READER,
  type ReaderCredit,
} from "../../overview/reader-credit.ts";
import { check, faultText } from "../../schemas/check.ts";
import { shown } from "../../schemas/shown.ts";

/** Rows of one message at most. */
const MOST_ROWS = 200;
/** A socket is never silent for longer: its reader could not tell a quiet market from a connection that is gone. */
const QUIET_MS = 5_000;

/** Codes that a socket is closed with. */
const BAD_MESSAGE = 4000;
const SLOW_READER = 4008;

const EXPECTED = '{"type":"checked","n":<number of a check>}';
const checkedSchema = v.object(
  { type: v.literal("checked"), n: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) },
  EXPECTED,
);

/** What is kept with a socket. */
interface Reader {
  /** The grid that it reads; `null` for the default one. */
  readonly grid: string | null;
  /** Of the last message; `null` for a reader that has nothing. */
  readonly cursor: string | null;
  readonly sentMs: number;
  readonly credit: ReaderCredit;
}

/** What there is to be told. */
export interface Told {
  readonly table: OverviewTable;
  readonly facts: OverviewFacts;
}

/** A part of what a reader is told, and of how many rows. */
interface Part {
  readonly delta: OverviewDelta;
  readonly ofRows: number;
}

export class OverviewReaders {
  private readonly ctx: DurableObjectState;
  /** Parts of a long message that wait until the reader has read. Without memory a reader is told all of it again. */
  private readonly waiting = new WeakMap<WebSocket, Part[]>();

  constructor(ctx: DurableObjectState) {
    this.ctx = ctx;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  private get sockets(): WebSocket[] {
    return this.ctx.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN);
  }

  get count(): number {
    return this.sockets.length;
  }

  /** The grid that is read: all readers of an object read the same. */
  get grid(): string | undefined {
    const [first] = this.sockets;
    return first === undefined ? undefined : (readerOf(first).grid ?? undefined);
  }

  /** @param since the cursor of the last answer that the reader has. */
  accept(socket: WebSocket, grid: string | undefined, since: string | undefined): void {
    this.ctx.acceptWebSocket(socket);
    keep(socket, { grid: grid ?? null, cursor: since ?? null, sentMs: 0, credit: NEW_READER });
  }

  /** Tells every reader what changed since it was told last, and closes those that have not read for too long. */
  tell(told: Told, nowMs: number): void {
    for (const socket of this.sockets) {
      if (isTooSlow(readerOf(socket).credit, nowMs)) {
        socket.close(SLOW_READER, "slow_reader: a check was not answered for 60 s");
      } else this.tellOne(socket, told, nowMs);
    }
  }

  /** Says that there is no answer, as seldom as a socket may be silent. */
  tellFailure(code: "directory_unavailable", detail: string, nowMs: number): void {
    const text = JSON.stringify({ type: "failed", code, detail, server_time_ms: nowMs });
    for (const socket of this.sockets) {
      const reader = readerOf(socket);
      if (nowMs - reader.sentMs >= QUIET_MS && mayBeSent(reader.credit)) send(socket, reader, text, nowMs);
    }
  }

  /** Takes what a reader says: that it has read as far as a check. Closes the socket of one that says anything else. */
  heard(socket: WebSocket, message: string | ArrayBuffer, told: Told | undefined, nowMs: number): void {
    const reader = readerOf(socket);
    const n = checkedOf(message);
    const credit = typeof n === "number" ? afterAnswer(reader.credit, n) : undefined;
    if (credit === undefined) {
      const why = typeof n === "number" ? `n: got ${n}, expected a check that waits for its answer` : n;
      // A reason has 123 bytes at most.
      socket.close(BAD_MESSAGE, why.slice(0, 120).replace(/[^\x20-\x7e]/g, "?"));
      return;
    }
    keep(socket, { ...reader, credit });
    // It stood still for want of answers: what changed since is told now.
    if (!mayBeSent(reader.credit) && told !== undefined) this.tellOne(socket, told, nowMs);
  }

  /** In messages of some rows, until the reader has all or must be waited for. */
  private tellOne(socket: WebSocket, { table, facts }: Told, nowMs: number): void {
    let reader = readerOf(socket);
    const parts = this.waiting.get(socket) ?? [];
    while (mayBeSent(reader.credit)) {
      if (parts.length === 0) {
        const before = reader.cursor ?? undefined;
        const delta = table.since(before);
        const isNews = delta.isReset || delta.rows.length > 0 || delta.removed.length > 0;
        if (!isNews && nowMs - reader.sentMs < QUIET_MS) break;
        const ofRows = delta.rows.length;
        parts.push(...partsOf(delta, before, MOST_ROWS).map((part) => ({ delta: part, ofRows })));
      }
      const { delta, ofRows } = parts.shift()!;
      const text = JSON.stringify(overviewAnswer(delta, facts, nowMs, ofRows));
      reader = send(socket, { ...reader, cursor: cursorText(delta.epoch, delta.version) }, text, nowMs);
    }
    this.waiting.set(socket, parts);
  }
}

function send(socket: WebSocket, reader: Reader, text: string, nowMs: number): Reader {
  const { credit, check: n } = afterMessage(reader.credit, text.length, nowMs);
  socket.send(text);
  if (n !== undefined) socket.send(JSON.stringify({ type: "check", n }));
  return keep(socket, { ...reader, sentMs: nowMs, credit });
}

/** The number of the check that a message answers, or what is wrong with it. */
function checkedOf(message: string | ArrayBuffer): number | string {
  if (typeof message !== "string") return `message: got ${message.byteLength} bytes, expected ${EXPECTED}`;
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return `message: got ${shown(message)}, expected ${EXPECTED}`;
  }
  const result = check(checkedSchema, value, "message");
  return result.ok ? result.value.n : faultText(result.fault);
}

function readerOf(socket: WebSocket): Reader {
  // Nobody but `keep` writes it.
  return socket.deserializeAttachment() as Reader;
}

function keep(socket: WebSocket, reader: Reader): Reader {
  socket.serializeAttachment(reader);
  return reader;
}
