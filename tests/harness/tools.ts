/**
 * The programs that the end-to-end tests drive, at fixed versions, in a cache outside the
 * repository: `$XDG_CACHE_HOME/holdfast` or `~/.cache/holdfast`. What is missing is built or
 * installed there; what cannot be is named with the package that would bring it.
 *
 * `deno run … tests/harness/tools.ts` installs everything and prints where it is.
 *
 * @module
 */
import { join } from "node:path";

/** A program built from a Go module. */
interface GoProgram {
  readonly kind: "go";
  readonly module: string;
  readonly version: string;
  /** Package of the command inside the module; the module itself where there is none. */
  readonly command?: string;
  /** Debian's package of the same program, used where there is no Go. */
  readonly debian?: string;
  /**
   * Version of the modules that the module itself requires as `v0.0.0`, because its repository holds
   * them beside it.
   */
  readonly staging?: string;
  /** Package variables to set when it is linked, by their full names. */
  readonly linked?: Readonly<Record<string, string>>;
}

/** A program of Debian's that needs nothing but what every machine has: unpacked, not installed. */
interface DebianProgram {
  readonly kind: "debian";
  readonly package: string;
}

/** A program that a Python package installs. */
interface PythonProgram {
  readonly kind: "python";
}

/** A program out of a package of npm. */
interface NpmProgram {
  readonly kind: "npm";
  readonly package: string;
  readonly version: string;
}

/** A program that needs too many libraries to be kept apart from the system's own. */
interface SystemProgram {
  readonly kind: "system";
  readonly path: string;
  /** Debian's package of it. */
  readonly debian: string;
}

type Program = DebianProgram | GoProgram | NpmProgram | PythonProgram | SystemProgram;

/** What the commands of Kubernetes are built from. */
const KUBERNETES = {
  kind: "go",
  module: "k8s.io/kubernetes",
  version: "v1.35.4",
  staging: "v0.35.4",
  linked: { "k8s.io/component-base/version.gitVersion": "v1.35.4" },
} as const;

const TOOLS = {
  minio: {
    kind: "go",
    module: "github.com/minio/minio",
    version: "v0.0.0-20260212201848-7aac2a2c5b7c",
  },
  mc: {
    kind: "go",
    module: "github.com/minio/mc",
    version: "v0.0.0-20250313080218-cf909e1063a9",
  },
  rclone: {
    kind: "go",
    module: "github.com/rclone/rclone",
    version: "v1.75.1",
    debian: "rclone",
  },
  restic: {
    kind: "go",
    module: "github.com/restic/restic",
    version: "v0.18.1",
    command: "/cmd/restic",
    debian: "restic",
  },
  aws: { kind: "python" },
  s3cmd: { kind: "python" },
  schemathesis: { kind: "python" },
  python: { kind: "python" },
  node: { kind: "npm", package: "node", version: "24.21.0" },
  "kube-apiserver": { ...KUBERNETES, command: "/cmd/kube-apiserver" },
  kubectl: { ...KUBERNETES, command: "/cmd/kubectl" },
  helm: {
    kind: "go",
    module: "helm.sh/helm/v3",
    version: "v3.22.0",
    command: "/cmd/helm",
    // The Kubernetes that charts are rendered for where no cluster is asked.
    linked: {
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "35",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "35",
    },
  },
  etcd: { kind: "debian", package: "etcd-server" },
  prometheus: { kind: "debian", package: "prometheus" },
  promtool: { kind: "debian", package: "prometheus" },
  chromium: { kind: "system", path: "/usr/bin/chromium", debian: "chromium" },
  buildah: { kind: "system", path: "/usr/bin/buildah", debian: "buildah" },
  strace: { kind: "system", path: "/usr/bin/strace", debian: "strace" },
  "systemd-analyze": { kind: "system", path: "/usr/bin/systemd-analyze", debian: "systemd" },
} as const satisfies Record<string, Program>;

/** Python packages of the virtual environment, from PyPI (which has the AWS CLI's version 1 only). */
const PYTHON_PACKAGES = [
  "awscli==1.46.2",
  "boto3==1.44.5",
  "cryptography==50.0.2",
  "s3cmd==2.4.0",
  "schemathesis==4.32.5",
];

