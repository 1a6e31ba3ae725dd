// What a development gateway without tokens asks of who writes: any web page that its user visits can send it requests,
// under its own name or under a name that was rebound to this machine's address.
import { shown } from "../schemas/shown.ts";
import { Problem } from "./problem.ts";

/** Names that no public DNS gives: without a dot, and reserved endings. */
const LOCAL_NAME = /^([^.:]+|.+\.(localhost|local|internal|test))$/i;
/** IPv4 and IPv6 as `URL` writes them. No DNS gives an address, so none can be bound to another machine. */
const ADDRESS = /^(\[[0-9a-f:.]+\]|\d{1,3}(\.\d{1,3}){3})$/;
/** Loopback, private and link-local addresses. */
const LOCAL_ADDRESS =
  /^((127|10)\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[::1\]|\[(f[cd]|fe[89ab])[0-9a-f]+:)/;
const EXPECTED = "a name or address of this machine or network";

/** Throws `Problem` 403 `host_refused` or `origin_refused`. A request without `Origin` comes from no page. */
export function requireLocalPage(request: Request): void {
  const { hostname } = new URL(request.url);
  if (!LOCAL_NAME.test(hostname) && !ADDRESS.test(hostname))
    throw new Problem("host_refused", `Host: got ${shown(hostname)}, expected ${EXPECTED}`);
  const origin = request.headers.get("Origin");
  if (origin === null) return;
  const from = URL.parse(origin)?.hostname ?? ".";
  if (from === hostname || LOCAL_NAME.test(from) || (ADDRESS.test(from) && LOCAL_ADDRESS.test(from))) return;
  throw new Problem("origin_refused", `Origin: got ${shown(origin)}, expected ${EXPECTED}`);
}
