// A bucket behind the S3 API (R2 over the network), as the publisher and the readers of recordings see it.
import { BucketError } from "./bucket-error.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { ListedObject, RecordingBucket } from "./recording-bucket.ts";
import type { S3Client } from "./s3-client.ts";

/** Conditional writes by entity tag, listing with paging, and reading by ranges. All throw `BucketError`. */
export class S3Bucket implements ModelBucket, RecordingBucket {
  private readonly client: S3Client;

  constructor(client: S3Client) {
    this.client = client;
  }

  /** `null` when there is no such object. */
  async get(key: string): ReturnType<ModelBucket["get"]> {
    const { status, headers, body } = await this.client.send({ method: "GET", key }, [404]);
    if (status === 404) return null;
    return {
      etag: headers.get("ETag") ?? "",
      text: () => Promise.resolve(new TextDecoder().decode(body)),
      arrayBuffer: () => Promise.resolve(Uint8Array.from(body).buffer),
    };
  }

  /**
   * Writes when the condition holds, else answers `null`. When the answer to a write is lost, the retry finds the
   * condition broken by the first attempt and also answers `null`; publishers then read the stored object.
   */
  async put(
    key: string,
    value: string | ArrayBuffer,
    { onlyIf }: Parameters<ModelBucket["put"]>[2],
  ): Promise<{ readonly etag: string } | null> {
    const headers: Record<string, string> = {};
    if (onlyIf !== undefined && "etagMatches" in onlyIf) headers["If-Match"] = onlyIf.etagMatches;
    else if (onlyIf !== undefined) headers["If-None-Match"] = onlyIf.etagDoesNotMatch;
    const body = typeof value === "string" ? new TextEncoder().encode(value) : new Uint8Array(value);
    // A write with If-Match on a deleted object is answered with 404.
    const broken = "If-Match" in headers ? [404, 412] : [412];
    const answer = await this.client.send({ method: "PUT", key, headers, body }, broken);
    return answer.status === 200 ? { etag: answer.headers.get("ETag") ?? "" } : null;
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const page = token === undefined ? {} : { "continuation-token": token };
      const query = { "list-type": "2", "encoding-type": "url", prefix, ...page };
      const { body } = await this.client.send({ method: "GET", key: "", query });
      const xml = new TextDecoder().decode(body);
      for (const [, contents] of xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) yield listedObject(contents!);
      token = elementOf(xml.replace(/<Contents>[\s\S]*?<\/Contents>/g, ""), "NextContinuationToken");
    } while (token !== undefined);
  }

  async readRange({ key, etag }: ListedObject, start: number, end: number): Promise<Uint8Array> {
    if (start === end) return new Uint8Array(0);
    const headers = { Range: `bytes=${start}-${end - 1}`, "If-Match": etag };
    const { status, body } = await this.client.send({ method: "GET", key, headers }, [412]);
    if (status === 412) throw new BucketError(status, `${key}: was replaced while it was read`);
    const bytes = status === 206 ? body : body.subarray(start, end);
    if (bytes.length === end - start) return bytes;
    throw new BucketError(status, `${key}: got ${bytes.length} bytes, expected ${end - start} from byte ${start} on`);
  }
}

function listedObject(contents: string): ListedObject {
  const key = elementOf(contents, "Key");
  const sizeBytes = Number(elementOf(contents, "Size") ?? NaN);
  const etag = elementOf(contents, "ETag");
  if (key === undefined || etag === undefined || !Number.isSafeInteger(sizeBytes)) {
    throw new BucketError(200, `list: got ${contents.slice(0, 120)}, expected Key, Size and ETag`);
  }
  // Keys are requested with `encoding-type=url`, in which a space may be a plus.
  return { key: decodeURIComponent(key.replaceAll("+", " ")), sizeBytes, etag };
}

function elementOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(quot|apos|lt|gt|#34|#39|amp);/g, (_, entity: string) => ENTITIES[entity]!);
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  "#34": '"',
  apos: "'",
  "#39": "'",
  lt: "<",
  gt: ">",
  amp: "&",
};
