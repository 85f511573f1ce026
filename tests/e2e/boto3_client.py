"""Drives boto3 with its default settings. The endpoint and the key come from the environment."""

import io
import os
import tempfile
import urllib.error
import urllib.request
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = "unified"
MIB = 1024 * 1024
s3 = boto3.client("s3")
# Of all that boto3 signs, only URLs and forms are still signed the old way unless it is told.
signer = boto3.client("s3", config=Config(signature_version="s3v4"))


def read(key, **options):
    return s3.get_object(Bucket=BUCKET, Key=key, **options)["Body"].read()


def error_code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{call.__name__} should have failed")


def files_in_parts():
    content = os.urandom(20 * MIB + 3)
    with tempfile.TemporaryDirectory() as directory:
        original, copy = f"{directory}/original", f"{directory}/copy"
        with open(original, "wb") as file:
            file.write(content)
        s3.upload_file(original, BUCKET, "boto3/file", ExtraArgs={"Metadata": {"from": "file"}})
        s3.download_file(BUCKET, "boto3/file", copy)
        with open(copy, "rb") as file:
            assert file.read() == content
    head = s3.head_object(Bucket=BUCKET, Key="boto3/file")
    assert head["ETag"].endswith('-3"'), head["ETag"]
    assert head["Metadata"] == {"from": "file"}
    assert read("boto3/file", Range="bytes=8388600-8388700") == content[8388600:8388701]
    part = s3.get_object(Bucket=BUCKET, Key="boto3/file", PartNumber=3)
    assert part["PartsCount"] == 3 and part["Body"].read() == content[16 * MIB :]


def streams_of_any_kind():
    content = os.urandom(100_000)
    s3.upload_fileobj(io.BytesIO(content), BUCKET, "boto3/stream")
    received = io.BytesIO()
    s3.download_fileobj(BUCKET, "boto3/stream", received)
    assert received.getvalue() == content


def checksums():
    # CRC32C and CRC64NVME need the AWS CRT, which boto3 does not bring.
    for algorithm in ["CRC32", "SHA1", "SHA256"]:
        key = f"boto3/checksum/{algorithm}"
        put = s3.put_object(Bucket=BUCKET, Key=key, Body=b"checked", ChecksumAlgorithm=algorithm)
        got = s3.get_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")
        field = f"Checksum{algorithm}"
        assert put[field] == got[field] and got["Body"].read() == b"checked"
    wrong = error_code(
        s3.put_object, Bucket=BUCKET, Key="boto3/wrong", Body=b"checked", ChecksumCRC32="AAAAAA=="
    )
    assert wrong == "BadDigest", wrong
    assert error_code(s3.head_object, Bucket=BUCKET, Key="boto3/wrong") == "404"


def headers_and_metadata():
    headers = {
        "ContentType": "text/html; charset=utf-8",
        "CacheControl": "max-age=60",
        "ContentDisposition": 'attachment; filename="a b.html"',
        "ContentEncoding": "identity",
        "ContentLanguage": "de",
        "Metadata": {"one": "1", "two-words": "two words"},
    }
    s3.put_object(Bucket=BUCKET, Key="boto3/headers", Body=b"<p>", **headers)
    head = s3.head_object(Bucket=BUCKET, Key="boto3/headers")
    assert {name: head[name] for name in headers} == headers
    s3.copy_object(
        Bucket=BUCKET, Key="boto3/copied", CopySource={"Bucket": BUCKET, "Key": "boto3/headers"}
    )
    assert s3.head_object(Bucket=BUCKET, Key="boto3/copied")["Metadata"] == headers["Metadata"]


def empty_and_refused_bodies_on_one_connection():
    """botocore misreads the answer after one that came in place of `100 Continue`."""
    for body in (b"", b"not empty", b""):
        s3.put_object(Bucket=BUCKET, Key="boto3/one-connection", Body=body)
        assert read("boto3/one-connection") == body
    refused = {"Bucket": BUCKET, "Key": "boto3/one-connection", "Body": b"x" * MIB}
    assert error_code(s3.put_object, IfNoneMatch="*", **refused) == "PreconditionFailed"
    s3.put_object(**refused)
    assert len(read("boto3/one-connection")) == MIB


def conditional_writes():
    key = {"Bucket": BUCKET, "Key": f"boto3/conditional/{uuid.uuid4()}"}
    etag = s3.put_object(Body=b"1", IfNoneMatch="*", **key)["ETag"]
    assert error_code(s3.put_object, Body=b"2", IfNoneMatch="*", **key) == "PreconditionFailed"
    s3.put_object(Body=b"3", IfMatch=etag, **key)
    assert error_code(s3.put_object, Body=b"4", IfMatch=etag, **key) == "PreconditionFailed"
    assert read(key["Key"]) == b"3"


def paginated_listing():
    names = [f"boto3/pages/{index:03}" for index in range(25)]
    for name in names:
        s3.put_object(Bucket=BUCKET, Key=name, Body=b"")
    pages = list(
        s3.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, Prefix="boto3/pages/", PaginationConfig={"PageSize": 10}
        )
    )
    assert len(pages) == 3
    assert [found["Key"] for page in pages for found in page["Contents"]] == names
    objects = [{"Key": name} for name in names]
    assert len(s3.delete_objects(Bucket=BUCKET, Delete={"Objects": objects})["Deleted"]) == 25
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="boto3/pages/")["KeyCount"] == 0


def presigned_urls():
    place = {"Bucket": BUCKET, "Key": "boto3/presigned"}
    put = signer.generate_presigned_url("put_object", Params=place)
    request = urllib.request.Request(put, data=b"presigned", method="PUT")
    assert urllib.request.urlopen(request).status == 200
    get = signer.generate_presigned_url("get_object", Params=place)
    assert urllib.request.urlopen(get).read() == b"presigned"
    try:
        urllib.request.urlopen(get.replace("boto3/presigned", "boto3/headers"))
        raise AssertionError("a URL for another key should have been refused")
    except urllib.error.HTTPError as error:
        assert error.code == 403


def presigned_post():
    form = signer.generate_presigned_post(
        BUCKET,
        "boto3/posted-${filename}",
        Fields={"Content-Type": "text/plain"},
        Conditions=[{"Content-Type": "text/plain"}, ["content-length-range", 1, 100]],
    )
    assert post_form(form, b"posted") == 204
    assert read("boto3/posted-a b.txt") == b"posted"
    assert post_form(form, b"x" * 101) == 400


def post_form(form, content):
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form["fields"].items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a b.txt"\r\n\r\n'
    )
    body = "".join(parts).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(form["url"], data=body, headers=headers, method="POST")
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code


def buckets():
    s3.create_bucket(Bucket="made-by-boto3")
    assert "made-by-boto3" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    s3.put_object(Bucket="made-by-boto3", Key="in the way", Body=b"")
    assert error_code(s3.delete_bucket, Bucket="made-by-boto3") == "BucketNotEmpty"
    s3.delete_object(Bucket="made-by-boto3", Key="in the way")
    s3.delete_bucket(Bucket="made-by-boto3")
    assert error_code(s3.head_bucket, Bucket="made-by-boto3") == "404"


for check in [
    files_in_parts,
    streams_of_any_kind,
    checksums,
    headers_and_metadata,
    empty_and_refused_bodies_on_one_connection,
    conditional_writes,
    paginated_listing,
    presigned_urls,
    presigned_post,
    buckets,
]:
    check()
    print(f"{check.__name__}: ok", flush=True)
