// A reader of Server-Sent Events. Its answer is a stream that the hub writes: it keeps the hub awake, and ends with it.
import { CHECK_DEADLINE_MS } from "../../stream/check-flow.ts";
import { cursorOf } from "../../stream/stream-cursor.ts";
import type { StreamEvent } from "../../stream/stream-event.ts";
import type { Subscription } from "../../stream/subscription.ts";
import { Reader } from "./reader.ts";
import type { Topic } from "./topic.ts";

/** Bytes that wait for the reader at most. */
const BUFFER_BYTES = 256_000;
/** After how many ms a browser connects again. */
const RETRY_MS = 2_000;

export class SseReader extends Reader {
  readonly transport = "sse";
  readonly body: ReadableStream<Uint8Array>;
  private readonly encoder = new TextEncoder();
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Cursor of each topic, and its place among them. */
  private readonly cursors: string[] = [];
  private readonly placeOf = new Map<Topic, number>();
  private fullSinceMs: number | undefined;

  /** @param onRoom called when it can be sent more. @param onGone called once when the reader went away. */
  constructor(subscription: Subscription, onRoom: () => void, onGone: () => void) {
    super(subscription);
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.controller = controller),
        pull: () => {
          this.fullSinceMs = undefined;
          onRoom();
        },
        cancel: () => {
          this.isClosed = true;
          onGone();
        },
      },
      { highWaterMark: BUFFER_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }

  get hasRoom(): boolean {
    return !this.isClosed && (this.controller?.desiredSize ?? 0) > 0;
  }

  get dueMs(): number | undefined {
    return this.fullSinceMs === undefined ? undefined : this.fullSinceMs + CHECK_DEADLINE_MS;
  }

  greet(text: string, cursor: string): void {
    this.topics.forEach((topic, place) => this.placeOf.set(topic, place));
    this.cursors.push(...cursor.split(","));
    this.write(`retry: ${RETRY_MS}\nid: ${cursor}\nevent: hello\ndata: ${text}\n\n`);
  }

  /** Keeps what is between from closing an idle connection, and finds out that the reader is gone. */
  beat(): void {
    if (this.hasRoom) this.write(": \n\n");
  }

  close(_: number, reason: string): void {
    if (this.isClosed) return;
    try {
      this.write(`event: close\ndata: ${JSON.stringify({ type: "close", reason })}\n\n`);
      this.controller?.close();
    } catch {
      // It is closed already.
    }
    this.isClosed = true;
  }

  protected deliver(topic: Topic, { kind, position, text }: StreamEvent): void {
    const place = this.placeOf.get(topic);
    if (place !== undefined) this.cursors[place] = cursorOf(topic.source, position);
    this.write(`id: ${this.cursors.join()}\nevent: ${kind}\ndata: ${text}\n\n`);
  }

  private write(text: string): void {
    if (this.isClosed) return;
    try {
      this.controller?.enqueue(this.encoder.encode(text));
    } catch {
      this.isClosed = true;
    }
    if (!this.hasRoom) this.fullSinceMs ??= Date.now();
  }
}
