// The service behind the gateway's R2 binding: workerd's internal protocol on a unix socket, over a folder. It knows the
// operations that the gateway uses, and refuses others with R2's own error.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { type FolderBucket, ObjectNameError, type StoredObject } from "../recordings/bucket/folder-bucket.ts";
import { meetsCondition } from "./r2-condition.ts";
import { parseR2Request, type R2Range, type R2Request } from "./r2-request.ts";

/** R2's codes, which the binding puts into the error that the gateway sees. */
const CODES = {
  internal: [500, 10_001],
  noSuchKey: [404, 10_007],
  invalidName: [400, 10_020],
  notImplemented: [501, 10_029],
  preconditionFailed: [412, 10_031],
  invalidRange: [416, 10_039],
} as const;

interface Answer {
  readonly refusal?: keyof typeof CODES;
  readonly message?: string;
  readonly json?: unknown;
  readonly body?: Uint8Array;
}

/** Counts of requests by method, for what Cloudflare would bill. */
export type R2Counts = Partial<Record<R2Request["method"], number>>;

/** Listens until it is closed. */
export async function listenAsBucket(
  bucket: FolderBucket,
  socketPath: string,
  { note, counts = {} }: { note: (line: string) => void; counts?: R2Counts },
): Promise<Server> {
  const server = createServer((request, response) => {
    answer(bucket, request, counts)
      .catch((error: unknown): Answer => {
        if (error instanceof ObjectNameError) return { refusal: "invalidName", message: error.message };
        note(`bucket: ${error instanceof Error ? error.message : String(error)}`);
        return { refusal: "internal", message: "the bucket's folder cannot be read or written" };
      })
      .then((result) => send(response, result))
      .catch(() => void response.destroy());
  });
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(socketPath, done);
  });
  return server;
}

async function answer(bucket: FolderBucket, message: IncomingMessage, counts: R2Counts): Promise<Answer> {
  const { text, value } = await readMessage(message);
  const request = parseR2Request(text);
  if (request === undefined) {
    return { refusal: "notImplemented", message: "this bucket does not know the operation" };
  }
  counts[request.method] = (counts[request.method] ?? 0) + 1;
  switch (request.method) {
    case "head": {
      const object = await bucket.head(request.object);
      return object === undefined ? { refusal: "noSuchKey" } : { json: whole(object) };
    }
    case "get":
      return await answerGet(bucket, request);
    case "put":
      return await answerPut(bucket, request, value);
    case "delete":
      await bucket.delete(request.objects ?? (request.object === undefined ? [] : [request.object]));
      return {};
    case "list":
      return await answerList(bucket, request);
  }
}

async function answerGet(bucket: FolderBucket, request: Extract<R2Request, { method: "get" }>): Promise<Answer> {
  const object = await bucket.head(request.object);
  if (object === undefined) return { refusal: "noSuchKey" };
  if (request.onlyIf !== undefined && !meetsCondition(request.onlyIf, object)) {
    return { refusal: "preconditionFailed", json: whole(object) };
  }
  const range = rangeOf(request.range, object.sizeBytes);
  if (range === undefined) return { refusal: "invalidRange" };
  const body = await bucket.read(request.object, range.offset, range.length);
  // It was removed or replaced between the two reads.
  if (body?.length !== range.length) return { refusal: "noSuchKey" };
  return { json: { ...described(object), range }, body };
}

async function answerPut(
  bucket: FolderBucket,
  { object: key, httpFields = {}, customFields = [], onlyIf }: Extract<R2Request, { method: "put" }>,
  value: Uint8Array,
): Promise<Answer> {
  const stored = await bucket.put(key, value, {
    httpFields: Object.fromEntries(Object.entries(httpFields).map(([name, field]) => [name, String(field)])),
    customFields: Object.fromEntries(customFields.map(({ k, v }) => [k, v])),
    ...(onlyIf === undefined ? {} : { unless: (present) => !meetsCondition(onlyIf, present) }),
  });
  return stored === undefined ? { refusal: "preconditionFailed" } : { json: described(stored) };
}

async function answerList(bucket: FolderBucket, request: Extract<R2Request, { method: "list" }>): Promise<Answer> {
  const { prefix, limit, delimiter, include } = request;
  const cursor = request.cursor === undefined ? undefined : Buffer.from(request.cursor, "base64").toString();
  const startAfter = cursor ?? request.startAfter;
  const page = await bucket.list({ prefix, limit, startAfter, delimiter });
  const objects = page.objects.map((object) => ({
    ...described(object),
    ...(include.includes(0) ? {} : { httpFields: {} }),
    ...(include.includes(1) ? {} : { customFields: [] }),
  }));
  const next = page.next === undefined ? {} : { cursor: Buffer.from(page.next).toString("base64") };
  const { delimitedPrefixes } = page;
  return { json: { objects, truncated: page.next !== undefined, delimitedPrefixes, ...next } };
}

/** An object as the binding reads it; the version is the tag, because a folder keeps none. */
function described({ key, sizeBytes, etag, uploadedMs, httpFields, customFields }: StoredObject) {
  return {
    name: key,
    version: etag,
    size: sizeBytes,
    etag,
    uploaded: uploadedMs,
    httpFields,
    customFields: Object.entries(customFields).map(([k, v]) => ({ k, v })),
    checksums: { 0: etag },
  };
}

function whole(object: StoredObject) {
  return { ...described(object), range: { offset: 0, length: object.sizeBytes } };
}

/** `undefined` for a range that the object does not have. */
function rangeOf(range: R2Range, sizeBytes: number): { offset: number; length: number } | undefined {
  const { offset = 0, length, suffix } = range ?? {};
  if (suffix !== undefined) {
    if (suffix <= 0) return undefined;
    const kept = Math.min(suffix, sizeBytes);
    return { offset: sizeBytes - kept, length: kept };
  }
  if (offset < 0 || offset > sizeBytes || (length !== undefined && length <= 0)) return undefined;
  return { offset, length: Math.min(length ?? Infinity, sizeBytes - offset) };
}

/** A GET carries the request in a header, a PUT at the start of its body. */
async function readMessage(message: IncomingMessage): Promise<{ text: string; value: Uint8Array }> {
  if (message.method === "GET") {
    message.resume();
    return { text: String(message.headers["cf-r2-request"]), value: new Uint8Array() };
  }
  const sizeBytes = Number(message.headers["cf-r2-metadata-size"]);
  const body = await buffer(message);
  return { text: body.toString("utf8", 0, sizeBytes), value: body.subarray(sizeBytes) };
}

function send(response: ServerResponse, { refusal, message = refusal, json, body }: Answer): void {
  const metadata = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
  const [status, v4code] = refusal === undefined ? [200, undefined] : CODES[refusal];
  response.writeHead(status, {
    ...(metadata === undefined ? {} : { "cf-r2-metadata-size": metadata.length }),
    ...(v4code === undefined ? {} : { "cf-r2-error": JSON.stringify({ version: 1, v4code, message }) }),
    "content-length": (metadata?.length ?? 0) + (body?.length ?? 0),
  });
  if (metadata !== undefined) response.write(metadata);
  if (body !== undefined) response.write(body);
  response.end();
}
