// The text of a workerd configuration that runs the gateway's bundle. What the text says is documented in workerd.capnp
// of the package workerd.
import { readdirSync } from "node:fs";
import type { GatewayFacts } from "./gateway-facts.ts";

export interface WorkerdConfig {
  readonly facts: Pick<GatewayFacts, "classes" | "compatibilityDate" | "compatibilityFlags" | "bucketBinding">;
  /** Folder of the bundle. The text lies in it: workerd reads the modules relative to its configuration. */
  readonly bundleDir: string;
  /** Such as `127.0.0.1:8787`. */
  readonly address: string;
  /** Folder of the objects' databases. */
  readonly objectsDir: string;
  /** Text bindings with their values. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Text bindings whose values workerd takes from its own environment: they are in no file. */
  readonly environmentVariables?: readonly string[];
  /** Whether idle objects stay in memory; else they are dropped after 10 s. */
  readonly keepsObjects?: boolean;
  /** Whether the gateway may call private addresses; else public ones only, which is workerd's default. */
  readonly reachesPrivate?: boolean;
  /** What a gateway has that is more than its Worker. */
  readonly surroundings?: WorkerdSurroundings;
}

/** What stands around a Worker on Cloudflare, and is given to a gateway that serves for good. */
export interface WorkerdSurroundings {
  /** Unix socket of the service that is the bucket. */
  readonly bucketSocket: string;
  /** The module that is called first and calls the gateway's; it has an entrypoint `bell`. */
  readonly frontModule: string;
  readonly assetsDir: string;
  /** JSON beside the bundle: the assets by their address. */
  readonly assetsManifest: string;
  /** Unix socket of the entrypoint `bell`, which runs cron triggers. */
  readonly bellSocket: string;
}

/** The whole text. Paths are absolute, but for those of modules. */
export function workerdConfigText(config: WorkerdConfig): string {
  const { facts, bundleDir, address, objectsDir, surroundings: around } = config;
  const services = [
    `(name = "main", worker = .main)`,
    `(name = "objects", disk = (path = ${quote(objectsDir)}, writable = true))`,
  ];
  if (config.reachesPrivate === true) {
    services.push(
      `(name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true)))`,
    );
  }
  const sockets = [`(name = "http", address = ${quote(address)}, http = (), service = "main")`];
  if (around !== undefined) {
    services.push(
      `(name = "assets", disk = (path = ${quote(around.assetsDir)}))`,
      `(name = "bucket", external = (address = ${quote(`unix:${around.bucketSocket}`)}, http = ()))`,
    );
    sockets.push(
      `(name = "bell", address = ${quote(`unix:${around.bellSocket}`)}, http = (), service = (name = "main", entrypoint = "bell"))`,
    );
  }
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")},
  ],
  sockets = [
    ${sockets.join(",\n    ")},
  ],
);
const main :Workerd.Worker = (
  modules = [${moduleTexts(bundleDir, around).join(",\n    ")}],
  compatibilityDate = ${quote(facts.compatibilityDate)},
  compatibilityFlags = [${facts.compatibilityFlags.map(quote).join(", ")}],
  bindings = [${mainBindings(config).join(",\n    ")}],
  durableObjectNamespaces = [${namespaceTexts(config).join(",\n    ")}],
  durableObjectStorage = (localDisk = "objects"),
);
`;
}

function moduleTexts(bundleDir: string, around: WorkerdSurroundings | undefined): string[] {
  const first = around?.frontModule ?? "worker.js";
  return readdirSync(bundleDir)
    .filter((name) => /\.(js|wasm|onnx)$/.test(name))
    .sort((a, b) => Number(b === first) - Number(a === first))
    .map((name) => {
      const kind = name.endsWith(".js") ? "esModule" : name.endsWith(".wasm") ? "wasm" : "data";
      return `(name = ${quote(kind === "esModule" ? name : `./${name}`)}, ${kind} = embed ${quote(name)})`;
    });
}

function mainBindings(config: WorkerdConfig): string[] {
  const { facts, variables = {}, environmentVariables = [], surroundings } = config;
  const named = (name: string, what: string): string => `(name = ${quote(name)}, ${what})`;
  return [
    ...Object.entries(facts.classes).map(([name, type]) => named(name, `durableObjectNamespace = ${quote(type)}`)),
    ...Object.entries(variables).map(([name, value]) => named(name, `text = ${quote(value)}`)),
    ...environmentVariables.map((name) => named(name, `fromEnvironment = ${quote(name)}`)),
    ...(surroundings === undefined
      ? []
      : [
          named(facts.bucketBinding, `r2Bucket = "bucket"`),
          named("ASSET_FILES", `service = "assets"`),
          named("ASSETS_BY_ADDRESS", `json = embed ${quote(surroundings.assetsManifest)}`),
        ]),
  ];
}

/** The key of a namespace names its folder, so that it must never change. */
function namespaceTexts({ facts, keepsObjects = false }: WorkerdConfig): string[] {
  return Object.values(facts.classes).map(
    (type) =>
      `(className = ${quote(type)}, uniqueKey = ${quote(type)}, enableSql = true, preventEviction = ${keepsObjects})`,
  );
}

function quote(text: string): string {
  return JSON.stringify(text);
}
