// Receives the gateway's alerts on this machine, as an operator's receiver would: it accepts only signed messages.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";
import { readAnswer } from "../../gateway-client/read-answer.ts";

/** A signature older than this is refused, against replay of a recorded message. */
const MAX_AGE_S = 300;

const alertSchema = v.object({
  id: v.string(),
  rule: v.string(),
  state: v.string(),
  symbol: v.string(),
  summary: v.string(),
  figures: v.optional(v.record(v.string(), v.unknown()), {}),
});

export type ReceivedAlert = Readonly<v.InferOutput<typeof alertSchema>>;

/**
 * Whether `X-Volgate-Signature: t=<seconds>,v1=<hex>` is that of this body: v1 is the HMAC-SHA256 of `<t>.<body>` under
 * the secret, and t at most five minutes from now.
 *
 * Example: secret `volgate-example-secret`, body `{}`, t 1700000000 has v1 1128be9e…6031753.
 */
export function isSigned(signature: string, body: string, secret: string, nowMs: number): boolean {
  const [, t, given] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (t === undefined || given === undefined || Math.abs(nowMs / 1000 - Number(t)) > MAX_AGE_S) return false;
  const expected = createHmac("sha256", secret).update(`${t}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(given, "hex"));
}

/**
 * Answers 204 to a signed alert, 400 to a signed message that is not an alert, and 401 to everything else. Reports each
 * alert once, however often it is delivered.
 */
export class WebhookReceiver {
  readonly alerts: ReceivedAlert[] = [];
  /** Requests that were not signed. */
  refused = 0;
  private readonly secret: string;
  private readonly onAlert: (alert: ReceivedAlert) => void;
  private readonly server: Server = createServer((request, response) => void this.handle(request, response));

  constructor(secret: string, onAlert: (alert: ReceivedAlert) => void) {
    this.secret = secret;
    this.onAlert = onAlert;
  }

  /** Listens on a free port of the loopback address; answers its URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alerts`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    request.setEncoding("utf8");
    try {
      for await (const chunk of request) body += String(chunk);
    } catch {
      // The sender closed the connection and will send the message again.
      return;
    }
    const signed = isSigned(String(request.headers["x-volgate-signature"]), body, this.secret, Date.now());
    if (!signed) this.refused += 1;
    const alert = signed ? readAnswer(alertSchema, body) : undefined;
    response.writeHead(alert === undefined ? 401 : alert.ok ? 204 : 400).end();
    if (alert?.ok === true) this.take(alert.value);
  }

  private take(alert: ReceivedAlert): void {
    if (this.alerts.some((known) => known.id === alert.id && known.state === alert.state)) return;
    this.alerts.push(alert);
    this.onAlert(alert);
  }
}
