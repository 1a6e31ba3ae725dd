// What a symbol's object, or that of the alerts, hands to a hub, and what it is answered.
import type { EventPage } from "./stream-event.ts";

export interface Publication {
  /** Key of a symbol, or `ALERT_SOURCE`. */
  readonly source: string;
  /** Name of a further grid; "" for the symbol's own. */
  readonly grid: string;
  /**
   * `events` with the position that they begin after. `ask`: the publisher was restarted and does not know what the hub
   * has. `ended`: the symbol was removed.
   */
  readonly what:
    | { readonly kind: "events"; readonly after: number; readonly page: EventPage }
    | { readonly kind: "ask" }
    | { readonly kind: "ended"; readonly atMs: number };
}

export type PublishAnswer =
  /** Nobody reads the source at this hub. */
  | { readonly isRead: false }
  /** What the hub has: the publisher goes on behind it. `undefined`: a reader is just being let in, ask again later. */
  | { readonly isRead: true; readonly position: number | undefined };
