// The whole of `serve` without the process around it: state, bundle, bucket, workerd, cron triggers, end.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryFolder } from "../command-line/temporary-folder.ts";
import { UserError } from "../command-line/user-error.ts";
import { bundleWorker } from "../local-gateway/bundle-worker.ts";
import { ringCrons } from "../local-gateway/cron-bell.ts";
import { readGatewayFacts } from "../local-gateway/gateway-facts.ts";
import { StateLock } from "../local-gateway/state-lock.ts";
import { workerdBinary } from "../local-gateway/workerd-binary.ts";
import { workerdConfigText } from "../local-gateway/workerd-config.ts";
import { ROOT } from "../local-gateway/wrangler-dev.ts";
import { FolderBucket } from "../recordings/bucket/folder-bucket.ts";
import { BUCKET_FOLDER } from "../recordings/bucket/folder-bucket-binding.ts";
import { assetsManifest } from "./assets-manifest.ts";
import { isAlive, ringBell } from "./bell.ts";
import { listenAsBucket, type R2Counts } from "./bucket-server.ts";
import { keepRunning } from "./keep-running.ts";
import type { ServeOptions } from "./serve-options.ts";

const FRONT = "front.js";
const MANIFEST = "assets.json";
const CONFIG = "workerd.capnp";

export interface ServeContext {
  /** Ends everything. */
  readonly stop: AbortSignal;
  readonly print: (line: string) => void;
  /** Takes remarks. */
  readonly note: (line: string) => void;
  /** Counts the requests to the bucket. */
  readonly counts?: R2Counts;
}

/**
 * Serves until `stop` is aborted. Nothing is left running when this returns or throws.
 *
 * @throws UserError when `--bundle` is no bundle; StateInUseError when another gateway uses the folder of state.
 * @throws GatewayProcessError when workerd does not start at all; later it is started again instead.
 */
export async function runServe(options: ServeOptions, context: ServeContext): Promise<void> {
  const { stop, print, note, counts } = context;
  const { state, host, port, variables } = options;
  const lock = new StateLock(state);
  const bundleDir = join(state, "bundle");
  const objectsDir = join(state, "objects");
  // Short and private: a socket's path has at most some hundred characters, and whoever can open it is the bucket's user.
  const sockets = new TemporaryFolder("volgate-serve-");
  const [bucketSocket, bellSocket] = [join(sockets.path, "bucket"), join(sockets.path, "bell")];
  const facts = readGatewayFacts(ROOT);
  let bucketServer: Awaited<ReturnType<typeof listenAsBucket>> | undefined;
  try {
    await putBundle(options.bundle, bundleDir, print);
    if (stop.aborted) return;
    mkdirSync(objectsDir, { recursive: true });
    const assetsDir = join(bundleDir, "assets");
    writeFileSync(join(bundleDir, MANIFEST), JSON.stringify(assetsManifest(assetsDir)));
    const surroundings = { bucketSocket, bellSocket, assetsDir, frontModule: FRONT, assetsManifest: MANIFEST };
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    const config = workerdConfigText({
      ...{ facts, bundleDir, objectsDir, surroundings },
      address: url.slice("http://".length),
      environmentVariables: Object.keys(variables),
      reachesPrivate: options.reachesPrivate,
    });
    writeFileSync(join(bundleDir, CONFIG), config);
    const bucket = await FolderBucket.open(join(state, BUCKET_FOLDER));
    bucketServer = await listenAsBucket(bucket, bucketSocket, { note, ...(counts === undefined ? {} : { counts }) });
    lock.answersAt(url);
    ringCrons({ ring: (cron) => ringBell(bellSocket, cron), crons: facts.crons, signal: stop, note });
    await keepRunning({
      command: [workerdBinary(ROOT), "serve", join(bundleDir, CONFIG)],
      env: { ...variables },
      probe: (withinMs) => isAlive(bellSocket, withinMs),
      beforeStart: () => rmSync(bellSocket, { force: true }),
      onAnswering: () => announce(url, variables, context),
      ...{ stop, print, note },
    });
  } finally {
    bucketServer?.close();
    bucketServer?.closeAllConnections();
    await sockets.remove();
    lock.release();
  }
}

/** Copies a bundle that is given, or makes one, with the assets and the front worker beside it. */
async function putBundle(given: string | undefined, bundleDir: string, print: (line: string) => void): Promise<void> {
  if (given !== undefined && !existsSync(join(given, "worker.js"))) {
    throw new UserError(`--bundle ${given}: has no worker.js; make it by wrangler deploy --dry-run --outdir ${given}`);
  }
  rmSync(bundleDir, { recursive: true, force: true });
  mkdirSync(bundleDir, { recursive: true });
  if (given === undefined) {
    print("bundling the gateway");
    await bundleWorker(bundleDir);
  } else {
    cpSync(given, bundleDir, { recursive: true });
  }
  const { assets } = readGatewayFacts(ROOT);
  cpSync(join(ROOT, assets), join(bundleDir, "assets"), { recursive: true });
  cpSync(join(import.meta.dirname, FRONT), join(bundleDir, FRONT));
}

function announce(url: string, variables: Readonly<Record<string, string>>, { print, note }: ServeContext): void {
  print(`the gateway answers at ${url}`);
  const isOpen = variables["ENVIRONMENT"] === "development" || variables["ENVIRONMENT"] === "test";
  const missing = ["INGEST_TOKEN", "ADMIN_TOKEN"].filter((name) => variables[name] === undefined);
  if (missing.length > 0 && !isOpen) {
    note(`${missing.join(" and ")} not set: what they guard answers 503. Set them in --env-file.`);
  }
  if (variables["READ_TOKEN"] === undefined) note("READ_TOKEN not set: whoever reaches the gateway may read.");
}
