// Where workerd's program is.
import { existsSync } from "node:fs";
import { join } from "node:path";

const PACKAGES = ["linux-64", "linux-arm64", "darwin-arm64", "darwin-64"];

/**
 * @param checkout folder whose packages are installed.
 * @throws Error when there is none for this machine.
 */
export function workerdBinary(checkout: string): string {
  const found = PACKAGES.map((name) =>
    join(checkout, "node_modules", "@cloudflare", `workerd-${name}`, "bin", "workerd"),
  ).find((path) => existsSync(path));
  if (found === undefined) throw new Error("no workerd binary under node_modules/@cloudflare; run npm ci");
  return found;
}
