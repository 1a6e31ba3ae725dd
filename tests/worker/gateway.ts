// The gateway as a client sees it, through the public door, and the ways to look behind it.
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { SymbolObject } from "../../src/durable/symbol/object.ts";
import { predictionCache } from "../../src/http/prediction-cache.ts";
import type { Env } from "../../src/settings.ts";
import worker from "../../src/worker.ts";

const ORIGIN = "https://volgate.test";

/** A JSON answer; `body` is whatever came. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Answers are read without types: tests assert what is in them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

export async function fetchJson(path: string, init?: RequestInit): Promise<Answer> {
  return await readAnswer(await exports.default.fetch(new Request(ORIGIN + path, init)));
}

/** The same request to a Worker with other variables. @param path or a whole address. */
export async function fetchWith(variables: Partial<Env>, path: string, init?: RequestInit): Promise<Answer> {
  const ctx = createExecutionContext();
  const bindings: Env = Object.assign({}, env, variables);
  const url = path.startsWith("/") ? ORIGIN + path : path;
  const request = new Request<unknown, IncomingRequestCfProperties>(url, init as RequestInit<never>);
  const answer = await readAnswer(await worker.fetch(request, bindings, ctx));
  await waitOnExecutionContext(ctx);
  return answer;
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const json = response.headers.get("Content-Type")?.includes("json") === true;
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}

export function postJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return fetchJson(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...headers },
  });
}

export function ingest(ticks: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return postJson("/ingest", ticks, headers);
}

/** The same for many symbols: on a machine with other work an object may answer late. */
export function ingestMany(ticks: readonly unknown[]): Promise<Answer> {
  return fetchWith({ OBJECT_DEADLINE_MS: "60000" }, "/ingest", { method: "POST", body: JSON.stringify(ticks) });
}

export function ingestAs(producer: string, seq: number, ticks: unknown): Promise<Answer> {
  return ingest(ticks, { "X-Producer-Id": producer, "X-Producer-Seq": String(seq) });
}

let skippedMs = 0;

/** The time of the isolate's prediction cache: the wall's, and what was skipped. */
export const predictionClock = (): number => Date.now() + skippedMs;
predictionCache.useClock(predictionClock);

/** Asks when the isolate's answer cache has expired. */
export async function predictFresh(symbol: string): Promise<Answer> {
  skippedMs += 250;
  return await fetchJson(`/predict?symbol=${symbol}`);
}

export function stubOf(symbol: string): DurableObjectStub<SymbolObject> {
  return env.SYMBOLS.get(env.SYMBOLS.idFromName(symbol));
}

/** Runs SQL in a symbol's own database. */
export function sqlOf(symbol: string, statement: string): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(stubOf(symbol), (_, state) => state.storage.sql.exec(statement).toArray());
}

/** The sum of a metric's samples whose labels contain all of `labels`. */
export async function metric(name: string, labels: Record<string, string> = {}): Promise<number> {
  const { body } = await fetchJson("/metrics");
  let sum = 0;
  for (const line of (body as string).split("\n")) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    if (Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`))) {
      sum += Number(line.slice(line.lastIndexOf(" ") + 1));
    }
  }
  return sum;
}

/** By how much a metric rises while `work` runs. */
export async function rise(
  name: string,
  labels: Record<string, string>,
  work: () => Promise<unknown>,
): Promise<number> {
  const before = await metric(name, labels);
  await work();
  return (await metric(name, labels)) - before;
}
