// `npm run volgate -- feed kafka`: feeds a gateway from a Kafka topic.
import { EXIT } from "../../command-line/exit-code.ts";
import type { Program } from "../../command-line/program.ts";
import { untilSignal } from "../../command-line/sending-context.ts";
import { GatewayError } from "../../gateway-client/gateway-error.ts";
import { KAFKA, parseKafkaOptions } from "./kafka-options.ts";
import { runKafkaFeed } from "./kafka-run.ts";
import { NumberInUseError } from "./partition-feed.ts";
import { OffsetBeyondLogError } from "./partition-log.ts";

export const program: Program = {
  command: KAFKA,
  expectedErrors: [
    [GatewayError, EXIT.failed],
    [NumberInUseError, EXIT.failed],
    [OffsetBeyondLogError, EXIT.failed],
  ],
  run: async (args) => {
    const options = parseKafkaOptions(args, process.env);
    return (await runKafkaFeed(options, untilSignal("finishing the batches in flight"))) ? EXIT.done : EXIT.failed;
  },
};
