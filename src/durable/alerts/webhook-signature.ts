// Signs webhook messages with an HMAC of time and body, as Stripe's webhooks do.

/**
 * The value of `X-Volgate-Signature`: `t=<seconds since 1970>,v1=<hex of HMAC-SHA256(secret, "<t>.<body>")>`.
 *
 * The receiver computes the same over the received bytes, compares in constant time, and refuses an old `t` (five
 * minutes is usual). Every attempt gets a new signature. Example: secret `volgate-example-secret`, t 1700000000, body
 * `{}` gives `t=1700000000,v1=1128be9e8bb294a481359eb8803c28e5dbf1b9ee03c9701af896bd3da6031753`.
 */
export async function webhookSignature(secret: string, tSeconds: number, body: string): Promise<string> {
  const bytes = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), algorithm, false, ["sign"]);
  const digest = await crypto.subtle.sign("HMAC", key, bytes.encode(`${tSeconds}.${body}`));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `t=${tSeconds},v1=${hex}`;
}
