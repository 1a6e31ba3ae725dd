// The hubs of the stream: how a publisher calls one, and which one a new reader is brought to.
import type { PublishAnswer, Publication } from "../stream/publication.ts";
import { isFresh } from "../model/is-fresh.ts";
import { type Env, settingsOf } from "../settings.ts";
import { deadlined } from "./deadlined.ts";

/** Hubs at most. */
const MAX_HUBS = 256;
/** A hub that was full is not asked again for so long. */
const FULL_MS = 5_000;

/** A hub answers with it when it has no room. */
export const HUB_FULL = 409;

/** When each hub said that it is full. */
const fullMs = new Map<string, number>();

function hubOf(env: Env, name: string): ReturnType<Env["STREAMS"]["get"]> {
  const stub = env.STREAMS.get(env.STREAMS.idFromName(name));
  return deadlined(stub, { kind: "stream", object: `hub ${name}`, ms: settingsOf(env).objectDeadlineMs });
}

/** Hands events to a hub. Throws what its object throws. */
export async function publishTo(env: Env, hub: string, publication: Publication): Promise<PublishAnswer> {
  return await hubOf(env, hub).publish(publication);
}

/**
 * The answer of the first hub with room, in order, so that readers are together and each symbol publishes to few hubs.
 * `undefined` where all are full.
 * @param requestFor the request that opens the stream at a hub of that name.
 */
export async function openStream(env: Env, requestFor: (hub: string) => Request): Promise<Response | undefined> {
  for (let i = 0; i < MAX_HUBS; i++) {
    const hub = `stream-${i}`;
    if (isFresh(fullMs.get(hub) ?? -Infinity, FULL_MS, Date.now())) continue;
    const answer = await hubOf(env, hub).fetch(requestFor(hub));
    if (answer.status !== HUB_FULL) return answer;
    fullMs.set(hub, Date.now());
  }
  return undefined;
}
