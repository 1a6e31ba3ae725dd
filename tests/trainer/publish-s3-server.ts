// A bucket behind the S3 API on loopback, strict about what R2 is strict about: signatures, conditions, ranges, paging.
// The signature is computed anew from the request as it came in, by node:crypto.
import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const KEY_ID = "test-key-id";
const SECRET = "test-secret/with+signs";

/** What goes wrong with one request: an answer of 503, an answer that never comes, one that breaks off. */
export type Fault = "503" | "stall" | "cut" | "applied-then-cut";

export class S3Server {
  readonly objects = new Map<string, { body: Buffer; etag: string }>();
  /** `PUT models/x 412`, in order. */
  readonly log: string[] = [];
  /** Taken from the front, one per request, `undefined` for a good one. */
  faults: (Fault | undefined)[] = [];
  pageSize = 1000;
  /** Of all objects' parts that were read. */
  sentBytes = 0;
  /** `Retry-After` of answers of 503. */
  retryAfter: string | undefined;
  endpoint = "";
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.endpoint = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  reset(): void {
    this.objects.clear();
    this.log.length = 0;
    this.faults = [];
    this.pageSize = 1000;
    this.sentBytes = 0;
    this.retryAfter = undefined;
  }

  put(key: string, body: Uint8Array | string): void {
    const bytes = Buffer.from(body);
    this.objects.set(key, { body: bytes, etag: `"${createHash("md5").update(bytes).digest("hex")}"` });
  }

  get env(): Record<string, string> {
    return { R2_ENDPOINT: this.endpoint, R2_ACCESS_KEY_ID: KEY_ID, R2_SECRET_ACCESS_KEY: SECRET };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url!, this.endpoint);
    const key = decodeURIComponent(url.pathname).replace(/^\/bucket\/?/, "");
    const fault = this.faults.shift();
    if (fault === "stall") return;
    if (fault === "503") return this.fail(response, 503, "SlowDown", `${request.method} ${key}`);
    if (!url.pathname.startsWith("/bucket")) return this.fail(response, 404, "NoSuchBucket", url.pathname);
    if (request.headers.authorization !== authorization(request, url, body)) {
      return this.fail(response, 403, "SignatureDoesNotMatch", `${request.method} ${key}`);
    }
    if (fault === "cut") {
      response.writeHead(200, { "Content-Length": 1000 }).write("half");
      setTimeout(() => response.destroy(), 20);
      return;
    }
    if (request.method === "PUT") this.write(key, body, request, response, fault === "applied-then-cut");
    else if (key === "") this.list(url, response);
    else this.read(key, request, response);
  }

  private write(key: string, body: Buffer, request: IncomingMessage, response: ServerResponse, cut: boolean): void {
    const stored = this.objects.get(key);
    const { "if-match": match, "if-none-match": noneMatch } = request.headers;
    const broken = (noneMatch === "*" && stored !== undefined) || (match !== undefined && match !== stored?.etag);
    if (broken) return this.fail(response, 412, "PreconditionFailed", `PUT ${key}`);
    this.put(key, body);
    this.log.push(`PUT ${key} 200`);
    if (cut) response.destroy();
    else response.writeHead(200, { ETag: this.objects.get(key)!.etag }).end();
  }

  private read(key: string, request: IncomingMessage, response: ServerResponse): void {
    const stored = this.objects.get(key);
    if (stored === undefined) return this.fail(response, 404, "NoSuchKey", `GET ${key}`);
    const { "if-match": match, range } = request.headers;
    if (match !== undefined && match !== stored.etag)
      return this.fail(response, 412, "PreconditionFailed", `GET ${key}`);
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
    const body = start === undefined ? stored.body : stored.body.subarray(Number(start), Number(end) + 1);
    this.sentBytes += body.length;
    this.log.push(`GET ${key} ${start === undefined ? 200 : 206}`);
    response.writeHead(start === undefined ? 200 : 206, { ETag: stored.etag, "Content-Length": body.length }).end(body);
  }

  private list(url: URL, response: ServerResponse): void {
    const prefix = url.searchParams.get("prefix") ?? "";
    const after = Buffer.from(url.searchParams.get("continuation-token") ?? "", "base64").toString();
    const found = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = found.slice(0, this.pageSize);
    const contents = page.map((key) => {
      const { body, etag } = this.objects.get(key)!;
      const name = encodeURIComponent(key).replaceAll("%2F", "/");
      return `<Contents><Key>${name}</Key><ETag>${etag.replaceAll('"', "&quot;")}</ETag><Size>${body.length}</Size></Contents>`;
    });
    const more = found.length > page.length;
    const token = `<NextContinuationToken>${Buffer.from(page.at(-1) ?? "").toString("base64")}</NextContinuationToken>`;
    this.log.push(`LIST ${prefix} ${page.length}`);
    const result = `<IsTruncated>${more}</IsTruncated>${more ? token : ""}${contents.join("")}`;
    response.writeHead(200).end(`<?xml version="1.0"?><ListBucketResult>${result}</ListBucketResult>`);
  }

  private fail(response: ServerResponse, status: number, code: string, what: string): void {
    this.log.push(`${what} ${status}`);
    const headers = status === 503 && this.retryAfter !== undefined ? { "Retry-After": this.retryAfter } : {};
    response.writeHead(status, headers).end(`<Error><Code>${code}</Code><Message>About ${what}.</Message></Error>`);
  }
}

/** The header that AWS signature version 4 demands for exactly this request. */
function authorization(request: IncomingMessage, url: URL, body: Buffer): string {
  const { headers } = request;
  const given = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1] ?? "";
  const contentHash = createHash("sha256").update(body).digest("hex");
  if (headers["x-amz-content-sha256"] !== contentHash) return "the body differs from its hash";
  for (const name of ["host", "x-amz-content-sha256", "x-amz-date", "if-match", "if-none-match"]) {
    if (name in headers && !given.split(";").includes(name)) return `${name} is not signed`;
  }
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const path = url.pathname
    .split("/")
    .map((part) => encode(decodeURIComponent(part)))
    .join("/");
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const signed = given.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [request.method, path, query.join("&"), signed.join(""), given, contentHash].join("\n");
  const date = String(headers["x-amz-date"]);
  const scope = `${date.slice(0, 8)}/auto/s3/aws4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const key = ["auto", "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${SECRET}`, date.slice(0, 8)));
  const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope, hash].join("\n")).toString("hex");
  return `AWS4-HMAC-SHA256 Credential=${KEY_ID}/${scope}, SignedHeaders=${given}, Signature=${signature}`;
}
