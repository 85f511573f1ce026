/**
 * Fields of a kubeconfig that are refused.
 *
 * @module
 */
import { type Entry, entryFault } from "./kubeconfig_files.ts";

const TOKEN_INSTEAD =
  "put a token into `token` or `tokenFile`: `kubectl create token NAME` makes one for a service account";

const RIGHTS_INSTEAD = "use a token of the account itself: nobody is acted for";

/** What is not taken from a kubeconfig, and what to do instead. */
const REFUSED = {
  cluster: {
    "insecure-skip-tls-verify": "name the server's authority in `certificate-authority` instead",
    "tls-server-name": "write the name that the server's certificate has into `server`",
    "proxy-url":
      "use a `server` that can be reached without a proxy, such as that of `kubectl proxy`",
  },
  user: {
    exec: `no program is started; ${TOKEN_INSTEAD}`,
    "auth-provider": TOKEN_INSTEAD,
    username: TOKEN_INSTEAD,
    password: TOKEN_INSTEAD,
    as: RIGHTS_INSTEAD,
    "as-uid": RIGHTS_INSTEAD,
    "as-groups": RIGHTS_INSTEAD,
    "as-user-extra": RIGHTS_INSTEAD,
  },
} as const;

/**
 * Looks for fields that must not be passed over in silence.
 *
 * @throws {ConfigError} that says what to do instead
 */
export function refuseFields(list: keyof typeof REFUSED, entry: Entry): void {
  for (const [field, instead] of Object.entries(REFUSED[list])) {
    if (isSet(entry.value[field])) throw entryFault(entry, field, `is not accepted: ${instead}`);
  }
}

/** Tools write `false` and `""` for what is not set. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== "" && value !== "false";
}
