// A hub: readers of the stream, and what symbols and alerts publish to them. WebSockets stay open while it sleeps. The
// wiring only: topic.ts has who is sent what, reader.ts who lacks what, sources.ts asks for it.
import { DurableObject } from "cloudflare:workers";
import { HUB_FULL } from "../../clients/streams.ts";
import { areCountsDue, sendCounts } from "../../clients/metrics.ts";
import { countedStorage } from "../../counting/counted-storage.ts";
import {
  alarmRuns,
  streamClosed,
  streamEvents,
  streamGaps,
  streamLoads,
  streamOpened,
  streamResumed,
} from "../../counting/isolate-counters.ts";
import { logError, logWarning } from "../../log.ts";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import { type Env, settingsOf } from "../../settings.ts";
import type { PublishAnswer, Publication } from "../../stream/publication.ts";
import { ALERT_SOURCE, cursorOf } from "../../stream/stream-cursor.ts";
import { type Opening, openingSchema, type Subscription } from "../../stream/subscription.ts";
import { HubStore } from "./hub-store.ts";
import type { Reader } from "./reader.ts";
import { parseChecked } from "./reader-message.ts";
import { keptReader, SocketReader } from "./socket-reader.ts";
import { eachInTurn, type FollowOutcome, Sources } from "./sources.ts";
import { SseReader } from "./sse-reader.ts";
import { Topic, topicKey } from "./topic.ts";

/** How often it looks whether all is quiet, while it is not. */
const LOOK_MS = 5_000;
/** Quiet for so long: it may sleep, and storage must have what its memory has. */
const QUIET_MS = 2_000;
/** A topic that was heard of so long ago is asked again when a reader comes, in case its source forgot the hub. */
const HEARD_MS = 60_000;
/** Pause after a source that could not be read. */
const RETRY_MS = 1_000;
/** Between two comments to readers of Server-Sent Events. */
const BEAT_MS = 15_000;

const CLOSE = {
  badMessage: { code: 4000, reason: "bad_message" },
  slow: { code: 4008, reason: "slow_reader" },
  removed: { code: 4410, reason: "symbol_removed" },
  restart: { code: 1012, reason: "restart" },
} as const;
type CloseReason = keyof typeof CLOSE | "client" | "error" | "lost";

export class StreamObject extends DurableObject<Env> {
  private readonly store: HubStore;
  private readonly storage: DurableObjectStorage;
  private readonly sources: Sources;
  private readonly topics = new Map<string, Topic>();
  private readonly readers = new Set<Reader>();
  private readonly sockets = new Map<WebSocket, SocketReader>();
  /** Of the readers, those of Server-Sent Events. */
  private eventReaders = 0;
  private letIn = 0;
  private isUnderWay = false;
  private changedMs = 0;
  private beat: ReturnType<typeof setInterval> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    streamLoads.inc({});
    this.storage = countedStorage(ctx.storage, "stream");
    this.store = new HubStore(this.storage);
    this.sources = new Sources(env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.wake(ctx.getWebSockets());
  }

  /** Finds its sockets again. Those that it cannot go on with connect again, with the cursors that they have. */
  private wake(sockets: readonly WebSocket[]): void {
    const { positions, readers: before } = this.store;
    const lost = { websocket: before.websocket - sockets.length, sse: before.sse };
    for (const transport of ["websocket", "sse"] as const) {
      if (lost[transport] > 0) streamClosed.inc({ transport, reason: "lost" }, lost[transport]);
    }
    if (sockets.length > 0 && positions === undefined) logWarning("stream_hub_lost", { sockets: sockets.length });
    for (const [source, grid, position] of positions ?? []) this.topicOf(source, grid).position = position;
    for (const socket of sockets) {
      const kept = positions === undefined ? undefined : keptReader(socket);
      const reader = kept && this.socketReader(socket, kept.subscription, kept.checks);
      const isWhole = reader?.topics.every(({ position }) => position !== undefined) === true;
      if (reader === undefined || !isWhole) {
        this.remove(reader, "restart");
        socket.close(CLOSE.restart.code, CLOSE.restart.reason);
        continue;
      }
      for (const topic of reader.topics) {
        const position = kept?.behind.get(topic.source);
        if (position !== undefined) reader.behind.set(topic, position);
      }
    }
    for (const [key, topic] of this.topics) if (!topic.isRead) this.topics.delete(key);
  }

