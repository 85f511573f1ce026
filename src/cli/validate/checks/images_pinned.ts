import { whyNotPinned } from "../chart/image.ts";
import { imagesOf, type UsedImage } from "../chart/workload.ts";
import { withRenderings } from "../chart/wanted_renderings.ts";
import type { Check } from "../check.ts";
import { POD, type PodObject } from "../cluster/kinds.ts";
import { type Finding, judged, notApplicable } from "../finding.ts";

export const imagesPinned: Check = {
  id: "images-pinned",
  number: "3",
  objective: "What runs tomorrow is what was tested today: every image has a tag or a digest.",
  remedy: "Set image.tag or a digest in the values; for MinIO a tag such as " +
    "RELEASE.2024-11-07T00-15-16Z.",
  parts: [
    {
      phase: "pre",
      run: (context) =>
        Promise.resolve(
          withRenderings(context, [3], (renderings) =>
            pinned(renderings.flatMap(({ objects }) =>
              imagesOf(objects)
            ))),
        ),
    },
    {
      phase: "post",
      async run({ cluster, namespace }, signal) {
        const { items } = await (await cluster()).list(POD, { namespace }, { signal });
        const used = items.filter((pod) => !isAgents(pod)).flatMap(imagesOfPod);
        return used.length === 0
          ? notApplicable(`no pods in namespace ${namespace}`)
          : pinned(used);
      },
    },
  ],
};

function pinned(used: readonly UsedImage[]): Finding {
  const faults = used.flatMap(({ where, image }) => {
    const reason = whyNotPinned(image);
    return reason === undefined ? [] : [`${where}: ${image || "its image"} ${reason}`];
  });
  return judged([...new Set(used.map(({ image }) => image))].sort(), [...new Set(faults)]);
}

function imagesOfPod({ metadata: { name }, spec }: PodObject): readonly UsedImage[] {
  return [...spec?.initContainers ?? [], ...spec?.containers ?? []].map((container) => ({
    where: `pod ${name} container ${container.name}`,
    image: container.image ?? "",
  }));
}

/** What agents run is theirs to choose. */
function isAgents({ metadata: { labels } }: PodObject): boolean {
  return labels?.["app"] === "universe-agent";
}
