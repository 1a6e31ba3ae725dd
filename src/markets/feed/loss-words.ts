// What the loss of a connection means, in a sentence that an operator can act on.

const WORDS: Readonly<Record<number, string>> = {
  401: "asks for a login that public streams do not need",
  403: "refuses this client: it may be blocked, or its place may be",
  404: "has no such stream: the address may have changed",
  418: "has banned this address for a while, after too many requests",
  429: "has had too many connections from this address",
  451: "refuses clients from this country: choose another hint, so that the feed connects from elsewhere",
};

/** `status` is what the venue answered instead of opening a WebSocket. */
export function refusalWords(title: string, status: number): string {
  const words = WORDS[status] ?? (status >= 500 ? "is not available" : "did not open a WebSocket");
  return `HTTP ${status}: ${title} ${words}`;
}

/** A close of a WebSocket. 1006 is no code of the venue: the connection broke without one. */
export function closeWords(code: number, reason: string): string {
  const words = code === 1006 ? "the connection broke" : `the venue closed the connection with ${code}`;
  return reason === "" ? words : `${words}: ${reason.slice(0, 100)}`;
}