  /** Opens a stream: a WebSocket, or Server-Sent Events for a request that is none. */
  override async fetch(request: Request): Promise<Response> {
    const refuse = (text: string): Error => new TypeError(text);
    const opening = parseOrThrow(openingSchema, JSON.parse(request.headers.get("X-Opening") ?? "null"), {
      name: "opening",
      refuse,
    });
    if (this.readers.size + this.letIn >= settingsOf(this.env).streamHubReaders) {
      return new Response(null, { status: HUB_FULL });
    }
    this.letIn += 1;
    const topics = topicsOf(opening.subscription).map(([source, grid]) => this.topicOf(source, grid));
    for (const topic of topics) topic.pending += 1;
    try {
      const outcomes = await this.follow(opening.hub, topics);
      const answer = this.open(opening, outcomes, request.headers.get("Upgrade") === "websocket");
      this.ctx.waitUntil(this.sendCounts());
      return answer;
    } finally {
      this.letIn -= 1;
      for (const topic of topics) topic.pending -= 1;
      this.forgetUnread(topics);
    }
  }

  private async follow(hub: string, topics: readonly Topic[]): Promise<ReadonlyMap<Topic, FollowOutcome>> {
    const outcomes = new Map<Topic, FollowOutcome>();
    await eachInTurn(topics, async (topic) => {
      outcomes.set(topic, "followed");
      if (topic.position !== undefined && Date.now() - topic.heardMs < HEARD_MS) return;
      try {
        const position = await this.sources.listen(hub, topic);
        if (typeof position === "string") {
          outcomes.set(topic, position);
          return;
        }
        topic.position ??= position;
        topic.heardMs = Date.now();
      } catch (error) {
        logWarning("stream_not_followed", { source: topic.source, error: String(error) });
        outcomes.set(topic, "unavailable");
      }
    });
    return outcomes;
  }

  private open(opening: Opening, outcomes: ReadonlyMap<Topic, FollowOutcome>, isSocket: boolean): Response {
    const { subscription, unknown } = opening;
    const named = (wanted: readonly FollowOutcome[]): string[] => {
      const found = [...outcomes].filter(([, outcome]) => wanted.includes(outcome));
      return found.flatMap(([{ source }]) => (source === ALERT_SOURCE ? [] : [source]));
    };
    const lacking = { unknown: [...unknown, ...named(["unknown", "no_grid"])], unavailable: named(["unavailable"]) };
    const isGone = (symbol: string): boolean =>
      lacking.unknown.includes(symbol) || lacking.unavailable.includes(symbol);
    const symbols = subscription.symbols.filter((symbol) => !isGone(symbol));
    if (symbols.length === 0 || [...outcomes.values()].every((outcome) => outcome !== "followed")) {
      return Response.json({ noGrid: named(["no_grid"]), ...lacking }, { status: 404 });
    }
    const followed = { ...subscription, symbols };
    const [reader, response] = isSocket ? this.openSocket(followed) : this.openEvents(followed);
    const after = new Map(opening.after);
    if (after.size > 0) streamResumed.inc({ transport: reader.transport });
    for (const topic of reader.topics) {
      const position = after.get(topic.source);
      if (position !== undefined && position < topic.position!) reader.behind.set(topic, position);
    }
    const hello = { type: "hello", protocol: "volgate.v1", symbols, ...lacking, cursor: reader.cursor };
    reader.greet(JSON.stringify(hello), reader.cursor);
    streamOpened.inc({ transport: reader.transport });
    // Who waits for new events may do so while the hub sleeps, from this moment on.
    if (!this.isUnderWay && reader.behind.size === 0) this.saveQuiet();
    else this.touch();
    this.ctx.waitUntil(this.catchUp(reader));
    return response;
  }

  private openSocket(subscription: Subscription): [Reader, Response] {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return [this.socketReader(server, subscription), new Response(null, { status: 101, webSocket: client })];
  }

  private socketReader(
    socket: WebSocket,
    subscription: Subscription,
    checks?: ConstructorParameters<typeof SocketReader>[3],
  ): SocketReader {
    const reader = new SocketReader(socket, subscription, () => this.touch(), checks);
    this.sockets.set(socket, reader);
    this.add(reader);
    return reader;
  }

  private openEvents(subscription: Subscription): [Reader, Response] {
    const reader: SseReader = new SseReader(
      subscription,
      () => this.ctx.waitUntil(this.catchUp(reader)),
      () => this.remove(reader, "client"),
    );
    this.add(reader);
    this.beat ??= setInterval(() => this.beatAll(), BEAT_MS);
    const headers = { "Content-Type": "text/event-stream; charset=utf-8" };
    return [reader, new Response(reader.body, { headers })];
  }

  private beatAll(): void {
    const nowMs = Date.now();
    const events = [...this.readers].filter((reader) => reader instanceof SseReader);
    for (const reader of events) {
      reader.beat();
      if (reader.dueMs !== undefined && reader.dueMs <= nowMs) this.remove(reader, "slow");
      else if (reader.isClosed) this.remove(reader, "error");
    }
  }

