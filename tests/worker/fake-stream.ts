// A venue's WebSocket inside the isolate: what a feed's object opens by `fetch`, and what a test lets the venue send.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { onTestFinished, vi } from "vitest";
import { fetchJson } from "./gateway.ts";

/** Answers a request to open a stream otherwise than with a WebSocket. */
type Refusal = () => Response | Promise<Response>;

export class FakeStream {
  /** The venue's ends of all connections, the newest last. */
  readonly sockets: WebSocket[] = [];
  /** Texts that the feed sent, of all connections. */
  readonly heard: string[] = [];
  /** Instead of opening the next connections; `undefined` opens them. */
  refuse: Refusal | undefined;
  /** What the venue's REST service answers; by default it knows no product. */
  past: ((url: URL) => Response) | undefined;
  private readonly object: string;

  /** @param name of the object: venue and place. @param host of the venue's streams. */
  constructor(name: string, host: string) {
    this.object = name;
    const { fetch } = globalThis;
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input));
      if (url.host === REST_HOST) return this.past?.(url) ?? new Response("{}", { status: 404 });
      if (url.host !== host) return await fetch(input, init);
      if (this.refuse !== undefined) return await this.refuse();
      const [theirs, ours] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
      ours.accept();
      ours.addEventListener("message", ({ data }) => void this.heard.push(String(data)));
      this.sockets.push(ours);
      return new Response(null, { status: 101, webSocket: theirs });
    });
    onTestFinished(() => spy.mockRestore());
  }

  /** The newest connection sends these. */
  async send(...messages: unknown[]): Promise<void> {
    await this.within((socket) => {
      for (const message of messages) socket.send(typeof message === "string" ? message : JSON.stringify(message));
    });
  }

  async close(code: number, reason: string): Promise<void> {
    await this.within((socket) => socket.close(code, reason));
  }

  /** Whatever is done to a socket must be done in the context of its object. */
  private async within(act: (socket: WebSocket) => void): Promise<void> {
    // Another stub each time: that of an object that was ended fails.
    await runInDurableObject(objectOf(this.object), () => act(this.sockets.at(-1)!));
  }
}

/** Of Binance's streams. */
export const HOST = "data-stream.binance.vision";
const REST_HOST = "data-api.binance.vision";

/** Begins a feed, which ends with the test. */
export function put(venue: string, body: unknown): ReturnType<typeof fetchJson> {
  onTestFinished(async () => void (await end(venue)));
  return fetchJson(`/admin/feeds/${venue}`, { method: "PUT", body: JSON.stringify(body) });
}

export const end = (venue: string) => fetchJson(`/admin/feeds/${venue}`, { method: "DELETE" });

/** A numbered trade of now, as Binance sends it. */
export const trade = (symbol: string, number: number, ts = Date.now(), price = 100 + number) => ({
  stream: `${symbol.toLowerCase()}@trade`,
  data: { e: "trade", E: ts, s: symbol, t: number, p: `${price}`, q: "0.5", T: ts, m: false },
});

/** Ticks that a symbol has taken. */
export async function accepted(symbol: string): Promise<number> {
  const { status, body } = await fetchJson(`/symbols/${encodeURIComponent(symbol)}`);
  return status === 200 ? body.ticks.accepted : 0;
}

export const objectOf = (name: string) => env.FEEDS.get(env.FEEDS.idFromName(name));

// Answers are read without types, as everywhere in these tests.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function feedOf(venue: string): Promise<any> {
  return (await fetchJson(`/admin/feeds/${venue}`)).body;
}
