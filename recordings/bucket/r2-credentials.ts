// Credentials of R2's S3 API, read from the environment and checked once.
import { UserError } from "../../command-line/user-error.ts";

export interface R2Credentials {
  /** Without a slash at the end, e.g. `https://<account>.r2.cloudflarestorage.com`. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * From `R2_ACCESS_KEY_ID`, `R2_SECRET_ACCESS_KEY`, and `R2_ENDPOINT` or `R2_ACCOUNT_ID`; `R2_SESSION_TOKEN` if set. An
 * empty variable counts as not set.
 * @throws UserError naming the variable that is missing or malformed.
 */
export function r2Credentials(env: Environment = process.env): R2Credentials {
  const accessKeyId = required(env, "R2_ACCESS_KEY_ID");
  const secretAccessKey = required(env, "R2_SECRET_ACCESS_KEY");
  return {
    endpoint: endpointOf(env),
    accessKeyId,
    secretAccessKey,
    sessionToken: env["R2_SESSION_TOKEN"] || undefined,
  };
}

function endpointOf(env: Environment): string {
  const endpoint = env["R2_ENDPOINT"];
  const account = env["R2_ACCOUNT_ID"];
  if (endpoint) {
    if (/^https?:\/\/./.test(endpoint) && URL.canParse(endpoint)) return endpoint.replace(/\/+$/, "");
    throw new UserError(`R2_ENDPOINT: got ${endpoint}, expected https://…`);
  }
  if (!account) throw new UserError("R2_ACCOUNT_ID is not set: R2 needs it, or R2_ENDPOINT with the whole address");
  if (/^[0-9a-f]{32}$/i.test(account)) return `https://${account}.r2.cloudflarestorage.com`;
  throw new UserError(`R2_ACCOUNT_ID: got ${account}, expected 32 hexadecimal digits`);
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new UserError(`${name} is not set: R2 needs an API token's key id and secret`);
}
