import { z } from "zod";

/** What an agent can be. */
export const ROLES = ["worker", "manager", "director", "sandbox"] as const;

/** Most characters of an agent's name: its objects have it with an ending. */
export const LONGEST_NAME = 40;

const text = z.string().max(253);

/** `null` says as much as what is not there. */
function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A reference to an image, as `docker pull` takes it. */
const reference = z.string().max(512)
  .regex(
    /^[a-zA-Z0-9][-a-zA-Z0-9._:/]*(@sha256:[0-9a-f]{64})?$/,
    "must be a reference to an image",
  );

const image = z.looseObject({
  repository: optional(
    z.string().max(255)
      .regex(
        /^([a-zA-Z0-9][-a-zA-Z0-9.]*:[0-9]+\/)?[a-zA-Z0-9][-a-zA-Z0-9._]*(\/[-a-zA-Z0-9._]+)*$/,
        "must have no tag",
      ),
  ),
  tag: optional(z.string().regex(/^[a-zA-Z0-9_][-a-zA-Z0-9._]{0,127}$/, "must be a tag")),
  digest: optional(
    z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 digits of hex"),
  ),
  verify: optional(z.boolean()),
});

const workspace = z.looseObject({
  size: optional(
    z.string().max(32).regex(
      /^[0-9]+(\.[0-9]+)?(k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/,
      "must be a quantity, such as 1Gi",
    ),
  ),
  storageClassName: optional(
    text.regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be the name of a storage class"),
  ),
});

/**
 * What is asked of an agent, beside what only agents read. It asks what the schema in the cluster asks:
 * that one can be an older one, or not be there at all.
 */
export const agentSchema = z.object({
  metadata: z.object({
    name: z.string().max(LONGEST_NAME, `must have at most ${LONGEST_NAME} characters`),
    namespace: z.string(),
    labels: optional(z.record(z.string(), z.string())),
  }),
  spec: optional(z.looseObject({
    role: optional(z.enum(ROLES)),
    team: optional(text),
    manages: optional(z.array(text).max(256)),
    permissions: optional(z.record(z.string(), z.boolean())),
    image: optional(z.union([reference, image])),
    workspace: optional(workspace),
  })),
});

/** {@link agentSchema}, once read. */
export type ReadAgent = z.infer<typeof agentSchema>;

/** {@link ReadAgent.spec}. */
export type ReadSpec = NonNullable<ReadAgent["spec"]>;
