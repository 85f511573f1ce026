/**
 * What an operator may do, and what it has done.
 *
 * @module
 */
import type { Kubernetes } from "../harness/kubernetes.ts";
import { NAMESPACE } from "./operator_cluster.ts";

/** A verb of RBAC with its resource: `patch agents.universe.ai/status`. */
export type Verb = string;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Binding {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[];
}

/** What the operator's account may do by the roles that it is bound to. */
export async function grantedVerbs(
  { kubectl }: Kubernetes,
): Promise<{ readonly account: string; readonly verbs: readonly Verb[] }> {
  const read = async (args: readonly string[]) =>
    JSON.parse(await kubectl(["get", ...args, `--namespace=${NAMESPACE}`, "-o", "json"]));
  const accounts = (await read(["serviceaccounts"])).items
    .map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  const bindings: readonly Binding[] = [
    ...(await read(["rolebindings"])).items,
    ...(await read(["clusterrolebindings"])).items,
  ];
  const account = accounts.find((name: string) => bindings.some((each) => binds(each, name)));
  const rules = await Promise.all(
    bindings.filter((each) => binds(each, account)).map(async ({ roleRef }): Promise<Rule[]> =>
      (await read([roleRef.kind.toLowerCase(), roleRef.name])).rules
    ),
  );
  const verbs = rules.flat().flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => verbText(verb, group, resource)))
    )
  );
  return { account, verbs: [...new Set(verbs)].toSorted() };
}

/** What an account was let do, by the log of the API server. */
export async function usedVerbs(
  { auditLog }: Kubernetes,
  account: string,
): Promise<readonly Verb[]> {
  const user = `system:serviceaccount:${NAMESPACE}:${account}`;
  const entries = (await Deno.readTextFile(auditLog)).trim().split("\n")
    .map((line) => JSON.parse(line))
    .filter((entry) => entry.user.username === user && entry.objectRef !== undefined);
  const verbs = entries.flatMap(({ verb, objectRef, responseStatus }) => {
    const { apiGroup = "", resource, subresource } = objectRef;
    const full = subresource === undefined ? resource : `${resource}/${subresource}`;
    // Who applies what is not there yet needs both.
    const needed = verb === "patch" && responseStatus?.code === 201 ? ["create", verb] : [verb];
    return needed.map((each) => verbText(each, apiGroup, full));
  });
  return [...new Set<Verb>(verbs)].toSorted();
}

function binds({ subjects = [] }: Binding, account: string): boolean {
  return subjects.some(({ kind, name }) => kind === "ServiceAccount" && name === account);
}

function verbText(verb: string, group: string, resource: string): Verb {
  const [name, subresource] = resource.split("/", 2);
  const full = group === "" ? name : `${name}.${group}`;
  return `${verb} ${full}${subresource === undefined ? "" : `/${subresource}`}`;
}
