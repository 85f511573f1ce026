/**
 * Condition keys that AWS has for all of its services.
 * Source: "AWS global condition context keys" in the IAM user guide.
 *
 * @module
 */
import { userArn } from "./arn.ts";
import { type ConditionKey, fromHeader, ofUser, several, single } from "./condition_key.ts";

/** All of them; those that are read nowhere are about what only AWS has. */
export const GLOBAL_KEYS: readonly ConditionKey[] = [
  // Of who asks.
  single("arn", "aws:PrincipalArn", ofUser(({ account, name }) => userArn(account, name))),
  single("string", "aws:PrincipalAccount", ofUser(({ account }) => account)),
  single(
    "string",
    "aws:PrincipalType",
    ({ principal }) => principal.kind === "user" ? "User" : "Anonymous",
  ),
  single("string", "aws:userid", ofUser(({ name }) => name)),
  single("string", "aws:username", ofUser(({ name }) => name)),
  single("bool", "aws:PrincipalIsAWSService", ofUser(() => "false")),
  single("string", "aws:PrincipalServiceName"),
  several("aws:PrincipalServiceNamesList"),
  single("string", "aws:PrincipalOrgID"),
  several("aws:PrincipalOrgPaths"),
  single("string", "aws:PrincipalTag/"),

  // Of the session.
  single("arn", "aws:AssumedRoot"),
  single("arn", "aws:ChatbotSourceArn"),
  single("ip", "aws:Ec2InstanceSourcePrivateIPv4"),
  single("string", "aws:Ec2InstanceSourceVpc"),
  single("string", "aws:FederatedProvider"),
  single("numeric", "aws:MultiFactorAuthAge"),
  single("bool", "aws:MultiFactorAuthPresent"),
  single("string", "aws:SourceIdentity"),
  single("date", "aws:TokenIssueTime"),

  // Of the network.
  single("ip", "aws:SourceIp", ({ circumstances }) => circumstances.sourceIp),
  single("string", "aws:SourceVpc"),
  single("arn", "aws:SourceVpcArn"),
  single("string", "aws:SourceVpce"),
  single("string", "aws:VpceAccount"),
  single("string", "aws:VpceOrgID"),
  several("aws:VpceOrgPaths"),
  single("ip", "aws:VpcSourceIp"),

  // Of the resource.
  single("string", "aws:ResourceAccount"),
  single("string", "aws:ResourceOrgID"),
  several("aws:ResourceOrgPaths"),
  single("string", "aws:ResourceTag/"),

  // Of the request.
  several("aws:CalledVia"),
  single("string", "aws:CalledViaFirst"),
  single("string", "aws:CalledViaLast"),
  single("date", "aws:CurrentTime", ({ circumstances }) => circumstances.receivedAt.toISOString()),
  single("date", "aws:EpochTime", ({ circumstances }) => epochSeconds(circumstances.receivedAt)),
  single("string", "aws:referer", fromHeader("referer")),
  single("string", "aws:RequestedRegion"),
  single("string", "aws:RequestTag/"),
  single(
    "bool",
    "aws:SecureTransport",
    ({ circumstances }) => String(circumstances.secureTransport),
  ),
  single("string", "aws:SourceAccount"),
  single("arn", "aws:SourceArn"),
  single("string", "aws:SourceOwner"),
  single("string", "aws:SourceOrgID"),
  several("aws:SourceOrgPaths"),
  several("aws:TagKeys"),
  single("string", "aws:UserAgent", fromHeader("user-agent")),
  single("bool", "aws:ViaAWSService", () => "false"),
];

function epochSeconds(time: Date): string {
  return String(Math.floor(time.getTime() / 1000));
}
