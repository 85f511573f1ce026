import { verifyProof } from "../../../eventlog/verify.ts";
import {
  type CommandOptions,
  EXIT,
  type ExitCode,
  requiredOption,
  textOption,
} from "../../command.ts";
import { factLines, printable } from "../printable.ts";
import { writeLines } from "../standard_output.ts";
import { readTextFile } from "../../text_file.ts";

/** Verifies a proof, offline. */
export async function verifyGivenProof(options: CommandOptions): Promise<ExitCode> {
  const [record, proof] = await Promise.all(
    ["record", "proof"].map((name) => readTextFile(requiredOption(options, name), (text) => text)),
  );
  const verified = await verifyProof({
    record: record ?? "",
    proof: proof ?? "",
    verifierKey: requiredOption(options, "key"),
    origin: textOption(options, "origin"),
  });
  const isJson = options["json"] === true;
  if (!verified.ok) {
    const { reason, message } = verified;
    if (isJson) await writeLines([JSON.stringify({ ok: false, reason, message })]);
    else console.error(printable(`the proof does not verify: ${message}`));
    return EXIT.verificationFailed;
  }
  const { ok, seq, size, origin, eventHash } = verified;
  const facts = { seq, size, origin, event_hash: eventHash };
  await writeLines(
    isJson ? [JSON.stringify({ ok, ...facts })] : [
      "verified",
      ...factLines(
        Object.entries(facts).map(([name, value]) => [
          name,
          printable(String(value)),
        ]),
      ),
    ],
  );
  return EXIT.ok;
}
