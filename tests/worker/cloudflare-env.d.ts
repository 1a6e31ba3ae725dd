// What `cloudflare:workers` hands to a test: the bindings of wrangler.toml and the Worker's own exports.
import type { Env as GatewayEnv } from "../../src/settings.ts";
import type * as worker from "../../src/worker.ts";

declare global {
  namespace Cloudflare {
    interface Env extends GatewayEnv {
      readonly BUCKET: R2Bucket;
    }
    interface GlobalProps {
      mainModule: typeof worker;
      durableNamespaces: "SymbolObject" | "RegistryObject" | "DirectoryObject" | "AlertsObject";
    }
  }
}
