// The gateway of the demonstration: wrangler dev in a temporary folder, with alerts sent to an address on this machine.
import { findFreePort } from "../../local-gateway/free-port.ts";
import { GatewayProcess } from "../../local-gateway/gateway-process.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../../local-gateway/wrangler-dev.ts";
import { TemporaryFolder } from "../../command-line/temporary-folder.ts";
import { UserError } from "../../command-line/user-error.ts";

const READY_WITHIN_MS = 120_000;
const FIRST_PORT = 19_787;

export interface DemoGatewayOptions {
  /** Where alerts go, and the key of their signature. */
  readonly webhook: { readonly url: string; readonly secret: string };
  /** Receives the gateway's output. */
  readonly note: (line: string) => void;
  /** Whether to keep the folder at the end. */
  readonly keep: boolean;
}

/** Call `stop`; otherwise its folder and processes last as long as this program. */
export class DemoGateway {
  readonly baseUrl: string;
  /** As `wrangler dev --persist-to` takes it: the bucket with archive and models is in it. */
  readonly folder: string;
  private readonly process: GatewayProcess;
  private readonly temporary: TemporaryFolder;
  private readonly keep: boolean;

  private constructor(baseUrl: string, temporary: TemporaryFolder, process: GatewayProcess, keep: boolean) {
    this.baseUrl = baseUrl;
    this.folder = temporary.path;
    this.temporary = temporary;
    this.process = process;
    this.keep = keep;
  }

  /**
   * Starts and waits until it answers. Leaves nothing behind when it throws.
   * @throws UserError when no port is free; GatewayProcessError when it does not come up.
   */
  static async start({ webhook, note, keep }: DemoGatewayOptions): Promise<DemoGateway> {
    const port = await findFreePort(FIRST_PORT, 200);
    if (port === undefined) throw new UserError(`no free port from ${FIRST_PORT} on`);
    const folder = new TemporaryFolder("volgate-demo-");
    if (keep) folder.keep();
    const child = new GatewayProcess({
      command: [...wranglerDevCommand(folder.path), "--port", String(port), ...variables(webhook)],
      cwd: ROOT,
      env: wranglerDevEnvironment(),
      onLine: note,
    });
    const gateway = new DemoGateway(`http://127.0.0.1:${port}`, folder, child, keep);
    try {
      await child.answering(`${gateway.baseUrl}/health`, READY_WITHIN_MS, new AbortController().signal);
    } catch (error) {
      await gateway.stop();
      throw error;
    }
    return gateway;
  }

  /** Ends its processes and, unless it is kept, removes its folder. */
  async stop(): Promise<void> {
    await this.process.stop();
    if (!this.keep) await this.temporary.remove();
  }
}

/** wrangler splits at the first colon only. */
function variables({ url, secret }: DemoGatewayOptions["webhook"]): string[] {
  const webhooks = [{ name: "demonstration", kind: "json", url, secret }];
  // The rule `feed_silent` uses the wall clock, and the feed pauses for minutes while a model is trained.
  const rules = { feed_silent: { enabled: false } };
  const values = [`ALERT_WEBHOOKS:${JSON.stringify(webhooks)}`, `ALERT_RULES:${JSON.stringify(rules)}`];
  // Hours of the market pass in seconds: an alert must not wait a minute for others.
  values.push("WEBHOOK_GATHER_MS:0");
  return values.flatMap((value) => ["--var", value]);
}
