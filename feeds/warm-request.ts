// One symbol's history as the request that warms it.
import { gzipSync } from "node:zlib";
import * as v from "valibot";
import { describeProblem, GatewayError } from "../gateway-client/gateway-error.ts";
import { readAnswer } from "../gateway-client/read-answer.ts";
import { tickJson } from "../gateway-client/tick-json.ts";
import { describeFailure } from "../requests/describe-failure.ts";
import { retry } from "../requests/retry.ts";
import type { Tick } from "../src/features/tick.ts";
import { faultText } from "../src/schemas/check.ts";
import { warmContract } from "../src/http/warm-schema.ts";

const ATTEMPT_MS = 90_000;
const ATTEMPTS = 4;
const CONFLICT = 409;
const { warm, ticks, threshold_values, probability, missing } = warmContract.answer.schema.entries;
const warmedSchema = v.object({ warm, ticks, threshold_values, probability, missing });
export type Warmed = v.InferOutput<typeof warmedSchema>;

/** NDJSON of the newest ticks that fit into a request, without their symbol: the path has it. */
export function historyLines(history: readonly Tick[]): { readonly text: string; readonly ticks: number } {
  const lines: string[] = [];
  let bytes = 0;
  for (let k = history.length - 1; k >= 0; k--) {
    const line = `${JSON.stringify({ ...tickJson(history[k]!), symbol: undefined })}\n`;
    bytes += Buffer.byteLength(line);
    if (bytes > warmContract.body.limits.maxBytes) break;
    lines.push(line);
  }
  return { text: lines.reverse().join(""), ticks: lines.length };
}

/**
 * Warms one symbol with ticks; tries again on network errors, 429 and 5xx.
 * @throws GatewayError when the gateway refuses it or does not answer.
 */
export async function warmOne(url: string, symbol: string, text: string, token: string | undefined): Promise<Warmed> {
  const headers = { "Content-Type": "application/x-ndjson", "Content-Encoding": "gzip" };
  return await requestWarm(url, symbol, { headers, body: gzipSync(text) }, token);
}

/** The same with the past of the symbol's venue, which the gateway asks. */
export async function warmOneFromVenue(url: string, symbol: string, token: string | undefined): Promise<Warmed> {
  const body = new TextEncoder().encode('{"from":"venue"}');
  return await requestWarm(url, symbol, { headers: { "Content-Type": "application/json" }, body }, token);
}

async function requestWarm(
  url: string,
  symbol: string,
  { headers: own, body }: { readonly headers: Record<string, string>; readonly body: Uint8Array<ArrayBuffer> },
  token: string | undefined,
): Promise<Warmed> {
  const address = `${url.replace(/\/+$/, "")}/admin/symbols/${encodeURIComponent(symbol)}/warm`;
  const headers = { ...own, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
  let attempts = 0;
  const again = async (): Promise<{ readonly value: Warmed } | Failure> => {
    attempts += 1;
    const result = await attempt(address, headers, body);
    if ("value" in result || attempts === 1 || result.status !== CONFLICT) return result;
    return { ...result, why: `${result.why}; an attempt whose answer was lost may have warmed it` };
  };
  return await retry<Warmed, Failure>(again, {
    request: `POST ${address}`,
    attempts: ATTEMPTS,
    errorOf: ({ failure, message }) => {
      const code = failure.isFinal ? "refused" : failure.status === 0 ? "unreachable" : "unavailable";
      return new GatewayError(code, failure.status, message);
    },
  });
}

interface Failure {
  readonly status: number;
  readonly why: string;
  readonly retryAfter?: string | null;
  readonly isFinal: boolean;
}

async function attempt(
  address: string,
  headers: Record<string, string>,
  body: Uint8Array<ArrayBuffer>,
): Promise<{ readonly value: Warmed } | Failure> {
  let status: number;
  let text: string;
  let retryAfter: string | null;
  try {
    const signal = AbortSignal.timeout(ATTEMPT_MS);
    const response = await fetch(address, { method: "POST", headers, body, signal });
    ({ status } = response);
    retryAfter = response.headers.get("Retry-After");
    text = await response.text();
  } catch (error) {
    return { status: 0, why: describeFailure(error), isFinal: false };
  }
  const read = readAnswer(warmedSchema, text);
  if (status === 200 && read.ok) return { value: read.value };
  const why = describeProblem(status, text) + (status === 200 && !read.ok ? ` (${faultText(read.fault)})` : "");
  const canHelp = status === 429 || (status >= 500 && !text.includes('"not_configured"'));
  return { status, why, retryAfter, isFinal: !canHelp };
}
