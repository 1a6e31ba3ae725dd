// A webhook's receiver that can be told to fail, to stall, to be gone and to come back: a real HTTP server on loopback.
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Arrived {
  readonly atMs: number;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Reply = (response: ServerResponse) => void;

/** Answers with a status, and headers if given. */
export const reply =
  (status: number, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, headers).end(`receiver says ${status}`);

/** Takes the request and never answers. */
export const stall: Reply = () => undefined;

/** Sends the head of a failure, and never its body. */
export const stallInBody: Reply = (response) => {
  response.writeHead(500, { "Content-Length": "1000" });
  response.write("half of");
};

export class WebhookReceiver {
  readonly arrived: Arrived[] = [];
  /** How the next requests are answered, one after the other; afterwards 200. */
  readonly replies: Reply[] = [];
  private readonly port: number;
  private server: Server | undefined;

  /** @param port of loopback, free while the receiver is closed. */
  constructor(port: number) {
    this.port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** `symbol state` of each change that arrived, in order; a message may hold several. */
  get names(): string[] {
    return this.arrived
      .flatMap(({ body }) => (body["changes"] as Arrived["body"][] | undefined) ?? [body])
      .map((change) => `${String(change["symbol"])} ${String(change["state"])}`);
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => (text += String(chunk)));
      request.on("end", () => {
        const body = JSON.parse(text) as Arrived["body"];
        this.arrived.push({ atMs: Date.now(), url: request.url ?? "", headers: request.headers, text, body });
        (this.replies.shift() ?? reply(200))(response);
      });
    });
    this.server = server;
    await new Promise<void>((done) => server.listen(this.port, "127.0.0.1", done));
  }

  /** From now on connections are refused. */
  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }

  /** Waits until so many changes arrived; throws after 20 s. */
  async until(count: number): Promise<void> {
    for (let waited = 0; this.names.length < count; waited += 10) {
      if (waited > 20_000)
        throw new Error(`arrived: ${this.names.length}, expected ${count}: ${this.names.join(", ")}`);
      await sleep(10);
    }
  }
}
