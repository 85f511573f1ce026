/**
 * What a server says when it refuses. Source: Kubernetes API conventions, "Response Status Kind".
 *
 * @module
 */
import { z } from "zod";
import { KubeError } from "./kube_error.ts";

/** A `Status`, in answers and in watch events. */
export const statusSchema = z.looseObject({
  kind: z.literal("Status"),
  code: z.number().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z.looseObject({ retryAfterSeconds: z.number().optional() }).optional(),
});

/** Of a text that is no `Status`, so many characters are told. */
const TOLD = 2_000;

/** @param what was asked, for where the server does not say what is the matter */
export function errorOfAnswer(what: string, { status, headers }: Response, text: string) {
  const parsed = statusSchema.safeParse(jsonOf(text));
  const retryAfter = secondsOf(headers.get("retry-after"));
  if (parsed.success) return errorOfStatus(what, parsed.data, status, retryAfter);
  const said = text.trim().slice(0, TOLD);
  return new KubeError(status, "Unknown", `${what}: ${said || status}`, retryAfter);
}

/** @param httpStatus for where the `Status` has no code of its own: a watch event's answer was a 200 */
export function errorOfStatus(
  what: string,
  { code, reason, message, details }: z.infer<typeof statusSchema>,
  httpStatus = 500,
  retryAfter = details?.retryAfterSeconds && details.retryAfterSeconds * 1_000,
): KubeError {
  const status = code ?? httpStatus;
  const said = message ?? `${what}: ${status}`;
  return new KubeError(status, reason ?? "Unknown", said, retryAfter);
}

/** An API server never names a date here. */
function secondsOf(retryAfter: string | null): number | undefined {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
