/**
 * Answers S3 requests: finds out what is asked and by whom, and lets the operation's handler do it.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import type { RequestFacts } from "../telemetry/request_facts.ts";
import { Access } from "./access.ts";
import { type AccessRules, NO_RULES } from "./access_rules.ts";
import {
  type Admission,
  admit,
  admitForm,
  type FormAdmission,
  type Gate,
} from "./authentication.ts";
import { clientFinder, type FindClient } from "./client_address.ts";
import { originHeaders, preflight } from "./cors.ts";
import type { Credentials } from "./credentials.ts";
import { type DownloadLimits, DownloadWatch } from "./download_watch.ts";
import { errorResponse, S3Error, toS3Error } from "./errors.ts";
import { withHoistedHeaders } from "./hoisted_headers.ts";
import type { Operation, S3Request, Services } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { recogniser } from "./recognise.ts";
import {
  hostOf,
  locate,
  parseQuery,
  type Resource,
  splitTarget,
  type WireTarget,
} from "./request_target.ts";
import { isUncontinued } from "./uncontinued.ts";
import { demandSupportedHeaders } from "./unsupported_headers.ts";

/** What an S3 endpoint is made of. */
export interface S3HandlerOptions {
  readonly services: Omit<Services, "access" | "downloads">;
  /** What downloads may take, where it is not the usual; their patience is the stall timeout. */
  readonly downloadLimits?: Partial<DownloadLimits>;
  /** `off`: everybody may do everything. */
  readonly credentials: Credentials | "off";
  /** What the configuration says about access; nothing where it is left out. */
  readonly rules?: AccessRules;
  /** Whether clients, or the proxies before them, come over TLS. Nothing in a request can tell. */
  readonly tls?: boolean;
  /** `server.domain`: buckets are also found in hosts below it. */
  readonly domain?: string;
}

/** What is known of a request besides the request. */
export interface RequestInfo {
  readonly remoteAddress: string;
  /** Filled in as far as the request comes, for its log line. */
  readonly facts: RequestFacts;
  /** Settles when the answer was sent to its end, or no more of it will be. */
  readonly completed: Promise<unknown>;
}

/** Answers a request; never throws. */
export type S3Handler = (request: Request, info: RequestInfo) => Promise<Response>;

const log = getLogger(["holdfast", "s3api"]);

const recognise = recogniser(OPERATIONS);

/** Sent as `x-amz-id-2`: tells the processes of a deployment apart, and nothing else. */
const HOST_ID = randomBytes(24).toString("base64");

/** Makes the handler of all S3 requests. */
export function createS3Handler(options: S3HandlerOptions): S3Handler {
  const endpoint = new Endpoint(options);
  const { rules = NO_RULES, services: { region } } = options;
  return async (request, info) => {
    const { facts } = info;
    const target = splitTarget(request.url);
    facts.requestId = randomBytes(8).toString("hex").toUpperCase();
    const response = await endpoint.answer(request, target, info).catch((thrown: unknown) => {
      const error = answerTo(thrown, request);
      facts.code = error.code;
      if (error.status >= 500) report(error, facts);
      const { requestId: id, bucket, key } = facts;
      const { rawPath } = target;
      const failed = { id, hostId: HOST_ID, method: request.method, rawPath, bucket, key };
      const refusal = errorResponse(error, failed);
      if (tellsRegion(error, facts)) refusal.headers.set("x-amz-bucket-region", region);
      return refusal;
    });
    if (isUncontinued(request) || facts.code === "RequestTimeout") {
      response.headers.set("connection", "close");
    }
    const forPages = originHeaders(rules, facts.bucket, request.headers) ?? {};
    for (const [name, value] of Object.entries(forPages)) response.headers.set(name, value);
    response.headers.set("x-amz-request-id", facts.requestId);
    response.headers.set("x-amz-id-2", HOST_ID);
    response.headers.set("server", "Holdfast");
    return response;
  };
}

class Endpoint {
  readonly #services: Services;
  readonly #domain: string | undefined;
  readonly #gate: Gate;
  readonly #clientOf: FindClient;
  readonly #isSecure: boolean;

