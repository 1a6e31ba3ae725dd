// A gateway's administration on loopback: answers what the test has laid down, and keeps what it was asked.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export const CHAMPION = "c".repeat(64);

export class FakeAdmin {
  url = "";
  readonly asked: Asked[] = [];
  /** By `METHOD /path`; a list is answered one after the other, its last entry for ever. */
  readonly answers = new Map<string, Answer | Answer[]>();
  private readonly server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      this.asked.push({ method, path, headers, body: text === "" ? undefined : JSON.parse(text) });
      const { status, body } = this.next(`${method} ${path}`);
      response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    this.reset();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** A gateway with a champion, no challenger, that takes every alias. */
  reset(): void {
    this.asked.length = 0;
    this.answers.clear();
    this.answers.set("GET /admin/aliases", { status: 200, body: { aliases: { champion: CHAMPION } } });
    this.answers.set("GET /admin/experiment", { status: 200, body: noExperiment() });
    this.answers.set("PUT /admin/aliases/challenger", { status: 200, body: { serving: true, forced: false } });
  }

  private next(key: string): Answer {
    const answer = this.answers.get(key) ?? { status: 404, body: { code: "no_such_route", detail: "no route" } };
    if (!Array.isArray(answer)) return answer;
    return (answer.length > 1 ? answer.shift() : answer[0])!;
  }
}

export function noExperiment(): Record<string, unknown> {
  return { experiment: null, code: "no_experiment", missing: ["challenger: none"], comparison: null };
}

/** What `GET /admin/experiment` answers while a challenger is compared. */
export function running(challenger: string, eValue: number, blocks: number, code = "wait"): Record<string, unknown> {
  const pooled = {
    verdict: eValue >= 20 ? "promote" : "wait",
    e_value: eValue,
    blocks,
    episodes: 40,
    mean_gain: { value: 0.03, low: 0.02, high: 0.04 },
  };
  const experiment = { id: "1-a-b", champion: CHAMPION, challenger };
  return { experiment, code, missing: code === "wait" ? ["e value"] : ["gate: no"], comparison: { pooled } };
}
