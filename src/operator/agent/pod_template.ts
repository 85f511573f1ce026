import type { Container, PodTemplateSpec, Volume } from "kubernetes-types/core/v1";
import type { RuntimeSpec, RuntimeVolume } from "./action.ts";

/** Who an agent is on its node: nobody that an image knows, and not root. */
const USER = 1_000;

/** What every agent gets, and the most that it may take. */
const RESOURCES = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "1", memory: "512Mi" },
};

/** Room for files that are gone with the pod: it can write nowhere else but in its workspace. */
const TEMPORARY = { name: "tmp", path: "/tmp", sizeLimit: "256Mi" };

/** On pods whose image is to be verified: for whoever admits pods. The operator does not verify it. */
const VERIFY_IMAGE = "universe.ai/verify-image";

/**
 * The pods of an agent. Pod security standard "restricted" admits them.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podTemplate(
  spec: RuntimeSpec,
  labels: Readonly<Record<string, string>>,
): PodTemplateSpec {
  const { image_verify, runtime_class: runtimeClassName, volumes } = spec;
  return {
    metadata: {
      labels: { ...labels },
      ...(image_verify ? { annotations: { [VERIFY_IMAGE]: "true" } } : {}),
    },
    spec: {
      ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [container(spec)],
      volumes: [
        ...volumes.map(volume),
        { name: TEMPORARY.name, emptyDir: { sizeLimit: TEMPORARY.sizeLimit } },
      ],
    },
  };
}

function container({ image, env, volume_mounts }: RuntimeSpec): Container {
  return {
    name: "agent",
    image,
    env: env.map(({ name, value }) => ({ name, value })),
    resources: RESOURCES,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      ...volume_mounts.map(({ name, mount_path: mountPath, read_only }) => ({
        name,
        mountPath,
        ...(read_only ? { readOnly: true } : {}),
      })),
      { name: TEMPORARY.name, mountPath: TEMPORARY.path },
    ],
  };
}

function volume({ name, pvc, configmap }: RuntimeVolume): Volume {
  return pvc === undefined
    ? { name, configMap: { name: configmap } }
    : { name, persistentVolumeClaim: { claimName: pvc } };
}
