// What a hub asks its sources: to be sent their events, and those that a reader lacks. Two readers that lack the same
// are one question: after a deploy all of them come back at once.
import { alertsOf } from "../../clients/alerts.ts";
import { symbolOf } from "../../clients/symbols.ts";
import type { Env } from "../../settings.ts";
import { ALERT_SOURCE } from "../../stream/stream-cursor.ts";
import type { EventPage } from "../../stream/stream-event.ts";
import type { Topic } from "./topic.ts";

/** Calls at the same time. */
const PARALLEL = 32;

/** `unknown`: there is no such symbol. `no_grid`: it lacks the grid. `unavailable`: it does not answer now. */
export type FollowOutcome = "followed" | "unknown" | "no_grid" | "unavailable";

export class Sources {
  private readonly env: Env;
  private readonly pages = new Map<string, Promise<EventPage | undefined>>();

  constructor(env: Env) {
    this.env = env;
  }

  /** Where the source is, which sends its events to the hub from there on. Throws what its object throws. */
  async listen(hub: string, { source, grid }: Topic): Promise<number | "unknown" | "no_grid"> {
    if (source === ALERT_SOURCE) return await alertsOf(this.env).listen(hub);
    const position = await symbolOf(this.env, source).listen(hub, grid);
    return position === undefined ? "unknown" : (position ?? "no_grid");
  }

  /** The next events after a position; `undefined` where the source is no more. Throws likewise. */
  async page({ source, grid }: Topic, after: number, upTo: number): Promise<EventPage | undefined> {
    const key = `${source} ${grid} ${after} ${upTo}`;
    const asked = this.pages.get(key);
    if (asked !== undefined) return await asked;
    const asking = this.askPage(source, grid, after, upTo);
    this.pages.set(key, asking);
    try {
      return await asking;
    } finally {
      this.pages.delete(key);
    }
  }

  private async askPage(source: string, grid: string, after: number, upTo: number): Promise<EventPage | undefined> {
    if (source === ALERT_SOURCE) return await alertsOf(this.env).streamPage(after, upTo);
    return (await symbolOf(this.env, source).streamPage(grid, after, upTo)) ?? undefined;
  }
}

/** Works on each, some at a time. */
export async function eachInTurn<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const inTurn = async (): Promise<void> => {
    for (let i = next++; i < list.length; i = next++) await work(list[i]!);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, list.length) }, inTurn));
}
