// What wrangler.toml says of the gateway, for those that run its bundle without wrangler.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";

interface WranglerFile {
  readonly compatibility_date: string;
  readonly compatibility_flags?: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] };
  readonly r2_buckets: readonly { readonly binding: string; readonly bucket_name: string }[];
  readonly triggers: { readonly crons: readonly string[] };
  readonly assets: { readonly directory: string };
}

export interface GatewayFacts {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** Variables of the top level: those of a plain `wrangler deploy`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Class of each binding of objects. */
  readonly classes: Readonly<Record<string, string>>;
  readonly bucketBinding: string;
  /** Times are UTC, as on Cloudflare. */
  readonly crons: readonly string[];
  /** Folder of the static assets, relative to the checkout. */
  readonly assets: string;
}

/** @param checkout folder that holds wrangler.toml. */
export function readGatewayFacts(checkout: string): GatewayFacts {
  const file = parse(readFileSync(join(checkout, "wrangler.toml"), "utf8")) as unknown as WranglerFile;
  const [bucket] = file.r2_buckets;
  if (bucket === undefined) throw new Error("wrangler.toml has no bucket");
  return {
    compatibilityDate: file.compatibility_date,
    compatibilityFlags: file.compatibility_flags ?? [],
    variables: file.vars,
    classes: Object.fromEntries(file.durable_objects.bindings.map(({ name, class_name: type }) => [name, type])),
    bucketBinding: bucket.binding,
    crons: file.triggers.crons,
    assets: file.assets.directory,
  };
}
