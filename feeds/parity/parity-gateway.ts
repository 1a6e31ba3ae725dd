// The gateway of a comparison: wrangler dev in a temporary folder, on the grid, label and models asked for.
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import { gridName } from "../../src/features/grid-name.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { publishLocally } from "../../model-artifacts/publish-locally.ts";
import { findFreePort } from "../../local-gateway/free-port.ts";
import { GatewayProcess } from "../../local-gateway/gateway-process.ts";
import { TemporaryFolder } from "../../command-line/temporary-folder.ts";
import { UserError } from "../../command-line/user-error.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../../local-gateway/wrangler-dev.ts";
import type { PlacedModels } from "./place-models.ts";

const READY_WITHIN_MS = 120_000;
/** This gateway has no clients, so the gates' verdicts do not matter. */
const FORCE = { by: "npm run parity", reason: "a temporary gateway that serves nobody" };

export class ParityGateway {
  readonly baseUrl: string;
  private readonly process: GatewayProcess;
  private readonly folder: TemporaryFolder;

  private constructor(baseUrl: string, process: GatewayProcess, folder: TemporaryFolder) {
    this.baseUrl = baseUrl;
    this.process = process;
    this.folder = folder;
  }

  /**
   * Publishes the models and begins to start. Leaves nothing behind when it throws; else `stop` it.
   * @throws UserError when no port is free; the reason of `signal` when that is aborted before it began to start.
   */
  static async start(
    { config, grids }: { readonly config: EngineConfig; readonly grids: readonly EngineConfig[] },
    models: readonly Artifact[],
    note: (line: string) => void,
    signal: AbortSignal,
  ): Promise<ParityGateway> {
    const folder = new TemporaryFolder("volgate-parity-");
    try {
      if (models.length > 0) await publishLocally(folder.path, models);
      signal.throwIfAborted();
      const port = await findFreePort(18_787, 200);
      if (port === undefined) throw new UserError("no free port from 18787 on");
      const process = new GatewayProcess({
        command: [...wranglerDevCommand(folder.path), "--port", String(port), ...variables(config, grids)],
        cwd: ROOT,
        env: wranglerDevEnvironment(),
        onLine: (line) => note(`  ${line}`),
      });
      return new ParityGateway(`http://127.0.0.1:${port}`, process, folder);
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  /** Waits until the gateway answers. */
  async ready(): Promise<void> {
    await this.process.answering(`${this.baseUrl}/health`, READY_WITHIN_MS, new AbortController().signal);
  }

  /**
   * Gives each model its alias. Throws `Error` for a model that is refused or does not serve.
   * @param grid name of a further grid.
   */
  async place(placed: PlacedModels, grid: string | undefined): Promise<void> {
    const query = grid === undefined ? "" : `?grid=${grid}`;
    for (const [alias, { manifest }] of placed) {
      const response = await fetch(`${this.baseUrl}/admin/aliases/${alias}${query}`, {
        method: "PUT",
        body: JSON.stringify({ sha256: manifest.onnxSha256, force: FORCE }),
      });
      const text = await response.text();
      if (response.status === 200 && (JSON.parse(text) as { serving?: unknown }).serving === true) continue;
      throw new Error(`PUT /admin/aliases/${alias}${query}: got ${response.status} ${text.slice(0, 500)}`);
    }
  }

  async stop(): Promise<void> {
    await this.process.stop();
    await this.folder.remove();
  }
}

/** wrangler splits at the first colon only. */
function variables({ grid, label }: EngineConfig, grids: readonly EngineConfig[]): string[] {
  const further = grids.map((one) => ({ step: gridName(one.grid), label: one.label }));
  // A replay is much faster than event time, and nothing reads its archive.
  const values = [
    "ARCHIVE:off",
    `STEP_MS:${grid.stepMs}`,
    `PRICE_SOURCE:${grid.source}`,
    `LABEL:${JSON.stringify(label)}`,
    ...(further.length === 0 ? [] : [`GRIDS:${JSON.stringify(further)}`]),
  ];
  return values.flatMap((value) => ["--var", value]);
}