/** A program the end-to-end tests can drive. */
export type Tool = keyof typeof TOOLS;

const ALL_TOOLS: readonly Tool[] = [
  "minio",
  "mc",
  "rclone",
  "restic",
  "aws",
  "s3cmd",
  "schemathesis",
  "python",
  "node",
  "chromium",
  "kube-apiserver",
  "kubectl",
  "helm",
  "etcd",
  "prometheus",
  "promtool",
  "buildah",
  "strace",
  "systemd-analyze",
];

/** Something that the machine lacks, with the package that brings it. */
export class MissingTool extends Error {
  override readonly name = "MissingTool";
}

/**
 * The path of a program, installed first when the cache has none.
 *
 * @throws {MissingTool} naming the package that is missing
 */
export async function toolPath(name: Tool): Promise<string> {
  const tool: Program = TOOLS[name];
  if (tool.kind === "system") return await installedPath(name, tool);
  const cache = cacheDirectory();
  if (tool.kind === "python") return join(await pythonEnvironment(cache), "bin", name);
  if (tool.kind === "debian") {
    return join(await debianPackage(cache, tool.package), "usr", "bin", name);
  }
  const path = join(cache, `${name}-${tool.version}`);
  if (tool.kind === "npm") return await npmProgram(name, tool, path);
  if (!await exists(path)) await installGoProgram(name, tool, path);
  return path;
}

/**
 * A directory with the files of a package of Debian's, unpacked and not installed.
 *
 * @throws {MissingTool} where it cannot be had
 */
export async function debianFiles(name: string): Promise<string> {
  await Deno.mkdir(cacheDirectory(), { recursive: true });
  return await debianPackage(cacheDirectory(), name);
}

/** Where the programs are kept between runs. */
export function cacheDirectory(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? "", ".cache");
  return join(base, "holdfast");
}