  private add(reader: Reader): void {
    this.readers.add(reader);
    if (reader.transport === "sse") this.eventReaders += 1;
    reader.topics = topicsOf(reader.subscription).map(([source, grid]) => this.topicOf(source, grid));
    for (const topic of reader.topics) topic.readers.add(reader);
  }

  /** Takes a reader out, and closes it unless it has gone by itself. */
  private remove(reader: Reader | undefined, why: CloseReason): void {
    if (reader === undefined || !this.readers.delete(reader)) return;
    for (const topic of reader.topics) topic.readers.delete(reader);
    if (reader instanceof SocketReader) this.sockets.delete(reader.socket);
    else this.eventReaders -= 1;
    if (why in CLOSE) {
      const { code, reason } = CLOSE[why as keyof typeof CLOSE];
      reader.close(code, reason);
    }
    reader.isClosed = true;
    this.forgetUnread(reader.topics);
    streamClosed.inc({
      transport: reader.transport,
      reason: why in CLOSE ? CLOSE[why as keyof typeof CLOSE].reason : (why as "client" | "error"),
    });
    if (this.beat !== undefined && this.eventReaders === 0) {
      clearInterval(this.beat);
      this.beat = undefined;
    }
    this.touch();
  }

  private topicOf(source: string, grid: string): Topic {
    const key = topicKey(source, grid);
    const known = this.topics.get(key);
    if (known !== undefined) return known;
    const topic = new Topic(source, grid);
    this.topics.set(key, topic);
    return topic;
  }

  private forgetUnread(topics: readonly Topic[]): void {
    for (const topic of topics) {
      if (!topic.isRead) this.topics.delete(topicKey(topic.source, topic.grid));
    }
  }

  /** Takes what a source publishes, and gives it to all who read it before this answers. */
  publish({ source, grid, what }: Publication): PublishAnswer {
    const topic = this.topics.get(topicKey(source, grid));
    if (topic === undefined || !topic.isRead) return { isRead: false };
    topic.heardMs = Date.now();
    if (what.kind === "ended") {
      this.end(topic, what.atMs);
      return { isRead: false };
    }
    if (what.kind === "events") {
      topic.position ??= what.after;
      // Otherwise something between was lost: the source begins again behind what is here.
      if (what.after <= topic.position && what.page.through > topic.position) {
        this.touch();
        const sent = topic.take(what.page.events, what.page.through);
        if (sent > 0) streamEvents.inc({ way: "live" }, sent);
        const gaps = what.page.events.filter(({ kind }) => kind === "gap").length;
        if (gaps > 0) streamGaps.inc({}, gaps * topic.readers.size);
      }
    }
    if (areCountsDue("object", Date.now())) this.ctx.waitUntil(this.sendCounts());
    return { isRead: true, position: topic.position };
  }

  /** The symbol was removed: its readers go on with their others. */
  private end(topic: Topic, atMs: number): void {
    const position = (topic.position ?? 0) + 1;
    const { source } = topic;
    streamGaps.inc({}, topic.readers.size);
    for (const reader of [...this.readers]) {
      if (!topic.readers.delete(reader)) continue;
      // What it still lacked is gone with the symbol: its gap begins there.
      const behind = reader.behind.get(topic);
      const fromMs = behind === undefined ? atMs : Math.min(atMs, Math.floor(behind / 2));
      const gap = { type: "gap", symbol: source, from_ts: fromMs, to_ts: atMs, reason: "symbol_removed" };
      const text = JSON.stringify({ ...gap, cursor: cursorOf(source, position) });
      reader.tell(topic, { kind: "gap", symbol: source, position, text });
      reader.behind.delete(topic);
      reader.leave(topic);
      if (reader.topics.every(({ source: other }) => other === ALERT_SOURCE)) this.remove(reader, "removed");
      else if (reader instanceof SocketReader) reader.keep();
    }
    this.forgetUnread([topic]);
    this.touch();
  }

  /** Reads on for a reader that is behind, while it has room. Never throws. */
  private async catchUp(reader: Reader): Promise<void> {
    if (reader.isCatchingUp) return;
    reader.isCatchingUp = true;
    try {
      for (let failures = 0; !reader.isClosed && reader.hasRoom && reader.behind.size > 0 && failures < 3;) {
        this.touch();
        for (const [topic, after] of [...reader.behind]) {
          if (reader.isClosed || !reader.hasRoom) break;
          if (!(await this.readOn(reader, topic, after))) failures += 1;
        }
        if (failures > 0 && failures < 3) await new Promise((done) => setTimeout(done, RETRY_MS));
      }
      // It knows where it is: with its cursor it finds a hub that can read.
      if (!reader.isClosed && reader.hasRoom && reader.behind.size > 0) this.remove(reader, "restart");
      else if (reader instanceof SocketReader) reader.keep();
    } catch (error) {
      logError("stream_catch_up_failed", { error: String(error) });
      this.remove(reader, "restart");
    } finally {
      reader.isCatchingUp = false;
    }
  }

