// The seed of every property test, so that a run can be repeated. A failing property prints its seed and path.
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20251129 });
