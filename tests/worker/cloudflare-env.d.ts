// What `cloudflare:workers` hands to a test beside the bindings that `wrangler types` writes: what may be left out.
import type { OptionalVariables } from "../../src/settings.ts";

declare global {
  namespace Cloudflare {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the way to add to a global interface
    interface Env extends OptionalVariables {}
  }
}
