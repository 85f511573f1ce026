/** What a client shows, and whom it trusts. PEM where it is about certificates. */
export interface Credentials {
  readonly token?: string;
  /** Signs the server's certificate. Public authorities are trusted as well. */
  readonly authority?: string;
  readonly certificate?: { readonly chain: string; readonly key: string };
}

/** How to reach an API server. */
export interface ClusterAccess {
  /** URL without a slash at its end: `https://10.0.0.1:443`. */
  readonly server: string;
  /** `host:port` of the same, as a permission for the network names it. */
  readonly endpoint: string;
  /** Where we are, or where commands are meant to act. */
  readonly namespace?: string;
  /** Absolute paths of all files that are read, now and later. */
  readonly readFiles: readonly string[];
  /**
   * Reads what is in files, each time.
   *
   * @throws {ConfigError} where one cannot be used
   */
  credentials(): Promise<Credentials>;
}

const PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * The address that a URL says.
 *
 * @returns what is wrong with it instead, in a few words
 */
export function addressOf(
  url: string,
): { readonly server: string; readonly endpoint: string } | { readonly fault: string } {
  const parsed = URL.parse(url);
  const port = parsed && PORTS[parsed.protocol];
  if (parsed === null || port === undefined) return { fault: "must be a URL of http or https" };
  if (parsed.username !== "" || parsed.password !== "" || parsed.search !== "") {
    return { fault: "must have neither a name, a password nor a query" };
  }
  return {
    server: parsed.origin + parsed.pathname.replace(/\/+$/, ""),
    endpoint: `${parsed.hostname}:${parsed.port || port}`,
  };
}
