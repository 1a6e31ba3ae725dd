// `npm pack ./clients/typescript`: writes what is packed.
import { writeTypescriptClient } from "./typescript-client.ts";

await writeTypescriptClient();
