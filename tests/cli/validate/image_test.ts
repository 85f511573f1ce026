import assert from "node:assert/strict";
import { parseImage, whyNotPinned } from "../../../src/cli/validate/chart/image.ts";
import { imagesOf } from "../../../src/cli/validate/chart/workload.ts";
import { readManifests } from "../../../src/cli/validate/chart/renderings.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

const PINNED = [
  "python:3.11-slim",
  "ghcr.io/holdfast/holdfast:0.1.0",
  "registry:5000/holdfast:0.1.0",
  `registry:5000/holdfast@${DIGEST}`,
  `holdfast:latest@${DIGEST}`,
  "minio/minio:RELEASE.2024-11-07T00-15-16Z",
  "quay.io/minio/minio:RELEASE.2024-11-07T00-15-16Z-cpuv1",
  `minio/minio@${DIGEST}`,
  "minio/mc:1.2",
];

const LOOSE: readonly (readonly [string, RegExp])[] = [
  ["", /names no image/],
  ["holdfast", /neither a tag nor a digest/],
  ["holdfast:", /neither a tag nor a digest/],
  ["registry:5000/holdfast", /neither a tag nor a digest/],
  ["holdfast:latest", /is latest/],
  ["holdfast:stable", /is stable/],
  ["registry:5000/holdfast:main", /is main/],
  ["minio/minio:2024", /without a release tag/],
  ["minio/minio:edge", /without a release tag/],
];

for (const image of PINNED) {
  Deno.test(`${image} is pinned`, () => assert.equal(whyNotPinned(image), undefined));
}

for (const [image, reason] of LOOSE) {
  Deno.test(`"${image}" is not pinned`, () => assert.match(whyNotPinned(image) ?? "", reason));
}

Deno.test("parseImage tells a port from a tag", () => {
  assert.deepEqual(parseImage("host:5000/a/b:c"), { repository: "b", tag: "c", digest: undefined });
});

Deno.test("imagesOf finds the containers of everything that runs pods", () => {
  const pod = "containers: [{ name: c, image: a:1 }], initContainers: [{ name: i, image: b:2 }]";
  const template = `template: { spec: { ${pod} } }`;
  const specs = {
    Pod: pod,
    Deployment: template,
    StatefulSet: template,
    DaemonSet: template,
    Job: template,
    CronJob: `jobTemplate: { spec: { ${template} } }`,
  };
  for (const [kind, spec] of Object.entries(specs)) {
    const text = `{ apiVersion: v1, kind: ${kind}, metadata: { name: x }, spec: { ${spec} } }`;
    assert.deepEqual(imagesOf(readManifests(text)), [
      { where: `${kind}/x container i`, image: "b:2" },
      { where: `${kind}/x container c`, image: "a:1" },
    ]);
  }
  const service = "{ apiVersion: v1, kind: Service, spec: { containers: 1 } }";
  assert.deepEqual(imagesOf(readManifests(service)), []);
});
