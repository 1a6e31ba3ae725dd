// The library tardis-dev, for venues without a protocol of our own. It is large and has old dependencies, so it is
// loaded only where a user has installed it.
import { UserError } from "../../command-line/user-error.ts";

/** The version that was tried with this program. */
export const TARDIS_PACKAGE = "tardis-dev@13.35.3";
const NAME = "tardis-dev";

/** A normalised message; what it has besides depends on its type. */
export interface TardisMessage {
  readonly type: string;
  readonly timestamp?: Date;
  readonly [field: string]: unknown;
}

/** Makes the messages of one kind, for an exchange; throws for one that has none. */
export type TardisNormalizer = (exchange: string, localTimestamp: Date) => unknown;

interface StreamOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly timeoutIntervalMS: number;
  readonly withDisconnectMessages: boolean;
  readonly onError: (error: Error) => void;
}

/** What this program uses of it. */
export interface TardisLibrary {
  readonly EXCHANGES: readonly string[];
  readonly normalizeTrades: TardisNormalizer;
  readonly normalizeBookTickers: TardisNormalizer;
  streamNormalized(options: StreamOptions, ...normalizers: TardisNormalizer[]): AsyncIterableIterator<TardisMessage>;
  /** A filter that remembers the last trades of each symbol. */
  uniqueTradesOnly(options: { readonly maxWindow: number }): (message: TardisMessage) => boolean;
}

/** Throws `UserError` when it is not installed. */
export async function loadTardis(): Promise<TardisLibrary> {
  try {
    // By a variable: nothing that is built or checked here needs it.
    return (await import(NAME)) as TardisLibrary;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError(`the library tardis-dev is not installed: npm install --no-save ${TARDIS_PACKAGE}`);
  }
}
