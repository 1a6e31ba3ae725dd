// What a development gateway without tokens asks of who writes: any web page that its user visits can send it requests,
// under its own name or under a name that was rebound to this machine's address.
import { shown } from "../schemas/shown.ts";
import { Problem } from "./problem.ts";

/** Names that no public DNS gives: loopback, addresses, names without a dot, and reserved endings. */
const LOCAL_NAME = /^(\[[0-9a-f:.]+\]|\d{1,3}(\.\d{1,3}){3}|[^.]+|.+\.(localhost|local|internal|test))$/i;
const EXPECTED = "a name or address of this machine or network";

/** Throws `Problem` 403 `host_refused` or `origin_refused`. A request without `Origin` comes from no page. */
export function requireLocalPage(request: Request): void {
  const { hostname } = new URL(request.url);
  if (!LOCAL_NAME.test(hostname))
    throw new Problem("host_refused", `Host: got ${shown(hostname)}, expected ${EXPECTED}`);
  const origin = request.headers.get("Origin");
  if (origin === null || LOCAL_NAME.test(URL.parse(origin)?.hostname ?? ".")) return;
  throw new Problem("origin_refused", `Origin: got ${shown(origin)}, expected ${EXPECTED}`);
}
