// The socket beside the polls, on a socket and a clock of the test's own.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveLine } from "../../dashboard/gateway/live-line.ts";
import type { SocketLike } from "../../dashboard/gateway/live-socket.ts";

class FakeSocket implements SocketLike {
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  readonly sent: unknown[] = [];
  readonly url: string;
  readonly protocols: readonly string[];
  isClosed = false;

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.isClosed = true;
  }

  tell(message: unknown): void {
    const data = typeof message === "string" ? message : JSON.stringify(message);
    this.onmessage?.call(this as unknown as WebSocket, { data } as MessageEvent);
  }

  fail(): void {
    this.onclose?.call(this as unknown as WebSocket, {} as CloseEvent);
  }
}

let sockets: FakeSocket[];
let told: unknown[];
let drops: boolean[];
let page: { hidden: boolean; onVisibility: () => void };

function openLine({ mayBeQuiet = false, token = null as string | null } = {}): LiveLine {
  return new LiveLine({
    path: () => `/overview?since=e:${told.length}`,
    token: () => token,
    mayBeQuiet,
    onMessage: (message) => told.push(message),
    onDrop: (isSilent) => drops.push(isSilent),
    open: (url, protocols) => {
      const socket = new FakeSocket(url, protocols);
      sockets.push(socket);
      return socket;
    },
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  [sockets, told, drops] = [[], [], []];
  page = { hidden: false, onVisibility: () => undefined };
  vi.stubGlobal("location", { origin: "https://gateway.test" });
  vi.stubGlobal("document", {
    get hidden() {
      return page.hidden;
    },
    addEventListener: (_: string, listener: () => void) => (page.onVisibility = listener),
    removeEventListener: () => (page.onVisibility = () => undefined),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("a line", () => {
  it("opens one socket after an answer, and is live from its first message on", () => {
    const line = openLine({ token: "söcret" });
    line.answered();
    line.answered();
    expect(sockets.map(({ url }) => url)).toEqual(["wss://gateway.test/overview?since=e:0"]);
    expect(sockets[0]!.protocols).toEqual(["volgate.v1", "bearer.c8O2Y3JldA"]);
    expect(line.isLive.value).toBe(false);
    sockets[0]!.tell({ cursor: "e:1" });
    expect([line.isLive.value, told]).toEqual([true, [{ cursor: "e:1" }]]);
  });

  it("answers checks, and keeps them to itself", () => {
    openLine().answered();
    sockets[0]!.tell({ type: "check", n: 5 });
    expect([sockets[0]!.sent, told]).toEqual([['{"type":"checked","n":5}'], []]);
  });

  it("says when a socket that was live is gone, and opens another one later each time, from where it was", () => {
    const line = openLine();
    const waits: number[] = [];
    line.answered();
    for (let drop = 0; drop < 4; drop++) {
      sockets.at(-1)!.tell({});
      sockets.at(-1)!.fail();
      expect(line.isLive.value).toBe(false);
      const count = sockets.length;
      for (let ms = 0; sockets.length === count && ms < 60_000; ms += 500) {
        line.answered();
        if (sockets.length === count) vi.advanceTimersByTime(500);
        else waits.push(ms);
      }
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(drops).toEqual([false, false, false, false]);
    expect(sockets.at(-1)!.url).toBe("wss://gateway.test/overview?since=e:4");
  });

  it("asks for nothing where a socket never came to be: polls have not stopped", () => {
    const line = openLine();
    line.answered();
    sockets[0]!.fail();
    expect([drops, line.isLive.value]).toEqual([[], false]);
  });

  it("gives up a socket that is silent", () => {
    const line = openLine();
    line.answered();
    sockets[0]!.tell({});
    vi.advanceTimersByTime(11_000);
    sockets[0]!.tell({});
    vi.advanceTimersByTime(11_000);
    expect(line.isLive.value).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect([line.isLive.value, drops, sockets[0]!.isClosed]).toEqual([false, [true], true]);
    // What it says now is of before.
    sockets[0]!.tell({ late: true });
    expect(told).toHaveLength(2);
  });

  it("pings a socket that may be quiet, and gives it up when that is not answered", () => {
    const line = openLine({ mayBeQuiet: true });
    line.answered();
    sockets[0]!.tell({ type: "hello" });
    for (let k = 0; k < 12; k++) {
      vi.advanceTimersByTime(5_000);
      sockets[0]!.tell("pong");
    }
    expect([line.isLive.value, sockets[0]!.sent.length, told.length]).toEqual([true, 12, 1]);
    vi.advanceTimersByTime(12_000);
    expect([line.isLive.value, drops]).toEqual([false, [true]]);
  });

  it("ends its socket while the tab is hidden, and opens one at once when it is seen again", () => {
    const line = openLine();
    line.answered();
    sockets[0]!.tell({});
    page.hidden = true;
    page.onVisibility();
    expect([line.isLive.value, sockets[0]!.isClosed, drops]).toEqual([false, true, []]);
    line.answered();
    expect(sockets).toHaveLength(1);
    page.hidden = false;
    line.answered();
    expect(sockets).toHaveLength(2);
  });

  it("is given up by who sees that it tells nothing that is new", () => {
    const line = openLine();
    line.answered();
    sockets[0]!.tell({});
    line.drop();
    expect([line.isLive.value, drops]).toEqual([false, [false]]);
    line.close();
  });
});