  /** Returns whether the source could be read. */
  private async readOn(reader: Reader, topic: Topic, after: number): Promise<boolean> {
    const upTo = topic.position;
    if (upTo === undefined || after >= upTo) {
      reader.behind.delete(topic);
      return true;
    }
    try {
      const page = await this.sources.page(topic, after, upTo);
      if (page === undefined) return false;
      const sent = reader.catchUp(topic, page.events, page.through);
      if (sent > 0) streamEvents.inc({ way: "resumed" }, sent);
      const gaps = page.events.filter(({ kind }) => kind === "gap").length;
      if (gaps > 0) streamGaps.inc({}, gaps);
      return true;
    } catch (error) {
      logWarning("stream_not_read", { source: topic.source, error: String(error) });
      return false;
    }
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const reader = this.sockets.get(socket);
    if (reader === undefined) return;
    const n = parseChecked(message);
    if (n === undefined || !reader.checked(n)) {
      this.remove(reader, "badMessage");
      return;
    }
    if (reader.behind.size > 0) this.ctx.waitUntil(this.catchUp(reader));
  }

  override webSocketClose(socket: WebSocket): void {
    this.remove(this.sockets.get(socket), "client");
    try {
      socket.close();
    } catch {
      // The runtime has answered the close already.
    }
  }

  override webSocketError(socket: WebSocket): void {
    this.remove(this.sockets.get(socket), "error");
  }

  /** Something is under way: what storage has is not all any more. Never throws. */
  private touch(): void {
    this.changedMs = Date.now();
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    this.store.begin();
    this.setAlarm(this.changedMs + LOOK_MS);
  }

  /** Closes who does not read on, and writes what must survive once all is quiet. Never throws. */
  override async alarm(): Promise<void> {
    alarmRuns.inc({ object: "stream" });
    try {
      const nowMs = Date.now();
      for (const reader of this.readers) {
        if (reader.dueMs !== undefined && reader.dueMs <= nowMs) this.remove(reader, "slow");
      }
      const isBusy = nowMs - this.changedMs < QUIET_MS || [...this.readers].some(({ isCatchingUp }) => isCatchingUp);
      if (isBusy) this.store.saveReaders(this.readerCounts());
      else this.rest();
      await this.sendCounts();
    } catch (error) {
      logError("stream_alarm_failed", { error: String(error) });
    }
    const dueMs = Math.min(...[...this.readers].map((reader) => reader.dueMs ?? Infinity));
    const nextMs = Math.min(dueMs, this.isUnderWay ? Date.now() + LOOK_MS : Infinity);
    if (nextMs !== Infinity) this.setAlarm(nextMs);
  }

  private rest(): void {
    for (const reader of this.sockets.values()) if (reader.behind.size > 0) reader.keep();
    this.saveQuiet();
    this.isUnderWay = false;
  }

  /** Writes what must survive, where each reader has kept its own part. */
  private saveQuiet(): void {
    this.store.saveReaders(this.readerCounts());
    this.store.savePositions(
      [...this.topics.values()].flatMap(({ source, grid, position }) =>
        position === undefined ? [] : [[source, grid, position] as [string, string, number]],
      ),
    );
  }

  private readerCounts(): { readonly websocket: number; readonly sse: number } {
    return { websocket: this.readers.size - this.eventReaders, sse: this.eventReaders };
  }

  private setAlarm(atMs: number): void {
    const failed = (error: unknown): void => logError("stream_alarm_not_set", { error: String(error) });
    this.ctx.waitUntil(this.storage.setAlarm(atMs).catch(failed));
  }

  private async sendCounts(): Promise<void> {
    await sendCounts(this.env, "object");
  }
}

/** The sources that a subscription is about, each with its grid. */
function topicsOf({ symbols, grid, kinds }: Subscription): [source: string, grid: string][] {
  const ofSteps = kinds.includes("prediction") || kinds.includes("label");
  const topics = ofSteps ? symbols.map((symbol): [string, string] => [symbol, grid]) : [];
  return kinds.includes("alert") ? [...topics, [ALERT_SOURCE, ""]] : topics;
}
