// A local server that answers as the venues' REST services do.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RestExchange } from "./rest-exchange.ts";

export class RestServer {
  private readonly exchange: RestExchange;
  private readonly server: Server;

  constructor(exchange: RestExchange) {
    this.exchange = exchange;
    this.server = createServer((request, response) => this.handle(request, response));
  }

  /** Its address. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const client = request.headers["user-agent"];
    const asked = new Headers(client === undefined ? {} : { "User-Agent": client });
    try {
      const { status, headers, text } = this.exchange.answer(new URL(request.url ?? "", "http://exchange"), asked);
      response.writeHead(status, headers).end(text);
    } catch {
      request.socket.destroy();
    }
  }
}
