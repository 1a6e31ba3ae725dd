// `npm run model`: what is done with single models, beside training them.
import { importCommand } from "./import/import-command.ts";
import { HELP as IMPORT_HELP, parseImportOptions } from "./import/import-options.ts";
import { promoteCommand, publishCommand, rollbackCommand } from "./publish/model-publishing.ts";
import { parsePublishOptions, PUBLISH_HELP } from "./publish/publish-options.ts";
import { UserError } from "./run/user-error.ts";

const HELP = `Usage: npm run model -- import MODEL.onnx | publish DIR… | promote SHA256 | rollback [options]

  import    makes an artifact of a model trained elsewhere
  publish   puts artifacts into a bucket
  promote   makes a published artifact champion of a gateway, or its challenger
  rollback  gives champion back to the model that held it before

npm run model -- import --help, and publish --help, promote --help or rollback --help, show the options.
`;

const COMMANDS = { publish: publishCommand, promote: promoteCommand, rollback: rollbackCommand };

async function run(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  if (command === "publish" || command === "promote" || command === "rollback") {
    const options = parsePublishOptions(command, rest);
    if (options === "help") process.stdout.write(PUBLISH_HELP);
    else await COMMANDS[command](options);
    return;
  }
  if (command !== "import" && rest.length === 0 && (command === "--help" || command === "-h")) {
    process.stdout.write(HELP);
    return;
  }
  const options = parseImportOptions(args);
  if (options === "help") process.stdout.write(IMPORT_HELP);
  else await importCommand(options);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const mistake = error instanceof UserError;
  console.error(mistake ? `model: ${error.message}` : error);
  if (mistake) console.error("npm run model -- --help shows the options.");
  process.exitCode = mistake ? 2 : 1;
}
