// A deploy that changes the label and the step of new symbols, and the deploy that takes it back.
import { VARIABLES } from "../chaos-gateway.ts";
import type { Fault } from "../fault.ts";
import { metric } from "../witness.ts";

export const changedLabel: Fault = {
  name: "changed-label",
  about: "a deploy with another label for new symbols, and back again: symbols that exist keep theirs",
  told: [metric("volgate_isolates")],
  run: async ({ gateway, load, injured }) => {
    await load.send(10);
    await gateway.deploy({ ...VARIABLES, LABEL: '{"windowSteps":1800,"minCount":600}' });
    injured();
    await load.send(20);
    await gateway.deploy();
    await load.send(10);
  },
};
