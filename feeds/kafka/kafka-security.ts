// SASL and TLS of a Kafka connection, from options and the environment. Secrets come from the environment alone.
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "@platformatic/kafka";
import { inGroup, option, flag, type OptionValues } from "../../command-line/option.ts";
import { UserError } from "../../command-line/user-error.ts";
import { oneOf, text } from "../../command-line/value-types.ts";

const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512", "oauthbearer"] as const;

export const SECURITY_OPTIONS = inGroup("Security", {
  sasl: option(oneOf(MECHANISMS), `how to log in: ${MECHANISMS.join(", ")}`),
  username: option(text("NAME"), "user for SASL; VOLGATE_KAFKA_PASSWORD has the password", {
    env: "VOLGATE_KAFKA_USERNAME",
  }),
  tls: flag("encrypt; the other options for TLS imply it"),
  "tls-ca": option(text("FILE"), "certificates to trust, PEM", { otherwise: "those of Node" }),
  "tls-cert": option(text("FILE"), "certificate of this client, PEM", { needs: ["tls-key"] }),
  "tls-key": option(text("FILE"), "its key, PEM; VOLGATE_KAFKA_KEY_PASSPHRASE opens it", { needs: ["tls-cert"] }),
});

/** Throws `UserError` for a file that cannot be read, and for a login without its secret. */
export function securityOf(
  values: OptionValues<typeof SECURITY_OPTIONS>,
  env: Readonly<Record<string, string | undefined>>,
): Pick<ConnectionOptions, "tls" | "sasl"> {
  const { sasl, username } = values;
  const tls = tlsOf(values, env);
  if (sasl === undefined) return tls;
  if (sasl === "oauthbearer") {
    return { ...tls, sasl: { mechanism: "OAUTHBEARER", token: secret(env, "VOLGATE_KAFKA_TOKEN", sasl) } };
  }
  if (username === undefined) throw new UserError(`--sasl ${sasl} needs --username NAME or VOLGATE_KAFKA_USERNAME`);
  const password = secret(env, "VOLGATE_KAFKA_PASSWORD", sasl);
  const mechanism = ({ plain: "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512" } as const)[
    sasl
  ];
  return { ...tls, sasl: { mechanism, username, password } };
}

function tlsOf(
  { tls, "tls-ca": ca, "tls-cert": cert, "tls-key": key }: OptionValues<typeof SECURITY_OPTIONS>,
  env: Readonly<Record<string, string | undefined>>,
): Pick<ConnectionOptions, "tls"> {
  if (!tls && ca === undefined && cert === undefined) return {};
  const passphrase = env["VOLGATE_KAFKA_KEY_PASSPHRASE"];
  return {
    tls: {
      ...(ca !== undefined && { ca: pem(ca, "--tls-ca") }),
      ...(cert !== undefined && { cert: pem(cert, "--tls-cert") }),
      ...(key !== undefined && { key: pem(key, "--tls-key") }),
      ...(passphrase && { passphrase }),
    },
  };
}

function secret(env: Readonly<Record<string, string | undefined>>, variable: string, mechanism: string): string {
  const value = env[variable];
  if (value) return value;
  throw new UserError(
    `--sasl ${mechanism} needs the variable ${variable}: secrets are not taken from the command line`,
  );
}

function pem(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`${name}: ${path} cannot be read: ${(error as Error).message}`);
  }
}
