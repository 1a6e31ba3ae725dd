// `npm run volgate -- feed kafka`: feeds a gateway from a Kafka topic.
import { EXIT } from "../../command-line/exit-code.ts";
import { onSignal } from "../../command-line/on-signal.ts";
import type { Program } from "../../command-line/program.ts";
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
    const stop = new AbortController();
    const abandon = new AbortController();
    const stopListening = onSignal((_, count) => {
      if (count > 1) return abandon.abort();
      console.error("\nfinishing the batches in flight; press again to stop at once");
      stop.abort();
    });
    const context = {
      stop: stop.signal,
      abandon: abandon.signal,
      print: (line: string) => console.log(line),
      note: (line: string) => console.error(line),
    };
    try {
      return (await runKafkaFeed(options, context)) ? EXIT.done : EXIT.failed;
    } finally {
      stopListening();
    }
  },
};
