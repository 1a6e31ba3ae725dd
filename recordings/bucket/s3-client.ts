// Signed requests to one bucket over the S3 API, repeated while a retry can help. Callers decide what is stored.
import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import { describeFailure } from "../../requests/describe-failure.ts";
import { type Attempt, retry, type RetrySettings } from "../../requests/retry.ts";
import { BucketError } from "./bucket-error.ts";
import type { R2Credentials } from "./r2-credentials.ts";

export interface S3Request {
  readonly method: "GET" | "PUT";
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** `attempts`: how often one request is sent at most, 6 by default. */
export interface S3Limits extends RetrySettings {
  /** One attempt, answer's body included, is cut off after this long; 60 s by default. */
  readonly attemptMs?: number;
}

/** Requests to `<endpoint>/<bucket>/<key>`, signed with AWS signature version 4, region `auto`. */
export class S3Client {
  readonly bucket: string;
  private readonly endpoint: string;
  private readonly aws: AwsClient;
  private readonly attemptMs: number;
  private readonly settings: RetrySettings;

  /** Throws `RangeError` for a malformed bucket name. */
  constructor(bucket: string, credentials: R2Credentials, limits: S3Limits = {}) {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
      throw new RangeError(`bucket: got ${bucket}, expected 3 to 63 of a-z, 0-9, - and .`);
    }
    const { endpoint, accessKeyId, secretAccessKey, sessionToken } = credentials;
    this.bucket = bucket;
    this.endpoint = endpoint;
    const session = sessionToken === undefined ? {} : { sessionToken };
    this.aws = new AwsClient({ accessKeyId, secretAccessKey, ...session, service: "s3", region: "auto" });
    const { attemptMs = 60_000, ...settings } = limits;
    this.attemptMs = attemptMs;
    this.settings = { attempts: 6, ...settings };
  }

  /**
   * Sends the request until it is answered; 408, 409, 429, 5xx and network errors are repeated (see `retry`).
   *
   * @param expected statuses that the caller understands, besides 200 and 206.
   * @throws BucketError naming the address for any other status, and when the attempts are used up.
   */
  async send(request: S3Request, expected: readonly number[] = []): Promise<S3Answer> {
    return await retry(() => this.attempt(request, expected), {
      ...this.settings,
      request: `${request.method} ${this.urlOf(request).split("?")[0]!}`,
      errorOf: ({ failure, message }) => new BucketError(failure.status, message),
    });
  }

  private async attempt(request: S3Request, expected: readonly number[]): Promise<Attempt<S3Answer>> {
    const { signal } = this.settings;
    const timeout = AbortSignal.timeout(this.attemptMs);
    const { method, headers, body } = request;
    try {
      const signed = await this.aws.sign(this.urlOf(request), {
        method,
        headers: {
          ...headers,
          "X-Amz-Content-Sha256": createHash("sha256")
            .update(body ?? "")
            .digest("hex"),
        },
        ...(body === undefined ? {} : { body }),
      });
      const response = await fetch(signed, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
      const { status } = response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (status === 200 || status === 206 || expected.includes(status)) {
        return { value: { status, headers: response.headers, body: bytes } };
      }
      const retryAfter = response.headers.get("Retry-After");
      return { status, why: describeS3Error(status, bytes), retryAfter, isFinal: !isPassing(status) };
    } catch (error) {
      signal?.throwIfAborted();
      return { status: 0, why: describeFailure(error), isFinal: false };
    }
  }

  private urlOf({ key, query }: S3Request): string {
    const path = key.split("/").map(encodeURIComponent).join("/");
    const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
    return `${this.endpoint}/${this.bucket}${key === "" ? "" : "/"}${path}${search}`;
  }
}

/** 409 means another request for the same key at the same time. */
function isPassing(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** `403 SignatureDoesNotMatch: The request signature …` of the error document, else the status. */
function describeS3Error(status: number, body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 4096));
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
  return [status, [code, message].filter(Boolean).join(": ")].filter(Boolean).join(" ");
}
