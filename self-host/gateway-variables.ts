// The variables of a self-hosted gateway: from wrangler.toml, the environment, files and the command line.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { UserError } from "../command-line/user-error.ts";
import { readGatewayFacts } from "../local-gateway/gateway-facts.ts";
import { ROOT } from "../local-gateway/wrangler-dev.ts";
import { VARIABLE_NAMES } from "./variable-names.ts";

export interface VariableSources {
  readonly env: NodeJS.ProcessEnv;
  /** Paths of files with lines NAME=VALUE. */
  readonly files: readonly string[];
  readonly given: readonly (readonly [name: string, value: string])[];
}

/**
 * The later source counts; an empty value is one that is not set. Unknown names in files and on the command line are
 * refused: a token whose name is mistyped would leave the gateway open. ENVIRONMENT is not taken from the environment,
 * where other programs use the name: `development` opens the gateway.
 *
 * @throws UserError
 */
export function gatewayVariables({ env, files, given }: VariableSources): Readonly<Record<string, string>> {
  const variables: Record<string, string> = { ...readGatewayFacts(ROOT).variables };
  for (const name of VARIABLE_NAMES) {
    const value = env[name];
    if (name !== "ENVIRONMENT" && value !== undefined && value !== "") variables[name] = value;
  }
  for (const file of files) {
    for (const [name, value] of Object.entries(readVariables(file))) set(variables, name, value, `--env-file ${file}`);
  }
  for (const [name, value] of given) set(variables, name, value, "--var");
  return variables;
}

function set(variables: Record<string, string>, name: string, value: string | undefined, where: string): void {
  if (!VARIABLE_NAMES.includes(name)) {
    throw new UserError(`${where}: got ${name}, which the gateway does not read: see docs/deploy.md, Variables`);
  }
  if (value === undefined || value === "") delete variables[name];
  else variables[name] = value;
}

function readVariables(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`--env-file ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