async function installGoProgram(name: string, tool: GoProgram, path: string): Promise<void> {
  const scratch = join(cacheDirectory(), `build-${crypto.randomUUID()}`);
  await Deno.mkdir(scratch, { recursive: true });
  try {
    const built = await buildWithGo(tool, scratch).catch((error: Error) => error);
    const program = built instanceof Error
      ? await unpackFromDebian(name, tool, scratch, built)
      : built;
    await Deno.rename(program, path);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/**
 * Builds inside a module of our own: `go install module/cmd@version` asks the proxy for a module
 * at every prefix of the path first, and some proxies answer that with a refusal.
 */
async function buildWithGo(tool: GoProgram, scratch: string): Promise<string> {
  const source = `${tool.module}@${tool.version}`;
  console.error(`building ${source} with Go, once; this takes minutes`);
  const go = (...args: string[]) =>
    run("go", args, { cwd: scratch, env: { GOFLAGS: "-mod=mod", GOBIN: scratch } });
  await go("mod", "init", "holdfast-e2e-tools");
  if (tool.staging !== undefined) {
    await go("mod", "edit", ...await staged(tool.module, tool.version, tool.staging));
  }
  await go("get", source);
  const program = join(scratch, "program");
  const linked = Object.entries(tool.linked ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const flags = `-ldflags=${["-s -w", ...linked].join(" ")}`;
  await go("build", flags, "-o", program, `${tool.module}${tool.command ?? ""}`);
  return program;
}

/** What replaces the modules that a module has beside it, as options of `go mod edit`. */
async function staged(module: string, version: string, staging: string): Promise<string[]> {
  const downloaded = await run("go", ["mod", "download", "-json", `${module}@${version}`], {});
  const { GoMod: path }: { GoMod: string } = JSON.parse(downloaded);
  const required = (await Deno.readTextFile(path)).matchAll(/^\s+(\S+) v0\.0\.0$/gm);
  return [...required].map(([, name]) => `-replace=${name}=${name}@${staging}`);
}

/** The directory with everything that a package of Debian's has in it. */
async function debianPackage(cache: string, name: string): Promise<string> {
  const directory = join(cache, `debian-${name}`);
  if (await exists(directory)) return directory;
  const scratch = join(cache, `unpack-${crypto.randomUUID()}`);
  await Deno.mkdir(scratch, { recursive: true });
  try {
    console.error(`unpacking Debian's package ${name}, once`);
    await run("apt-get", ["download", name], { cwd: scratch });
    await run("sh", ["-c", "dpkg-deb -x *.deb unpacked"], { cwd: scratch });
    await Deno.rename(join(scratch, "unpacked"), directory);
  } catch (cause) {
    throw new MissingTool(`the Debian package ${name} is missing`, { cause });
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  return directory;
}

/** Takes the program out of Debian's package, which needs no root. */
async function unpackFromDebian(
  name: string,
  tool: GoProgram,
  scratch: string,
  cause: Error,
): Promise<string> {
  const missing = (also: string) =>
    new MissingTool(
      `${name} is missing: install Go 1.24 or later (https://go.dev/dl)${also}. ` +
        `Building ${tool.module}@${tool.version} said: ${cause.message}`,
      { cause },
    );
  if (tool.debian === undefined) throw missing("");
  try {
    console.error(`taking ${name} from Debian's package ${tool.debian} instead`);
    await run("apt-get", ["download", tool.debian], { cwd: scratch });
    await run("sh", ["-c", "dpkg-deb -x *.deb unpacked"], { cwd: scratch });
    return join(scratch, "unpacked", "usr", "bin", name);
  } catch {
    throw missing(`, or the Debian package ${tool.debian}`);
  }
}

/** The program of a package that is installed in a directory of its own. */
async function npmProgram(name: string, tool: NpmProgram, directory: string): Promise<string> {
  const program = join(directory, "node_modules", ".bin", name);
  if (await exists(program)) return program;
  const source = `${tool.package}@${tool.version}`;
  console.error(`installing ${source} from npm, once`);
  await Deno.mkdir(directory, { recursive: true });
  try {
    await run("npm", ["install", "--prefix", directory, "--no-audit", "--no-fund", source]);
  } catch (cause) {
    throw new MissingTool(`${name} is missing: install npm, which brings ${source}`, { cause });
  }
  return program;
}

/** Installs the package where the system lacks it, which takes root. */
async function installedPath(name: string, { path, debian }: SystemProgram): Promise<string> {
  if (await exists(path)) return path;
  try {
    console.error(`installing Debian's package ${debian}, once`);
    await run("apt-get", ["install", "-y", "--no-install-recommends", debian]);
  } catch (cause) {
    throw new MissingTool(`${name} is missing: install the Debian package ${debian}`, { cause });
  }
  return path;
}

/** The virtual environment with {@link PYTHON_PACKAGES}. */
async function pythonEnvironment(cache: string): Promise<string> {
  const environment = join(cache, `python-${PYTHON_PACKAGES.join("-").replaceAll("==", "-")}`);
  const complete = join(environment, "complete");
  if (await exists(complete)) return environment;
  await Deno.mkdir(cache, { recursive: true });
  console.error(`installing ${PYTHON_PACKAGES.join(", ")} from PyPI, once`);
  try {
    await run("python3", ["-m", "venv", "--clear", environment]);
  } catch (cause) {
    throw new MissingTool(
      "a Python with venv is missing: install the Debian packages python3 and python3-venv",
      { cause },
    );
  }
  const pip = join(environment, "bin", "pip");
  await run(pip, ["install", "--quiet", "--disable-pip-version-check", ...PYTHON_PACKAGES]);
  await Deno.writeTextFile(complete, "");
  return environment;
}

/** @returns what it says on standard output */
async function run(
  program: string,
  args: readonly string[],
  options: Pick<Deno.CommandOptions, "cwd" | "env"> = {},
): Promise<string> {
  const command = new Deno.Command(program, {
    ...options,
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  if (success) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-5).join("\n");
  throw new Error(`${program} ${args.join(" ")} failed:\n${said}`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

if (import.meta.main) {
  const failures: string[] = [];
  for (const name of ALL_TOOLS) {
    try {
      console.log(`${name}: ${await toolPath(name)}`);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) Deno.exit(1);
}
