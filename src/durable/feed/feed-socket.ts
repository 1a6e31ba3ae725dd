// Opens a WebSocket to a venue by `fetch`, which tells the status of a refusal; the constructor `WebSocket` does not.
import { closeWords } from "../../markets/feed/loss-words.ts";
import type { FeedSocket, SocketEvents } from "../../markets/feed/venue-feed.ts";
import { parseRetryAfter } from "../../schemas/retry-after.ts";

export function openFeedSocket(url: string, events: SocketEvents): FeedSocket {
  const opening = new OpeningSocket(events);
  void opening.open(url.replace(/^ws/, "http"));
  return opening;
}

class OpeningSocket implements FeedSocket {
  private readonly events: SocketEvents;
  private readonly giveUp = new AbortController();
  private socket: WebSocket | undefined;
  private isOver = false;

  constructor(events: SocketEvents) {
    this.events = events;
  }

  async open(url: string): Promise<void> {
    try {
      const headers = { Upgrade: "websocket", "User-Agent": "volgate" };
      const answer = await fetch(url, { headers, signal: this.giveUp.signal });
      const socket = answer.webSocket;
      if (socket === null) {
        await answer.body?.cancel();
        const retryAfterMs = parseRetryAfter(answer.headers.get("Retry-After"), Date.now()) ?? 0;
        this.end(() => this.events.lost({ status: answer.status, retryAfterMs, text: `HTTP ${answer.status}` }));
        return;
      }
      socket.accept();
      if (this.isOver) {
        socket.close(1000);
        return;
      }
      this.socket = socket;
      this.listen(socket);
      this.events.opened();
    } catch (error) {
      this.end(() => this.events.lost({ text: `no connection: ${String(error)}` }));
    }
  }

  send(text: string): void {
    try {
      this.socket?.send(text);
    } catch (error) {
      this.end(() => this.events.lost({ text: `not sent: ${String(error)}` }));
    }
  }

  close(reason: string): void {
    this.isOver = true;
    this.giveUp.abort();
    try {
      // A reason has at most 123 bytes.
      this.socket?.close(1000, reason.slice(0, 120));
    } catch {
      // It is closed already.
    }
  }

  private listen(socket: WebSocket): void {
    socket.addEventListener("message", ({ data }) => {
      if (!this.isOver) this.events.received(data);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.end(() => this.events.lost({ text: closeWords(code, reason) }));
      // Answers the venue's close, which would otherwise stay half open.
      try {
        socket.close(code >= 3000 ? code : 1000);
      } catch {
        // It is closed already.
      }
    });
    socket.addEventListener("error", ({ message }) => {
      this.end(() => this.events.lost({ text: `the connection failed: ${message}` }));
    });
  }

  private end(tell: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    tell();
  }
}
