/**
 * Images built by buildah, and run by the kernel alone: with no registry and no engine.
 *
 * What an image is built in has the machine's own programs, mounted read-only. What it is based on has
 * what a distroless base has that a program could need: the C library, and users. A container is a
 * process in namespaces of its own, with the image as its read-only root.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { debianFiles, toolPath } from "../harness/tools.ts";

const inspected = z.object({
  OCIv1: z.object({
    config: z.object({
      User: z.string(),
      ExposedPorts: z.record(z.string(), z.unknown()),
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()),
      Labels: z.record(z.string(), z.string()),
    }),
  }),
});

/** How a container of an image starts. */
export type ImageConfig = z.infer<typeof inspected>["OCIv1"]["config"];

/** An image that was built. */
export interface Image {
  readonly config: ImageConfig;
  /** Directory with its files. */
  readonly root: string;
}

/** Builds images in a directory of its own. */
export interface ImageBuilder extends AsyncDisposable {
  /** For other files of a test; removed with everything else. */
  readonly directory: string;
  /**
   * Builds a target of `deploy/Containerfile`.
   *
   * @param runtime file that `deno compile` puts the program into; it downloads one without it
   */
  build(target: string, runtime?: string): Promise<Image>;
}

const REPOSITORY = new URL("../..", import.meta.url).pathname;

/** Source: the packages of distroless' `cc`, those with anything that is linked. */
const BASE_PACKAGES = ["libc6", "libgcc-s1"];

const USERS = `root:x:0:0:root:/root:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`;

/** How long a build may take. Milliseconds. */
const BUILD_LIMIT = 240_000;

/** Starts a program in an image: `ROOT VOLUME UID:GID PROGRAM ARGUMENT…`. */
const CONTAINER = `set -e
root=$1 volume=$2 user=$3
shift 3
mount --bind "$root" "$root"
mkdir -p "$root/dev" "$root/proc" "$root/tmp"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount --bind "$volume" "$root/var/lib/holdfast"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid \
  chroot --userspec="$user" "$root" "$@"
`;

/** Makes what images are built in and based on. */
export async function openImageBuilder(): Promise<ImageBuilder> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    throw new Error("containers without an engine need Linux, and root to mount theirs");
  }
  const program = await toolPath("buildah");
  const directory = await Deno.makeTempDir({ prefix: "holdfast-images-" });
  const buildah = (...args: string[]) =>
    run(program, [
      "--storage-driver=vfs",
      `--root=${join(directory, "store")}`,
      `--runroot=${join(directory, "run")}`,
      ...args,
    ]);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  stack.defer(async () => void await buildah("rm", "--all"));
  const imageOf = async (name: string, root: string, env: readonly string[] = []) => {
    const container = (await buildah("from", "scratch")).trim();
    await buildah("copy", "--quiet", container, root, "/");
    await buildah("config", ...env.map((each) => `--env=${each}`), container);
    await buildah("commit", "--quiet", container, `localhost/${name}`);
  };
  await imageOf("machine", await machineRoot(directory), await registrySettings());
  await imageOf("distroless", await distrolessRoot(directory));
  const volumes = await buildVolumes();
  const kept = stack.move();
  return {
    directory,
    async build(target, runtime) {
      const image = `localhost/${target}`;
      const supplied = runtime === undefined
        ? []
        : [`--volume=${runtime}:/opt/denort:ro`, "--build-arg=DENORT_BIN=/opt/denort"];
      await buildah(
        "build",
        "--isolation=chroot",
        "--pull-never",
        ...volumes.map((each) => `--volume=${each}`),
        ...supplied,
        "--build-arg=BUILD_IMAGE=localhost/machine",
        "--build-arg=BASE_IMAGE=localhost/distroless",
        `--file=${join(REPOSITORY, "deploy", "Containerfile")}`,
        `--ignorefile=${join(REPOSITORY, "deploy", "containerignore")}`,
        `--target=${target}`,
        `--tag=${image}`,
        REPOSITORY,
      );
      const container = (await buildah("from", "--pull-never", image)).trim();
      const root = (await buildah("mount", container)).trim();
      const seen = inspected.parse(JSON.parse(await buildah("inspect", "--type=image", image)));
      return { config: seen.OCIv1.config, root };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What to start for a container; killing it ends the container. */
export function containerCommand(
  image: Image,
  options: {
    /** Mounted at /var/lib/holdfast. */
    readonly volume: string;
    readonly env?: Readonly<Record<string, string>>;
    /** Instead of the image's. */
    readonly entrypoint?: readonly string[];
    readonly args: readonly string[];
  },
): Deno.Command {
  const { User, Entrypoint, Env } = image.config;
  const program = options.entrypoint ?? Entrypoint;
  const variables = Object.fromEntries(Env.map((each) => each.split(/=(.*)/s).slice(0, 2)));
  return new Deno.Command("unshare", {
    args: [
      ...["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", CONTAINER, "container"],
      ...[image.root, options.volume, User, ...program, ...options.args],
    ],
    clearEnv: true,
    env: { ...variables, ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** A root whose programs are the machine's, as far as they are links into /usr. */
async function machineRoot(directory: string): Promise<string> {
  const root = join(directory, "machine");
  for (const name of ["usr", "etc", "tmp", "root", "opt", "var/tmp"]) {
    await Deno.mkdir(join(root, name), { recursive: true });
  }
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    await Deno.symlink(await Deno.readLink(`/${name}`), join(root, name));
  }
  return root;
}

async function distrolessRoot(directory: string): Promise<string> {
  const root = join(directory, "distroless");
  await Deno.mkdir(join(root, "etc"), { recursive: true });
  await Deno.writeTextFile(join(root, "etc", "passwd"), USERS);
  for (const name of BASE_PACKAGES) {
    await run("cp", ["--archive", `${await debianFiles(name)}/.`, root]);
  }
  return root;
}

/** The machine's programs, and packages that were downloaded before. */
async function buildVolumes(): Promise<readonly string[]> {
  const { npmCache } = z.object({ npmCache: z.string() }).parse(
    JSON.parse(await run(Deno.execPath(), ["info", "--json"])),
  );
  const npm = (await run("npm", ["config", "get", "cache"])).trim();
  return [
    "/usr:/usr:ro",
    "/etc:/etc:ro",
    `${npm}:/var/cache/npm`,
    `${npmCache}:/opt/deno/cache/npm`,
  ];
}

/** Whom a registry's certificate is believed, where the machine says so. */
async function registrySettings(): Promise<readonly string[]> {
  const authority = (await run("npm", ["config", "get", "cafile"])).trim();
  const own = authority === "null" ? [] : [`NPM_CONFIG_CAFILE=${authority}`];
  return [...own, "NPM_CONFIG_CACHE=/var/cache/npm", "DENO_TLS_CA_STORE=system,mozilla"];
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(BUILD_LIMIT),
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-20).join("\n");
  throw new Error(`${program} ${args.join(" ")} failed:\n${said}`);
}
