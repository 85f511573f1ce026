import assert from "node:assert/strict";
import { settingsOf, UNIT } from "./systemd_unit.ts";

const settings = settingsOf(await Deno.readTextFile(UNIT));

/** What the sandbox has to have. */
const REQUIRED: readonly (readonly [name: string, value: string])[] = [
  ["DynamicUser", "yes"],
  ["NoNewPrivileges", "yes"],
  ["CapabilityBoundingSet", ""],
  ["ProtectSystem", "strict"],
  ["ProtectHome", "yes"],
  ["PrivateTmp", "yes"],
  ["PrivateDevices", "yes"],
  ["PrivateUsers", "yes"],
  ["ProtectProc", "invisible"],
  ["ProtectKernelModules", "yes"],
  ["ProtectKernelTunables", "yes"],
  ["ProtectControlGroups", "yes"],
  ["RestrictNamespaces", "yes"],
  ["RestrictSUIDSGID", "yes"],
  ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX AF_NETLINK"],
  ["SystemCallArchitectures", "native"],
  ["StateDirectory", "holdfast"],
];

for (const [name, value] of REQUIRED) {
  Deno.test(`the service has ${name}=${value}`, () => {
    const found = settings.filter((each) => each.section === "Service" && each.name === name);
    assert.deepEqual(found.map((each) => each.value), [value]);
  });
}

Deno.test("the service lets V8 run what it compiles", () => {
  assert.ok(!settings.some(({ name }) => name === "MemoryDenyWriteExecute"));
});

Deno.test("the service reads its configuration from a credential of systemd", () => {
  const value = (wanted: string) => settings.find(({ name }) => name === wanted)?.value ?? "";
  const [, credential] = value("LoadCredential").match(/^([^:]+):\//) ?? [];
  assert.match(
    value("ExecStart"),
    new RegExp(`--config=\\$\\{CREDENTIALS_DIRECTORY\\}/${credential}$`),
  );
});

Deno.test("the service keeps its data where it may write", () => {
  const variables = settings.filter(({ name }) => name === "Environment").map(({ value }) => value);
  assert.match(variables.join(" "), /HOLDFAST_DATA_DIR=\/var\/lib\/holdfast( |$)/);
});
