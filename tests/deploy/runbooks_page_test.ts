import assert from "node:assert/strict";
import { pageOf, partsOf, wordsOf } from "./runbooks.ts";

const PAGE = `# An alert

See [here](#an-alert) and [there](a.md#b-c).

## It is \`bad\`, isn't it?

1. Look:

   \`\`\`sh
   # nothing is typed here
   NS=rynxs
   kubectl get pods \\
     -l a=b | grep 'x|y'
   \`\`\`

   \`\`\`yaml
   a: 1
   \`\`\`

| \`key\` | what |
| ------- | ---- |
| \`one\` | 1    |

Or \`holdfast
version\`.
`;

Deno.test("a page is taken apart", () => {
  const { text: _, ...page } = pageOf(PAGE);
  assert.deepEqual(page, {
    headings: ["# An alert", "## It is `bad`, isn't it?"],
    anchors: ["an-alert", "it-is-bad-isnt-it"],
    links: ["#an-alert", "a.md#b-c"],
    commands: ["NS=rynxs", "kubectl get pods -l a=b | grep 'x|y'"],
    spans: ["bad", "key", "one", "holdfast version"],
    rows: ["`key`", "-------", "`one`"],
  });
});

Deno.test("a line is taken apart into commands, and these into words", () => {
  assert.deepEqual(
    partsOf(`time holdfast log head --s3 "s3://a b" | grep -E '^a|b'; date`).map(wordsOf),
    [["holdfast", "log", "head", "--s3", "s3://a b"], ["grep", "-E", "^a|b"], ["date"]],
  );
});
