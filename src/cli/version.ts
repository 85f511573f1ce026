import { VERSION } from "../version.ts";
import { type Command, EXIT } from "./command.ts";

export const command: Command = {
  summary: "Print the version of this program and of its runtime.",
  options: {},
  run() {
    console.log(`holdfast ${VERSION} (deno ${Deno.version.deno}, ${Deno.build.target})`);
    return Promise.resolve(EXIT.ok);
  },
};
