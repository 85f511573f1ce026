/**
 * The one access control list there is: owners have full control, and nobody else has any through
 * an ACL. What others may do is said by credentials and bucket policies.
 *
 * @module
 */
import { ownerElement } from "./owner.ts";
import { xmlResponse, XSI_NAMESPACE } from "./xml.ts";

/** The answer of GetBucketAcl and GetObjectAcl for something that `owner` owns. */
export function ownerHasFullControl(owner: string): Response {
  const grantee = {
    "@xmlns:xsi": XSI_NAMESPACE,
    "@xsi:type": "CanonicalUser",
    ...ownerElement(owner),
  };
  return xmlResponse("AccessControlPolicy", {
    Owner: ownerElement(owner),
    AccessControlList: { Grant: { Grantee: grantee, Permission: "FULL_CONTROL" } },
  });
}
