import type { ObjectPart, StoredObject } from "../../storage/model.ts";
import { checksumElement, checksumElements } from "../checksum_fields.ts";
import { S3Error } from "../errors.ts";
import { integerParameter, MAX_PAGE_SIZE } from "../listing.ts";
import type { Handler } from "../operation.ts";
import { type XmlChildren, xmlResponse } from "../xml.ts";

const ATTRIBUTES = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"] as const;

type Attribute = typeof ATTRIBUTES[number];

/** GetObjectAttributes: of the attributes, those that the client names. */
export const getObjectAttributes: Handler = async ({ bucket, key, headers }, { storage }) => {
  const wanted = wantedAttributes(headers.get("x-amz-object-attributes"));
  const page = partsPage(headers);
  const object = await storage.headObject(bucket, key);
  const parts = wanted.has("ObjectParts") && object.partsCount !== undefined
    ? objectPartsElement(object, await storage.objectParts(object), page)
    : undefined;

  return xmlResponse(
    "GetObjectAttributesResponse",
    {
      ETag: wanted.has("ETag") ? object.etag : undefined,
      Checksum: wanted.has("Checksum") ? checksumElementOf(object) : undefined,
      ObjectParts: parts,
      StorageClass: wanted.has("StorageClass")
        ? object.headers.storageClass ?? "STANDARD"
        : undefined,
      ObjectSize: wanted.has("ObjectSize") ? object.size : undefined,
    },
    200,
    { "last-modified": object.lastModified.toUTCString() },
  );
};

function wantedAttributes(header: string | null): ReadonlySet<Attribute> {
  const names = (header ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  const wanted = ATTRIBUTES.filter((attribute) => names.includes(attribute));
  if (wanted.length > 0 && wanted.length === new Set(names).size) return new Set(wanted);
  throw new S3Error("InvalidArgument", "Invalid attribute name specified.", {
    detail: { ArgumentName: "x-amz-object-attributes", ArgumentValue: header ?? "" },
  });
}

interface PartsPage {
  readonly marker: number;
  readonly limit: number;
}

/** Unlike in a listing, the page is asked for in headers. */
function partsPage(headers: Headers): PartsPage {
  const parameter = (name: string, absent: number, most: number) =>
    integerParameter(new Map([[name, headers.get(name) ?? ""]]), { name, absent, most });
  return {
    marker: parameter("x-amz-part-number-marker", 0, Number.MAX_SAFE_INTEGER),
    limit: parameter("x-amz-max-parts", MAX_PAGE_SIZE, MAX_PAGE_SIZE),
  };
}

function checksumElementOf({ checksum }: StoredObject): XmlChildren | undefined {
  return checksum && { ...checksumElements(checksum), ChecksumType: checksum.type };
}

function objectPartsElement(
  { checksum }: StoredObject,
  parts: readonly ObjectPart[],
  { marker, limit }: PartsPage,
): XmlChildren {
  const following = parts.filter((part) => part.partNumber > marker);
  const page = following.slice(0, limit);
  return {
    PartsCount: parts.length,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
    MaxParts: limit,
    IsTruncated: page.length < following.length,
    Part: page.map((part) => ({
      ...(checksum && { [checksumElement(checksum.algorithm)]: part.checksum }),
      PartNumber: part.partNumber,
      Size: part.size,
    })),
  };
}
