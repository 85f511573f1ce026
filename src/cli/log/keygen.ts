import { SigningKey } from "../../eventlog/signing_key.ts";
import { type Command, EXIT, requiredOption } from "../command.ts";
import { PUBLIC_SUFFIX, writeKeyFiles } from "./key_file.ts";
import { factLines } from "./printable.ts";
import { writeLines } from "./standard_output.ts";
import { JSON_OPTION } from "./which_log.ts";

export const command: Command = {
  summary: "Make a key that signs checkpoints.",
  description: [
    `Ed25519, in PEM: the private key in PATH, which only its owner may read, the public one in PATH${PUBLIC_SUFFIX}.`,
    "No file is overwritten. The public key is what others verify with; its id names it.",
  ].join("\n"),
  options: {
    out: { value: "PATH", meaning: "Where the private key goes.", required: true },
    ...JSON_OPTION,
  },
  async run(options) {
    const path = requiredOption(options, "out");
    const key = SigningKey.generate();
    await writeKeyFiles(path, key);
    const { id } = key.publicKey;
    const publicPath = `${path}${PUBLIC_SUFFIX}`;
    const written = { private_key: path, public_key: publicPath, pubkey_id: id };
    await writeLines(
      options["json"] === true ? [JSON.stringify(written)] : factLines(Object.entries(written)),
    );
    return EXIT.ok;
  },
};