  constructor(
    { services, credentials, rules = NO_RULES, tls = false, domain, downloadLimits }:
      S3HandlerOptions,
  ) {
    const downloads = new DownloadWatch({ patience: services.stallTimeout, ...downloadLimits });
    const access = new Access(services.storage, credentials, rules);
    this.#isSecure = tls;
    this.#clientOf = clientFinder(rules.trustedProxies);
    this.#services = { ...services, access, downloads };
    this.#domain = domain;
    this.#gate = { credentials, region: services.region, stallTimeout: services.stallTimeout };
  }

  async answer(request: Request, target: WireTarget, info: RequestInfo): Promise<Response> {
    const { facts } = info;
    const resource = locate(target.rawPath, hostOf(request.headers, target), this.#domain);
    Object.assign(facts, resource);
    if (request.method === "OPTIONS") {
      return preflight(this.#services.access.rules, resource.bucket, request.headers);
    }

    const query = parseQuery(target.rawQuery);
    const headers = query.size === 0 ? request.headers : withHoistedHeaders(request.headers, query);
    const operation = recognise({ method: request.method, ...resource, query, headers });
    facts.operation = operation.name;
    const now = new Date();
    const admission = await this.#admit(request, target, operation, resource, now);
    try {
      facts.user = admission.principal.kind === "user" ? admission.principal.name : "";
      const { form } = admission;
      if (form !== undefined) facts.key = form.key;
      return await this.#run({
        id: facts.requestId,
        operation,
        method: request.method,
        ...resource,
        rawPath: target.rawPath,
        origin: target.origin,
        query,
        headers,
        body: request.body,
        payload: admission.payload,
        form,
        principal: admission.principal,
        signature: admission.signature,
        client: this.#clientOf(request.headers, {
          address: info.remoteAddress,
          isSecure: this.#isSecure,
        }),
        receivedAt: now,
        get signal() {
          return isRead(request) ? request.signal : new AbortController().signal;
        },
        completed: info.completed,
        explain(refusal) {
          facts.refusal = refusal;
        },
      });
    } finally {
      admission.close?.();
    }
  }

  #admit(
    request: Request,
    target: WireTarget,
    operation: Operation,
    { bucket }: Resource,
    now: Date,
  ): (Admission & Partial<FormAdmission>) | Promise<FormAdmission> {
    return operation.name === "PostObject"
      ? admitForm(request, target, bucket, this.#gate, now)
      : admit(request, target, this.#gate, now);
  }

  async #run(request: S3Request): Promise<Response> {
    const { operation } = request;
    await this.#services.access.authorize(request);
    if (operation.handler === undefined) {
      throw new S3Error("NotImplemented", `${operation.name} is not implemented.`);
    }
    demandSupportedHeaders(operation, request.headers);
    const { handler } = operation;
    if (operation.on !== "object" || !isRead(request)) {
      return await handler(request, this.#services);
    }
    const { access } = this.#services;
    return await access.look(request, request.bucket, () => handler(request, this.#services));
  }
}

/**
 * Whether an error's answer names the region in a header: a HEAD has no body to name it in, and
 * clients that were configured with another one look for it there.
 * Source: "HeadBucket" in the Amazon S3 API reference.
 */
function tellsRegion({ code, detail }: S3Error, { operation }: RequestFacts): boolean {
  return detail.Region !== undefined || (operation === "HeadBucket" && code === "AccessDenied");
}

function isRead({ method }: Pick<Request, "method">): boolean {
  return method === "GET" || method === "HEAD";
}

/** A read that was given up because its client went away is nobody's failure. */
function answerTo(thrown: unknown, request: Request): S3Error {
  const error = toS3Error(thrown);
  if (error.status < 500 || !isRead(request) || !request.signal.aborted) return error;
  return new S3Error("RequestTimeout", "The client closed the connection before it was answered.");
}

/** What a client must not be told. */
function report(error: S3Error, { requestId, operation }: RequestFacts): void {
  if (error.cause === undefined) return;
  const fields = { request_id: requestId, operation, code: error.code, error: error.cause };
  if (error.code === "InternalError") log.error("a request failed", fields);
  else log.warning("a request was turned away", fields);
}
