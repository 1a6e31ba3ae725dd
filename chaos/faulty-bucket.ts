// The gateway's bucket with faults: it stands between workerd and the folder that is the bucket, and damages calls of
// R2's internal protocol as the trial says.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { FolderBucket } from "../recordings/bucket/folder-bucket.ts";
import { listenAsBucket } from "../self-host/bucket-server.ts";

/** One call, as the trial sees it. */
export interface BucketCall {
  /** `get`, `put`, `head`, `list` or `delete`. */
  readonly method: string;
  readonly object: string | undefined;
}

/**
 * What becomes of a call: `refuse` answers R2's internal error; `hang` never answers; `cut` breaks the connection in
 * the middle, so that a put stores nothing and a get brings half; `lose` breaks it when all is done; `alter` changes
 * one byte of the object; `slow` waits first.
 */
export type BucketDamage =
  { readonly kind: "refuse" | "hang" | "cut" | "lose" | "alter" } | { readonly kind: "slow"; readonly ms: number };

interface Message {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export class FaultyBucket {
  readonly socketPath: string;
  /** Asked at each call; `undefined` lets it through. */
  damage: (call: BucketCall) => BucketDamage | undefined = () => undefined;
  /** Calls that were damaged. */
  damaged = 0;
  private readonly innerPath: string;
  private readonly servers: Server[] = [];

  private constructor(folder: string) {
    this.socketPath = join(folder, "r2");
    this.innerPath = join(folder, "r2-whole");
  }

  /** @param folder for its two sockets. @param objects folder of the bucket. */
  static async listen(folder: string, objects: string): Promise<FaultyBucket> {
    const faulty = new FaultyBucket(folder);
    const bucket = await FolderBucket.open(objects);
    faulty.servers.push(await listenAsBucket(bucket, faulty.innerPath, { note: (line) => console.error(line) }));
    const outer = createServer((call, answer) => {
      faulty.pass(call, answer).catch(() => void answer.destroy());
    });
    await new Promise<void>((done) => outer.listen(faulty.socketPath, done));
    faulty.servers.push(outer);
    return faulty;
  }

  close(): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  private async pass(call: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(call);
    // A GET carries what it asks in a header, a PUT at the start of its body.
    const headBytes = call.method === "GET" ? 0 : Number(call.headers["cf-r2-metadata-size"]);
    const asked = call.method === "GET" ? String(call.headers["cf-r2-request"]) : body.toString("utf8", 0, headBytes);
    const { method, object } = JSON.parse(asked) as BucketCall;
    const damage = this.damage({ method, object });
    if (damage !== undefined) this.damaged += 1;
    if (damage?.kind === "hang") return;
    if (damage?.kind === "refuse") {
      const error = JSON.stringify({ version: 1, v4code: 10_001, message: "chaos: refused" });
      answer.writeHead(500, { "cf-r2-error": error, "content-length": 0 }).end();
      return;
    }
    if (damage?.kind === "slow") await sleep(damage.ms);
    if (damage?.kind === "cut" && method === "put") {
      answer.destroy();
      return;
    }
    const isAltered = damage?.kind === "alter";
    const sent = isAltered && method === "put" ? altered(body, headBytes) : body;
    const got = await this.ask(call, sent);
    if (damage?.kind === "lose") {
      answer.destroy();
      return;
    }
    answer.writeHead(got.status, got.headers);
    if (damage?.kind === "cut") {
      answer.write(got.body.subarray(0, got.body.length / 2), () => answer.destroy());
      return;
    }
    const isRead = isAltered && method === "get" && got.status === 200;
    answer.end(isRead ? altered(got.body, Number(got.headers["cf-r2-metadata-size"])) : got.body);
  }

  private async ask({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Message> {
    return await new Promise((resolve, reject) => {
      const options = { socketPath: this.innerPath, method: method ?? "GET", path: url ?? "/", headers };
      const call = request(options, (response) => {
        buffer(response).then((bytes) => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes });
        }, reject);
      });
      call.once("error", reject);
      call.end(body);
    });
  }
}

/** Another bit in the middle of the object that follows the first bytes. */
function altered(bytes: Buffer, headBytes: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = headBytes + Math.floor((copy.length - headBytes) / 2);
  if (at < copy.length) copy[at]! ^= 0x10;
  return copy;
}
