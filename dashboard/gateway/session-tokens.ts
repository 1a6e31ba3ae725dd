// The tokens that the reader typed in. They last as long as the tab, and go nowhere but to this gateway.
import { Observed } from "../app/observed.ts";

export type TokenName = "READ_TOKEN" | "ADMIN_TOKEN";

/** What of `Storage` is needed. */
type TokenStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class SessionTokens {
  /** Goes up with each change. */
  readonly changes = new Observed(0);
  readonly #storage: TokenStorage;

  constructor(storage: TokenStorage) {
    this.#storage = storage;
  }

  get(name: TokenName): string | null {
    return this.#storage.getItem(keyOf(name));
  }

  /** An empty text forgets the token. */
  set(name: TokenName, token: string): void {
    if (token === "") this.#storage.removeItem(keyOf(name));
    else this.#storage.setItem(keyOf(name), token);
    this.changes.set(this.changes.value + 1);
  }
}

function keyOf(name: TokenName): string {
  return `volgate.${name}`;
}
