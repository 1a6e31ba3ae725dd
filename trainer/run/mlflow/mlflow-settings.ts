// Which MLflow server to log to, and as whom: the environment variables that MLflow's own clients read.

export interface MlflowSettings {
  /** Base address, without a slash at the end and without credentials. */
  readonly uri: string;
  readonly experiment: string;
  /** The `Authorization` header, or `undefined` for none. */
  readonly authorization: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings for the server at `uri`. `MLFLOW_EXPERIMENT_NAME` (default `volgate`) names the experiment;
 * `MLFLOW_TRACKING_USERNAME` and `_PASSWORD`, those in the address, or `MLFLOW_TRACKING_TOKEN` say who asks, the first
 * of them that is there. Answers a text that says what is wrong when the address is not one of HTTP, or its name or
 * password holds a `%` that begins no escape.
 */
export function mlflowSettings(uri: string, environment: Environment): MlflowSettings | string {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    // Does not show the address, which can hold a password.
    return `MLFLOW_TRACKING_URI: got ${url?.protocol ?? "no address"}, expected http:// or https://`;
  }
  const [user, password] = [percentDecoded(url.username), percentDecoded(url.password)];
  if (user === undefined || password === undefined) {
    return "MLFLOW_TRACKING_URI: got a name or password with a % that begins no escape, expected %25 for a percent sign";
  }
  return {
    uri: `${url.origin}${url.pathname}`.replace(/\/+$/, ""),
    experiment: environment["MLFLOW_EXPERIMENT_NAME"] || "volgate",
    authorization: authorization({ user, password }, environment),
  };
}

function authorization(
  inAddress: { readonly user: string; readonly password: string },
  environment: Environment,
): string | undefined {
  const user = environment["MLFLOW_TRACKING_USERNAME"] || inAddress.user;
  const password = environment["MLFLOW_TRACKING_PASSWORD"] || inAddress.password;
  const token = environment["MLFLOW_TRACKING_TOKEN"];
  if (user !== "" && password !== "") return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return token === undefined || token === "" ? undefined : `Bearer ${token}`;
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
