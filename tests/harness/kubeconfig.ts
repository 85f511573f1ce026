/** Whose way to which server. */
export interface KubeconfigOptions {
  /** URL; of nobody without it. */
  readonly server?: string;
  readonly token?: string;
  /** Path of the authority that signed the server's certificate. */
  readonly authorityPath?: string;
}

/** Writes a kubeconfig with one context, and returns its path. */
export async function writeKubeconfig(
  path: string,
  { server = "http://127.0.0.1:9", token = "test-token", authorityPath }: KubeconfigOptions = {},
): Promise<string> {
  const isTls = server.startsWith("https:") && authorityPath !== undefined;
  const cluster = { server, ...(isTls ? { "certificate-authority": authorityPath } : {}) };
  // JSON is YAML.
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster }],
      users: [{ name: "test", user: { token } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      "current-context": "test",
    }),
  );
  return path;
}
