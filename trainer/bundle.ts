// `npm run bundle`: makes the models that ship with the gateway, so that an empty bucket predicts at once.
import type { Program } from "../command-line/program.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { BUNDLE, parseBundleOptions } from "./bundled/bundle-options.ts";
import { bundleBars } from "./bundled/bundle-bars.ts";
import { bundleSimulated } from "./bundled/bundle-simulated.ts";

export const program: Program = {
  command: BUNDLE,
  run: async (args) => {
    const bars = parseBundleOptions(args);
    if (bars === undefined) await bundleSimulated(BUNDLE.call);
    else await bundleBars(bars, [BUNDLE.call, ...args].join(" "));
    return EXIT.done;
  },
};
