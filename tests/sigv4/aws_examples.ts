/**
 * The credentials and the requests of AWS's own worked examples: "Examples: Signature Calculations"
 * in "Authenticating Requests: Using the Authorization Header", and the one of "… Using Query
 * Parameters".
 *
 * @module
 */
export const EXAMPLE_CREDENTIALS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
export const EXAMPLE_REGION = "us-east-1";
export const EXAMPLE_TIME = new Date("2013-05-24T00:00:00Z");
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Verifies as a server that knows only the example's credentials, at the example's time. */
export const EXAMPLE_VERIFIER = {
  secretFor: (accessKeyId: string) =>
    accessKeyId === EXAMPLE_CREDENTIALS.accessKeyId
      ? EXAMPLE_CREDENTIALS.secretAccessKey
      : undefined,
  region: EXAMPLE_REGION,
  now: EXAMPLE_TIME,
};

export interface HeaderExample {
  readonly name: string;
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payloadSha256: string;
  readonly signature: string;
}

const HOST = "examplebucket.s3.amazonaws.com";

export const HEADER_EXAMPLES: readonly HeaderExample[] = [
  {
    name: "GET Object",
    method: "GET",
    rawPath: "/test.txt",
    rawQuery: "",
    headers: { range: "bytes=0-9" },
    payloadSha256: EMPTY_SHA256,
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    name: "PUT Object",
    method: "PUT",
    rawPath: "/test%24file.text",
    rawQuery: "",
    headers: {
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
    },
    payloadSha256: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    name: "GET Bucket Lifecycle",
    method: "GET",
    rawPath: "/",
    rawQuery: "lifecycle",
    headers: {},
    payloadSha256: EMPTY_SHA256,
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    name: "Get Bucket (List Objects)",
    method: "GET",
    rawPath: "/",
    rawQuery: "max-keys=2&prefix=J",
    headers: {},
    payloadSha256: EMPTY_SHA256,
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
];

export const EXAMPLE_HOST = HOST;

export const PRESIGNED_EXAMPLE_QUERY = "X-Amz-Algorithm=AWS4-HMAC-SHA256" +
  "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
  "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
  "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
