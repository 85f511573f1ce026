/**
 * Finds out who sends a request, by its signature, by a form's, or by the legacy token.
 *
 * @module
 */
import {
  anonymous,
  authenticate,
  type Authentication,
  type PayloadMode,
} from "../sigv4/authenticate.ts";
import { verifyPostPolicy } from "../sigv4/post_form.ts";
import { readBody } from "./body_source.ts";
import type { Credentials } from "./credentials.ts";
import { S3Error } from "./errors.ts";
import { readForm } from "./form_body.ts";
import { fieldsWithFileName, parsePostForm, type PostForm } from "./post_form.ts";
import type { Circumstances } from "../policy/request.ts";
import type { Principal } from "./principal.ts";
import { authorityOf, type WireTarget } from "./request_target.ts";

/** What requests are held against. */
export interface Gate {
  readonly region: string;
  /** `off`: everybody may do everything. */
  readonly credentials: Credentials | "off";
  /** Milliseconds without a byte of a form after which its sender is given up. */
  readonly stallTimeout: number;
}

/** A request that has come in, and how its body is protected. */
export interface Admission {
  readonly principal: Principal;
  readonly payload: PayloadMode;
  /** Absent for an anonymous request, and for the legacy token. */
  readonly signature?: Circumstances["signature"];
}

/** A form that has come in. */
export interface FormAdmission extends Admission {
  readonly form: PostForm;
  /** Gives up what has not been read of the form. */
  close(): void;
}

const ANYBODY: Principal = { kind: "anybody" };
const ANONYMOUS: Principal = { kind: "anonymous" };

/**
 * Lets a request in. One that carries neither a signature nor the token is anonymous; a wrong token
 * is a fault, as a wrong signature is.
 *
 * @throws {SignatureError}
 * @throws {S3Error} `AccessDenied`
 */
export function admit(
  request: Request,
  target: WireTarget,
  { region, credentials }: Gate,
  now: Date,
): Admission {
  const { headers, method } = request;
  const { rawPath, rawQuery } = target;
  if (credentials === "off") return { principal: ANYBODY, payload: anonymous(request).payload };
  const found = authenticate(
    { method, rawPath, rawQuery, headers, authority: authorityOf(target) },
    { secretFor: (id) => credentials.secretFor(id), region, now },
  );
  const { payload } = found;
  if (found.kind === "anonymous") {
    return { principal: unsigned(headers.get("x-proxy-token"), credentials), payload };
  }
  return {
    principal: known(credentials.userOf(found.accessKeyId)),
    payload,
    signature: signatureOf(found),
  };
}

function unsigned(token: string | null, credentials: Credentials): Principal {
  return token === null ? ANONYMOUS : known(credentials.userOfToken(token));
}

function known(user: Principal | undefined): Principal {
  if (user === undefined) throw new S3Error("AccessDenied");
  return user;
}

/** Source: `s3:authType` in "Amazon S3 Signature Version 4 Authentication Specific Policy Keys". */
function signatureOf({ kind, signedAt }: Exclude<Authentication, { kind: "anonymous" }>) {
  return { type: kind === "header" ? "REST-HEADER" : "REST-QUERY-STRING", signedAt } as const;
}

/**
 * Lets a browser's form in: the signature is among its fields.
 *
 * @throws what {@link admit} throws, and what `readForm` and `parsePostForm` throw; `InvalidRequest`
 * for a form that headers declare to have a signed or chunked payload
 */
export async function admitForm(
  request: Request,
  target: WireTarget,
  bucket: string,
  gate: Gate,
  now: Date,
): Promise<FormAdmission> {
  const source = readBody(request.body, gate.stallTimeout);
  const body = await readForm(request.headers.get("content-type"), source);
  try {
    const fields = fieldsWithFileName(body);
    const { credentials, region } = gate;
    const verified = credentials === "off" ? undefined : verifyPostPolicy(fields, {
      secretFor: (id) => credentials.secretFor(id),
      region,
      now,
      bucket,
    });
    const admission = verified === undefined
      ? demandUnsignedPayload(admit(request, target, gate, now))
      : {
        principal: signer(verified.accessKeyId, gate),
        payload: { kind: "unsigned" } as const,
        signature: { type: "POST", signedAt: verified.signedAt } as const,
      };
    const form = parsePostForm(fields, body.file, verified?.contentLengthRange);
    return { ...admission, form, close: () => body.close() };
  } catch (error) {
    body.close();
    throw error;
  }
}

/** What headers say of the body is not held against a form: it must not look as if it were. */
function demandUnsignedPayload(admission: Admission): Admission {
  if (admission.payload.kind === "unsigned") return admission;
  throw new S3Error(
    "InvalidRequest",
    "A form is signed by its policy; with a signature in the header its payload must be " +
      "UNSIGNED-PAYLOAD.",
  );
}

function signer(accessKeyId: string, { credentials }: Gate): Principal {
  return known(credentials === "off" ? undefined : credentials.userOf(accessKeyId));
}
