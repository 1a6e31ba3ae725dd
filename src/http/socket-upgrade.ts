// What a request for a WebSocket must be, and the token in it: a browser cannot set headers of one.
import { shown } from "../schemas/shown.ts";
import { Problem } from "./problem.ts";

/** The subprotocol that all sockets of the gateway speak. A client may leave it out. */
const SOCKET_PROTOCOL = "volgate.v1";
const BEARER = "bearer.";

/**
 * The headers of the answer that accepts a WebSocket. Throws `Problem` 426 for a request that is none, and 400 for one
 * that offers other subprotocols only.
 */
export function acceptedSocketHeaders(request: Request): Headers {
  if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") {
    const detail = "Upgrade: got none, expected websocket";
    throw new Problem("upgrade_required", detail, { headers: { Upgrade: "websocket", Connection: "Upgrade" } });
  }
  const offered = offeredProtocols(request);
  if (offered.length === 0) return new Headers();
  if (offered.includes(SOCKET_PROTOCOL)) return new Headers({ "Sec-WebSocket-Protocol": SOCKET_PROTOCOL });
  const names = offered.filter((name) => !name.startsWith(BEARER)).join(", ");
  const got = names === "" ? "a token alone" : shown(names);
  throw new Problem("protocol_malformed", `Sec-WebSocket-Protocol: got ${got}, expected ${SOCKET_PROTOCOL} among them`);
}

/** The token that a WebSocket offers as the subprotocol `bearer.<base64url of its UTF-8>`; `undefined` without one. */
export function socketBearer(request: Request): string | undefined {
  const found = offeredProtocols(request).find((name) => name.startsWith(BEARER));
  if (found === undefined) return undefined;
  try {
    const base64 = found.slice(BEARER.length).replaceAll("-", "+").replaceAll("_", "/");
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(
      Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
    );
  } catch {
    return undefined;
  }
}

function offeredProtocols(request: Request): string[] {
  const header = request.headers.get("Sec-WebSocket-Protocol") ?? "";
  return header.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
}
