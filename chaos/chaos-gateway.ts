// A gateway of its own for one trial: the bundle on workerd with a bucket, databases in a folder, and ways to hurt it.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BareWorkerd } from "../bench/bare-workerd.ts";
import { ROOT } from "../local-gateway/wrangler-dev.ts";
import { FaultyBucket } from "./faulty-bucket.ts";

const MANIFEST = "assets.json";
const FRONT = "front.js";

/** Those of every gateway of a run, the undisturbed one too. */
export const VARIABLES: Readonly<Record<string, string>> = {
  ENVIRONMENT: "development",
  MAX_SYMBOLS: "1000",
  READ_CACHE_MS: "0",
};

/** Puts into a bundle what a gateway with a bucket has more. */
export function completeBundle(bundleDir: string): void {
  cpSync(join(ROOT, "self-host", FRONT), join(bundleDir, FRONT));
  writeFileSync(join(bundleDir, MANIFEST), "{}");
}

export class ChaosGateway {
  readonly bucket: FaultyBucket;
  /** Folder of the objects' databases. */
  readonly objectsDir: string;
  /** Folder of the bucket's objects. */
  readonly bucketDir: string;
  private readonly bundleDir: string;
  private readonly folder: string;
  private server: BareWorkerd | undefined;

  private constructor(bundleDir: string, folder: string, bucket: FaultyBucket) {
    this.bundleDir = bundleDir;
    this.folder = folder;
    this.bucket = bucket;
    this.objectsDir = join(folder, "objects");
    this.bucketDir = join(folder, "bucket");
  }

  /** @param folder short: a socket's path has some hundred characters at most. */
  static async prepare(bundleDir: string, folder: string): Promise<ChaosGateway> {
    mkdirSync(folder, { recursive: true });
    const bucket = await FaultyBucket.listen(folder, join(folder, "bucket"));
    const gateway = new ChaosGateway(bundleDir, folder, bucket);
    mkdirSync(gateway.objectsDir, { recursive: true });
    return gateway;
  }

  private get bellPath(): string {
    return join(this.folder, "bell");
  }

  /** Where it answers; another address after `deploy`. */
  get url(): string {
    if (this.server === undefined) throw new Error("the gateway was never deployed");
    return this.server.url;
  }

  get pid(): number | undefined {
    return this.server?.pid;
  }

  /** Ends what runs as a deploy does, and starts it with these variables on the same state. */
  async deploy(variables: Readonly<Record<string, string>> = VARIABLES): Promise<void> {
    await this.end();
    const surroundings = {
      bucketSocket: this.bucket.socketPath,
      bellSocket: this.bellPath,
      ...{ assetsDir: this.bucketDir, frontModule: FRONT, assetsManifest: MANIFEST },
    };
    const more = { surroundings, reachesPrivate: true };
    this.server = await BareWorkerd.prepare(this.bundleDir, this.objectsDir, variables, true, more);
    await this.start();
  }

  /** Starts the process again after `kill`. */
  async start(): Promise<void> {
    rmSync(this.bellPath, { force: true });
    await this.server?.start();
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    await this.server?.kill();
  }

  /** Ends it as a deploy does: asked first, and killed after a second. */
  async end(): Promise<void> {
    const { pid } = this;
    if (pid === undefined || this.server === undefined) return;
    const late = setTimeout(() => void this.kill(), 1_000);
    await this.server.kill("SIGTERM");
    clearTimeout(late);
  }

  /** Databases of a class of objects. */
  databases(className: string): string[] {
    const dir = join(this.objectsDir, className);
    const names = readdirSync(dir).filter((name) => name.endsWith(".sqlite") && !name.startsWith("metadata"));
    return names.map((name) => join(dir, name));
  }

  async close(): Promise<void> {
    await this.kill();
    this.bucket.close();
  }
}
