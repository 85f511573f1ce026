import assert from "node:assert/strict";
import { join } from "node:path";
import { PROOF_PAGE } from "../../src/api/log/proof_page.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { verifierKey, verifierKeyText } from "../../src/eventlog/verify/note.ts";
import { ORIGIN, sampleLog } from "../eventlog/tlog/sample_log.ts";
import { type BrowserPage, startBrowser } from "../harness/browser.ts";
import { startHoldfast } from "../harness/server.ts";

const [SIZE, SEQ] = [300, 137];

/** The three texts of an event that is in a published log. */
async function givenTexts() {
  await using sample = await sampleLog(SIZE);
  await sample.publish();
  const log = await sample.open();
  return {
    record: new TextDecoder().decode(await log.record(SEQ)),
    proof: await log.proofText(SEQ),
    key: sample.verifierKey,
  };
}

type Texts = Awaited<ReturnType<typeof givenTexts>>;

/** What is changed, and what the page says of it. */
const REFUSED: readonly [what: string, says: string, change: (texts: Texts) => Partial<Texts>][] = [
  [
    "a changed record",
    "The record has been changed",
    ({ record }) => ({ record: record.replace("é 137", "é 138") }),
  ],
  [
    "a record that was formatted anew",
    "This is not a record",
    ({ record }) => ({ record: JSON.stringify(JSON.parse(record), null, 2) }),
  ],
  [
    "a changed proof",
    "This record is not in the log",
    ({ proof }) => ({
      proof: proof.replace(
        /(index 137\n)(.)/,
        (_, line, digit) => line + (digit === "A" ? "B" : "A"),
      ),
    }),
  ],
  [
    "a proof about another event",
    "The proof is about another event",
    ({ proof }) => ({ proof: proof.replace("index 137", "index 138") }),
  ],
  [
    "a changed checkpoint",
    "The signature is wrong",
    ({ proof }) => ({ proof: proof.replace("\n300\n", "\n301\n") }),
  ],
  ["half of a proof", "This is not a proof", ({ proof }) => ({ proof: proof.slice(30) })],
  ["a damaged key", "This is not a key", ({ key }) => ({ key: key.replace(/.$/, "") })],
];

async function fill(page: BrowserPage, { record, proof, key }: Texts): Promise<void> {
  await page.fill("#record", record);
  await page.fill("#tlog-proof", proof);
  await page.fill("#verifier-key", key);
}

/** What the page says, once it says something. */
function verdict(page: BrowserPage): Promise<unknown> {
  return page.evaluate(`new Promise((resolve) => {
    const look = () => {
      const { hidden } = document.getElementById("verdict");
      if (hidden) setTimeout(look, 5);
      else resolve(document.getElementById("verdict-title").textContent);
    };
    look();
  })`);
}

async function verify(page: BrowserPage, texts: Texts): Promise<unknown> {
  await fill(page, texts);
  await page.click("button[type=submit]");
  return await verdict(page);
}

Deno.test("the page verifies a proof in a browser without a network", async (test) => {
  const texts = await givenTexts();
  const directory = await Deno.makeTempDir({ prefix: "holdfast-proof-" });
  const server = await startHoldfast({ env: { HOLDFAST_DATA_DIR: join(directory, "data") } });
  await using page = await startBrowser();
  await page.goto(`${server.endpoint}${PROOF_PAGE}`);
  await page.goOffline();
  assert.equal(await server.stop(), 0);
  const asked = page.requests.length;
  assert.ok(asked > 5);

  await test.step("a good proof", async () => {
    assert.equal(await verify(page, texts), "Verified");
    const said = String(await page.evaluate('document.getElementById("verdict").textContent'));
    for (
      const fact of [ORIGIN, `seq ${SEQ}, in a log of ${SIZE}`, JSON.parse(texts.record).event_hash]
    ) {
      assert.ok(said.includes(fact), fact);
    }
  });

  await test.step("and its verdict goes when a text is changed", async () => {
    await page.fill("#record", texts.record);
    assert.equal(await page.evaluate('document.getElementById("verdict").hidden'), true);
  });

  for (const [what, says, change] of REFUSED) {
    await test.step(`but not ${what}`, async () => {
      assert.equal(await verify(page, { ...texts, ...change(texts) }), says);
    });
  }

  await test.step("nor one that another key ought to have signed", async () => {
    const other = await verifierKey(ORIGIN, SigningKey.generate().publicKey.raw);
    const said = await verify(page, { ...texts, key: verifierKeyText(other) });
    assert.equal(said, "This key did not sign");
  });

  await test.step("nor with a text missing", async () => {
    assert.equal(await verify(page, { ...texts, key: "" }), "Something is missing");
  });

  await test.step("files that are chosen are put where they belong, and verified", async () => {
    const files = [["key", `${texts.key}\n`], ["proof", texts.proof], ["record", texts.record]];
    for (const [name = "", text = ""] of files) {
      await Deno.writeTextFile(join(directory, name), text);
    }
    await page.click("button[type=reset]");
    assert.equal(await page.evaluate('document.getElementById("record").value'), "");
    await page.chooseFiles("#files", files.map(([name = ""]) => join(directory, name)));
    assert.equal(await verdict(page), "Verified");
  });

  assert.deepEqual(page.requests.slice(asked), []);
  assert.deepEqual(page.complaints, []);
  await Deno.remove(directory, { recursive: true });
});
