// What `cloudflare:workers` hands to a test: the bindings of wrangler.toml and the Worker's own exports.
declare namespace Cloudflare {
  interface Env extends VolgateEnv {
    readonly BUCKET: R2Bucket;
  }
  interface GlobalProps {
    mainModule: typeof import("../../src/worker.ts");
    durableNamespaces: "SymbolObject" | "RegistryObject" | "DirectoryObject";
  }
}

type VolgateEnv = import("../../src/durable/environment.ts").Env;
