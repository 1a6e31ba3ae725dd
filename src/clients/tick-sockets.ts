// The objects that hold sockets of ticks: that of a symbol, or one for each socket.
import { FACTS_HEADER, type SocketFacts } from "../frames/socket-facts.ts";
import { type Env, settingsOf } from "../settings.ts";
import { deadlined } from "./deadlined.ts";
import { symbolOf } from "./symbols.ts";

/** Opens a socket at its object; the client's end is in the answer. */
export async function openTickSocket(env: Env, facts: SocketFacts): Promise<Response> {
  const headers = { Upgrade: "websocket", [FACTS_HEADER]: JSON.stringify(facts) };
  const stub = facts.symbol === null ? newSocketObject(env) : symbolOf(env, facts.symbol);
  return await stub.fetch("https://volgate/ticks", { headers });
}

function newSocketObject(env: Env): ReturnType<Env["TICK_SOCKETS"]["get"]> {
  const stub = env.TICK_SOCKETS.get(env.TICK_SOCKETS.newUniqueId());
  return deadlined(stub, { kind: "ticks", object: "a socket of ticks", ms: settingsOf(env).objectDeadlineMs });
}
