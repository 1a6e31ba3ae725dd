// Where artifacts are published to: the bucket of `wrangler dev`, or R2 over the network.
import type { Artifact } from "../../model-artifacts/artifact.ts";
import type { ModelBucket } from "../../recordings/bucket/model-bucket.ts";
import { makeStateFolder, withLocalBucket } from "../../recordings/bucket/local-bucket.ts";
import type { IndexEntry } from "../../model-artifacts/model-index.ts";
import { publishArtifacts } from "../../model-artifacts/publish.ts";
import { publishLocally } from "../../model-artifacts/publish-locally.ts";
import { r2Credentials } from "../../recordings/bucket/r2-credentials.ts";
import { S3Bucket } from "../../recordings/bucket/s3-bucket.ts";
import { S3Client, type S3Limits } from "../../recordings/bucket/s3-client.ts";
import { UserError } from "../../command-line/user-error.ts";

export interface PublishTarget {
  /** For people: the bucket's address or folder. */
  readonly name: string;
  /** See `publishArtifacts`. Throws `BucketError` when the bucket cannot be reached or refuses. */
  publish(artifacts: readonly Artifact[]): Promise<IndexEntry[]>;
  /** Opens the bucket for reading. Throws `BucketError` likewise. */
  read<T>(use: (bucket: Pick<ModelBucket, "get">) => Promise<T>): Promise<T>;
}

/**
 * The target of `--to r2://BUCKET`, or without it of `--persist DIR`. Everything that can be checked without the
 * network is checked here, so that a long run does not fail at its end; the folder is made.
 *
 * @throws UserError naming the option, or the variable of the environment that is missing.
 */
export function publishTarget(
  options: { readonly to?: string | undefined; readonly persist: string },
  env: Readonly<Record<string, string | undefined>> = process.env,
  limits: S3Limits = {},
): PublishTarget {
  const { to, persist } = options;
  if (to === undefined) {
    makeStateFolder(persist);
    return {
      name: persist,
      publish: (artifacts) => publishLocally(persist, artifacts),
      read: (use) => withLocalBucket(persist, use),
    };
  }
  const bucket = /^r2:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/.exec(to)?.[1];
  if (bucket === undefined) throw new UserError(`--to: got ${to}, expected r2://BUCKET`);
  const client = new S3Client(bucket, r2Credentials(env), limits);
  return {
    name: `r2://${bucket}`,
    publish: (artifacts) => publishArtifacts(new S3Bucket(client), artifacts),
    read: (use) => use(new S3Bucket(client)),
  };
}
