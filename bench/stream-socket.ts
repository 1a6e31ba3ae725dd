// A reader of the stream for benchmarks and long tests: counts what comes, and answers checks.
import { WebSocket } from "ws";

export class StreamSocket {
  /** Events, without hello and checks. */
  events = 0;
  /** The texts of the events, where they are wanted. */
  readonly texts: string[] = [];
  /** Set once it is closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** The cursor of hello. */
  hello = "";
  onEvent: ((text: string) => void) | undefined;
  private readonly socket: WebSocket;

  private constructor(socket: WebSocket, keepsTexts: boolean) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith('{"type":"hello"')) this.hello = (JSON.parse(text) as { readonly cursor: string }).cursor;
      else if (text.startsWith('{"type":"check"')) socket.send(text.replace("check", "checked"));
      else {
        this.events += 1;
        if (keepsTexts) this.texts.push(text);
        this.onEvent?.(text);
      }
    });
    socket.on("close", (code, reason) => (this.closed = { code, reason: reason.toString() }));
    // What it is closed with says why.
    socket.on("error", () => undefined);
  }

  /** Waits for hello. Rejects where the gateway refuses, and where it is not there. */
  static async open(url: string, path: string, keepsTexts = false): Promise<StreamSocket> {
    const socket = new WebSocket(url.replace(/^http/, "ws") + path, ["volgate.v1"], { perMessageDeflate: false });
    const stream = new StreamSocket(socket, keepsTexts);
    await new Promise<void>((done, failed) => {
      socket.once("message", () => done());
      socket.once("error", failed);
      socket.once("close", (code) => failed(new Error(`closed with ${code} before hello`)));
    });
    return stream;
  }

  close(): void {
    this.socket.close();
  }

  /** At once, as a reader that crashes. */
  terminate(): void {
    this.socket.terminate();
  }
}
