// Every route of a running gateway: mutated paths, queries, headers and bodies.
import { gzipSync, deflateSync } from "node:zlib";
import type { Contract } from "../../src/http/contract.ts";
import { ERROR_CODES, type ErrorCode } from "../../src/http/error-codes.ts";
import { check, faultText } from "../../src/schemas/check.ts";
import { ROUTES, type RouteSample, type SentRequest } from "../corpus/requests.ts";
import { demand, type FuzzInput, type FuzzTarget, type Outcome } from "../fuzz-target.ts";
import { type FuzzedGateway, startFuzzedGateway } from "../fuzzed-gateway.ts";
import type { InputRandom } from "../input-random.ts";
import { mutatedBytes } from "../mutate/bytes.ts";
import { mutatedJson } from "../mutate/json.ts";
import { mutatedText } from "../mutate/texts.ts";
import { sendRequest } from "../send-request.ts";

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
/** What any request may have, with values that routes read. */
const COMMON_HEADERS: Readonly<Record<string, readonly string[]>> = {
  "Content-Type": [
    "application/json",
    "application/x-ndjson",
    "application/octet-stream",
    "text/plain; charset=utf-16",
  ],
  "Content-Encoding": ["gzip", "deflate", "identity", "br", "gzip, gzip"],
  "Inference-Header-Content-Length": ["10", "0", "100000", "120"],
  "X-Producer-Id": ["collector-1", "x".repeat(64)],
  "X-Producer-Seq": ["42", "0", "9007199254740991"],
  "X-Volgate-Trace": ["steps"],
  "X-Correlation-ID": ["a-b-c"],
  Authorization: ["Bearer x", "Basic eDp5"],
  Accept: ["application/openmetrics-text; version=1.0.0", "text/event-stream", "*/*;q=0.1"],
  traceparent: ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
  "If-None-Match": ['"x"'],
  Range: ["bytes=0-5"],
  Upgrade: ["websocket"],
  Origin: ["https://a.example"],
  "Last-Event-ID": ["BTC-USD~a"],
};
/** 64 MiB of zeros are 64 KiB of gzip. */
const BOMB = gzipSync(Buffer.alloc(2 ** 26));

let gateway: FuzzedGateway | undefined;

function requestOf(random: InputRandom): SentRequest {
  const { contract, ...sample } = random.pick(ROUTES);
  const path = pathOf(contract, sample, random);
  const method = random.chance(0.95) ? contract.method.toUpperCase() : random.pick(METHODS);
  const headers = headersOf(sample.headers, random);
  const hasBody = contract.body !== undefined ? random.chance(0.97) : random.chance(0.05);
  if (!hasBody || method === "GET" || method === "HEAD") return { method, path, headers };
  return { method, path, ...bodyOf(contract, headers, random) };
}

function pathOf(contract: Contract, { params, query }: Omit<RouteSample, "contract">, random: InputRandom): string {
  const changed = (value: string): string => (random.chance(0.4) ? mutatedText([value], random) : value);
  const path = contract.path.replace(/:(\w+)/g, (_, name: string) => encodedPart(changed(params[name] ?? "1"), random));
  const given = Object.entries(query).filter(() => random.chance(0.6));
  const parts = given.map(([name, value]) => `${encodedPart(name, random)}=${encodedPart(changed(value), random)}`);
  if (random.chance(0.03)) parts.push(encodedPart(mutatedText(["symbol=BTC-USD&format=kraken"], random), random));
  const text = random.chance(0.02) ? mutatedText([path], random) : path;
  return sendable(`/${text.replace(/^\/+/, "")}${parts.length === 0 ? "" : `?${parts.join("&")}`}`);
}

/** Now and then a sender forgets to encode. */
function encodedPart(text: string, random: InputRandom): string {
  return random.chance(0.9) ? encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd")) : text;
}

/** Node sends no other letters in a path. */
function sendable(path: string): string {
  return path.replaceAll(/[^\x21-\x7e]/g, (letter) => {
    return [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  });
}

function headersOf(own: Readonly<Record<string, string>>, random: InputRandom): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) if (random.chance(0.5)) headers[name] = value;
  while (random.chance(0.25)) {
    const name = random.pick(Object.keys(COMMON_HEADERS));
    headers[name] = random.pick(COMMON_HEADERS[name]!);
  }
  for (const name of Object.keys(headers)) {
    if (random.chance(0.3)) headers[name] = mutatedText([headers[name]!], random);
    headers[name] = headers[name]!.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 4_000);
  }
  return headers;
}

function bodyOf(
  { body }: Contract,
  headers: Record<string, string>,
  random: InputRandom,
): Pick<SentRequest, "headers" | "body" | "bytes"> {
  const texts = Object.entries(body?.texts ?? {});
  if (texts.length > 0 && random.chance(0.3)) {
    const [type, example] = random.pick(texts);
    return { headers: { ...headers, "Content-Type": type }, body: mutatedText([example], random) };
  }
  const text = mutatedJson([body?.example ?? {}], random);
  if (random.chance(0.85)) return { headers, body: text };
  const packed = random.chance(0.7) ? gzipSync(text) : deflateSync(text);
  const bytes = random.chance(0.05) ? BOMB : random.chance(0.5) ? packed : mutatedBytes([packed], random);
  const encoding = random.chance(0.8) ? { "Content-Encoding": random.chance(0.7) ? "gzip" : "deflate" } : {};
  return { headers: { ...headers, ...encoding }, bytes: Buffer.from(bytes).toString("base64") };
}

async function send(input: FuzzInput): Promise<Outcome> {
  const request = JSON.parse(String(input)) as SentRequest;
  const { status, type, body } = await sendRequest(gateway!.url, request);
  const line = (): string => `${request.method} ${request.path}: ${status} ${body.slice(0, 300)}`;
  const isJson = /^application\/(problem\+)?json/.test(type);
  const value: unknown = isJson && body !== "" ? JSON.parse(body) : undefined;
  if (status < 400) {
    if (status < 300 && value !== undefined) requireDescribed(request, status, value);
    return "accepted";
  }
  const { code } = (value ?? {}) as { readonly code?: unknown };
  const known =
    typeof code === "string" && Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as ErrorCode] : undefined;
  if (code !== undefined) demand(known?.status === status, () => `undocumented ${line()}`);
  demand(status < 500 || (status === 503 && (known !== undefined || isHealth(request))), line);
  return "refused";
}

/** They answer 503 with what they always answer. */
function isHealth({ path }: SentRequest): boolean {
  return /^\/(health|v2\/(health|models))/.test(path);
}

/** The answer is what the contract says, where the path is plainly that of one route. */
function requireDescribed({ method, path }: SentRequest, status: number, value: unknown): void {
  const plain = path.split("?")[0]!;
  const found = ROUTES.filter(({ contract }) => {
    const form = new RegExp(`^${contract.path.replace(/:\w+/g, "[^/]+")}$`);
    return contract.method.toUpperCase() === method && form.test(plain);
  });
  const [route] = found;
  if (found.length !== 1 || route === undefined || route.contract.answer.mediaType !== undefined) return;
  const checked = check(route.contract.answer.schema, value, "answer");
  if (!checked.ok) demand(false, () => `${method} ${path} ${status}: ${faultText(checked.fault)}`);
}

export const ROUTE_TARGET: FuzzTarget = {
  ...{ name: "http/routes", weight: 0.15, mostMs: 20_000 },
  make: (random) => JSON.stringify(requestOf(random)),
  run: send,
  open: async () => {
    const opened = (gateway = await startFuzzedGateway());
    return () => opened.close();
  },
};
