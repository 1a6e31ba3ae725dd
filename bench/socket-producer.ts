// A producer over a socket that drops: it sends frames by number, several at once, and sends again, in order, what has
// no answer.
import { WebSocket } from "ws";

/** Frames without an answer at once. */
const IN_FLIGHT = 16;

/** Counts of all its sockets. */
export interface ProducerCounts {
  /** Frames that were acknowledged, from the first on without a gap. */
  acknowledged: number;
  /** Frames that were sent more than once, and those of them that had been applied. */
  resent: number;
  resentApplied: number;
  /** Ticks of them that were answered as late, refused or held twice: must be 0. */
  amiss: number;
}

interface Ack {
  readonly type: string;
  readonly seq: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly late: number;
  readonly rejected: number;
}

export class SocketProducer {
  readonly counts: ProducerCounts = { acknowledged: 0, resent: 0, resentApplied: 0, amiss: 0 };
  private readonly path: string;
  private readonly frame: (seq: number) => string | Uint8Array;
  /** Frames that were sent at least once. */
  private sent = 0;

  /** @param frame the message of each number from 0 on; the same when it is asked again. */
  constructor(path: string, frame: (seq: number) => string | Uint8Array) {
    this.path = path;
    this.frame = frame;
  }

  /** Sends until the socket drops, or until `count` frames are acknowledged. Throws for an answer that is a refusal. */
  async run(url: string, count = Infinity): Promise<void> {
    const ws = new WebSocket(url.replace("http", "ws") + this.path, { perMessageDeflate: false });
    let next = this.counts.acknowledged;
    const sendMore = (): void => {
      while (next < Math.min(count, this.counts.acknowledged + IN_FLIGHT)) {
        if (next < this.sent) this.counts.resent += 1;
        ws.send(this.frame(next));
        this.sent = Math.max(this.sent, ++next);
      }
    };
    await new Promise<void>((done, failed) => {
      ws.on("open", sendMore);
      ws.on("error", () => undefined);
      ws.on("close", () => done());
      ws.on("message", (data: Buffer) => {
        const answer = JSON.parse(data.toString()) as Ack;
        if (answer.type === "hello") return;
        if (answer.type !== "ack" || answer.seq !== this.counts.acknowledged) {
          failed(new Error(`frame ${this.counts.acknowledged}: got ${data.toString().slice(0, 300)}`));
          return;
        }
        this.counts.acknowledged += 1;
        if (answer.duplicate > 0) this.counts.resentApplied += 1;
        this.counts.amiss += answer.late + answer.rejected;
        if (this.counts.acknowledged >= count) ws.close();
        else sendMore();
      });
    });
  }
}
