import { XMLParser } from "fast-xml-parser";
import { z } from "zod";

/** Credentials of a role, until they expire. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** How long AWS may take to answer. Milliseconds. */
const LIMIT = 10_000;

const ANSWER = z.object({
  AssumeRoleWithWebIdentityResponse: z.object({
    AssumeRoleWithWebIdentityResult: z.object({
      Credentials: z.object({
        AccessKeyId: z.string(),
        SecretAccessKey: z.string(),
        SessionToken: z.string(),
        Expiration: z.iso.datetime().transform((text) => new Date(text)),
      }),
    }),
  }),
}).transform(({ AssumeRoleWithWebIdentityResponse: answer }) =>
  answer.AssumeRoleWithWebIdentityResult.Credentials
);

/**
 * Changes the token of a pod's service account for credentials of a role, as `AWS_ROLE_ARN` and
 * `AWS_WEB_IDENTITY_TOKEN_FILE` ask for it. The SDK's own provider asks for the release of the
 * operating system, which takes a permission.
 * Source: AWS STS API reference, "AssumeRoleWithWebIdentity"; Amazon EKS, "IAM roles for service
 * accounts".
 *
 * @param variable reads a variable of the environment
 * @returns nothing where they ask for no such thing, or for something that goes before it
 */
export function webIdentity(
  variable: (name: string) => string | undefined,
  region: string,
): (() => Promise<RoleCredentials>) | undefined {
  const [role, file] = [variable("AWS_ROLE_ARN"), variable("AWS_WEB_IDENTITY_TOKEN_FILE")];
  if (!role || !file || variable("AWS_ACCESS_KEY_ID") || variable("AWS_PROFILE")) return undefined;
  const session = variable("AWS_ROLE_SESSION_NAME") || "holdfast";
  const service = variable("AWS_ENDPOINT_URL_STS") || `https://sts.${region}.amazonaws.com`;
  return async () => {
    // It is replaced before it expires.
    const WebIdentityToken = (await Deno.readTextFile(file)).trim();
    return await assumeRole(service, { RoleArn: role, RoleSessionName: session, WebIdentityToken });
  };
}

/** @throws {Error} that says what AWS said, without the token */
async function assumeRole(
  service: string,
  parameters: Readonly<Record<string, string>>,
): Promise<RoleCredentials> {
  const answer = await fetch(service, {
    method: "POST",
    body: new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      ...parameters,
    }),
    redirect: "error",
    signal: AbortSignal.timeout(LIMIT),
  });
  const text = await answer.text();
  if (!answer.ok) {
    const code = /<Code>(\w{1,64})<\/Code>/.exec(text)?.[1] ?? "no code";
    throw new Error(`no credentials of the role: ${service} answers ${answer.status} ${code}`);
  }
  const read = ANSWER.safeParse(new XMLParser({ parseTagValue: false }).parse(text));
  if (!read.success) throw new Error(`no credentials of the role: ${service} cannot be read`);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = read.data;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
