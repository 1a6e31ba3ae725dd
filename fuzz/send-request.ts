// Sends one request of the fuzzer and reads the whole answer. A stream of events is only begun.
import { Agent, request } from "node:http";
import type { SentRequest } from "./corpus/requests.ts";

export interface ReceivedAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** Rejects when the connection breaks before the answer. */
export function sendRequest(url: URL, { method, path, headers, body, bytes }: SentRequest): Promise<ReceivedAnswer> {
  const content = bytes === undefined ? Buffer.from(body ?? "") : Buffer.from(bytes, "base64");
  const hasBody = body !== undefined || bytes !== undefined;
  const length = hasBody ? { "Content-Length": String(content.length) } : {};
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, host: url.hostname, port: url.port, method, path, headers: { ...headers, ...length } },
      (answer) => {
        const type = answer.headers["content-type"] ?? "";
        const { statusCode: status = 0 } = answer;
        if (type.startsWith("text/event-stream")) {
          answer.destroy();
          resolve({ status, type, body: "" });
          return;
        }
        const pieces: Buffer[] = [];
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("end", () => resolve({ status, type, body: Buffer.concat(pieces).toString() }));
        answer.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(content);
  });
}
