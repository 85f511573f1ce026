import assert from "node:assert/strict";
import { parse } from "yaml";
import { z } from "zod";
import { VERSION } from "../../src/version.ts";
import { readConfiguration } from "./configuration.ts";

const DEPLOY = new URL("../../deploy/", import.meta.url);

const compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      environment: z.record(z.string(), z.string()),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
    }),
  ),
  configs: z.object({ holdfast: z.object({ content: z.string() }) }),
  volumes: z.record(z.string(), z.unknown()),
});

const file = compose.parse(parse(await Deno.readTextFile(new URL("compose.yaml", DEPLOY))));

Deno.test("each image is of a version", () => {
  const images = Object.values(file.services).map(({ image }) => image);
  assert.ok(images.includes(`holdfast:${VERSION}`));
  for (const image of images) assert.match(image, /:(?!latest$)\S*\d\S*$/);
});

Deno.test("MinIO is the one of the chart", async () => {
  const values = z.object({
    minio: z.object({ image: z.object({ repository: z.string(), tag: z.string() }) }),
  }).parse(parse(await Deno.readTextFile(new URL("helm/holdfast/values.yaml", DEPLOY))));
  const { repository, tag } = values.minio.image;
  assert.equal(file.services["minio"]?.image, `${repository}:${tag}`);
});

Deno.test("no password has a default, and none is empty", () => {
  const settings = Object.values(file.services).flatMap(({ environment }) =>
    Object.entries(environment)
  );
  const secrets = settings.filter(([name]) => /PASSWORD|SECRET|KEY|ROOT_USER/.test(name));
  assert.equal(secrets.length, 8);
  for (const [name, value] of secrets) assert.match(value, /^\$\{[A-Z_]+:\?[^}]+\}$/, name);
});

Deno.test("only this machine reaches it", () => {
  for (const { ports } of Object.values(file.services)) {
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
  }
});

Deno.test("what is kept is on volumes that are there", () => {
  for (const { volumes } of Object.values(file.services)) {
    assert.notEqual(volumes.length, 0);
    for (const each of volumes) assert.ok(each.split(":")[0]! in file.volumes, each);
  }
});

Deno.test("the server's configuration is one, with the variables that it is given", async () => {
  const { environment } = file.services["holdfast"]!;
  const text = file.configs.holdfast.content.replaceAll("$$", "$");
  const config = await readConfiguration(text, Object.keys(environment));
  assert.equal(config.database?.password, "the DATABASE_PASSWORD");
});
