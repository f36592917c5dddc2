//! The S3 operations that IGNY8 uses, over the store; `s3s` reads the wire (signatures, aws-chunked bodies, trailing
//! checksums, XML) and answers NotImplemented for all others, multipart uploads among them.

use std::{collections::BTreeMap, io::SeekFrom, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::TryStreamExt as _;
use s3s::{
    S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result,
    access::{S3Access, S3AccessContext},
    auth::{S3Auth, SecretKey},
    checksum::ChecksumHasher,
    dto::{self, ETag, ETagCondition, StreamingBlob, Timestamp},
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::store::{Guard, Meta, ObjectStore};
use crate::iam::{Callers, Need};

/// The S3 service over a store, for these callers.
pub fn service(store: Arc<ObjectStore>, callers: Arc<Callers>) -> S3Service {
    let mut builder = S3ServiceBuilder::new(Objects { store, callers: Arc::clone(&callers) });
    builder.set_auth(Keys(Arc::clone(&callers)));
    builder.set_access(Policies(callers));
    builder.build()
}

struct Objects {
    store: Arc<ObjectStore>,
    callers: Arc<Callers>,
}

struct Keys(Arc<Callers>);

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let caller = self.0.caller(access_key).ok_or_else(|| s3_error!(InvalidAccessKeyId))?;
        let key = self.0.key(caller).ok_or_else(|| s3_error!(InvalidAccessKeyId))?;
        Ok(SecretKey::from(key.secret))
    }
}

struct Policies(Arc<Callers>);

fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

fn check(callers: &Callers, credentials: Option<&s3s::auth::Credentials>, needs: &[Need]) -> S3Result<()> {
    let caller = credentials.and_then(|credentials| callers.caller(&credentials.access_key));
    let caller = caller.ok_or_else(|| s3_error!(AccessDenied, "Anonymous requests are not allowed"))?;
    callers.check(caller, needs).map_err(|denied| {
        let words = format!("{caller} is not authorized to perform {} on {}", denied.action, denied.resource);
        S3Error::with_message(S3ErrorCode::AccessDenied, words)
    })
}

#[async_trait::async_trait]
impl S3Access for Policies {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let (bucket, key) = (cx.s3_path().get_bucket_name().unwrap_or("*"), cx.s3_path().get_object_key());
        let object = key.map_or_else(|| bucket_arn(bucket), |key| object_arn(bucket, key));
        let needs = match cx.s3_op().name() {
            "GetObject" | "HeadObject" => vec![Need::new("s3:GetObject", object)],
            "CopyObject" => {
                let source = cx.headers().get("x-amz-copy-source").and_then(|value| value.to_str().ok());
                let source = source.unwrap_or_default().trim_start_matches('/').split('?').next().unwrap_or_default();
                let source = percent_encoding::percent_decode_str(source).decode_utf8_lossy().into_owned();
                vec![Need::new("s3:PutObject", object), Need::new("s3:GetObject", format!("arn:aws:s3:::{source}"))]
            }
            // The keys stand in the body: see below.
            "DeleteObjects" => Vec::new(),
            "ListObjects" | "ListObjectsV2" => {
                let mut need = Need::new("s3:ListBucket", bucket_arn(bucket));
                let query = cx.uri().query().unwrap_or_default();
                let prefix = crate::gateway::query_pairs(query).find(|(name, _)| name == "prefix");
                if let Some((_, prefix)) = prefix {
                    need.context.insert("s3:prefix".into(), [prefix].into());
                }
                vec![need]
            }
            "HeadBucket" => vec![Need::new("s3:ListBucket", bucket_arn(bucket))],
            other => vec![Need::new(format!("s3:{other}"), object)],
        };
        check(&self.0, cx.credentials(), &needs)
    }

    async fn delete_objects(&self, req: &mut S3Request<dto::DeleteObjectsInput>) -> S3Result<()> {
        let keys = req.input.delete.objects.iter();
        let needs: Vec<_> =
            keys.map(|object| Need::new("s3:DeleteObject", object_arn(&req.input.bucket, &object.key))).collect();
        check(&self.0, req.credentials.as_ref(), &needs)
    }
}

fn broken(error: std::io::Error) -> S3Error {
    S3Error::with_source(S3ErrorCode::InternalError, Box::new(error))
}

fn moment(millis: i64) -> Timestamp {
    // S3 keeps whole seconds.
    let moment = time::OffsetDateTime::from_unix_timestamp(millis.div_euclid(1000));
    Timestamp::from(moment.unwrap_or(time::OffsetDateTime::UNIX_EPOCH))
}

impl Objects {
    fn bucket(&self, bucket: &str) -> S3Result<()> {
        if self.store.has_bucket(bucket) { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
    }

    /// S3 tells that an object is absent only to those who may list the bucket; others get a 403.
    fn absent<T>(&self, req: &S3Request<T>, bucket: &str) -> S3Error {
        if let Err(error) = self.bucket(bucket) {
            return error;
        }
        // The request names no prefix here, so a condition on it would never hold; `…IfExists` passes.
        match check(&self.callers, req.credentials.as_ref(), &[Need::new("s3:ListBucket", bucket_arn(bucket))]) {
            Ok(()) => s3_error!(NoSuchKey, "The specified key does not exist."),
            Err(error) => error,
        }
    }
}

/// `If-Match` and `If-None-Match` of a read: the error, if one forbids it.
fn readable(meta: &Meta, only_if: Option<&ETagCondition>, only_if_not: Option<&ETagCondition>) -> S3Result<()> {
    let etag = ETag::Strong(meta.etag.clone());
    if let Some(ETagCondition::ETag(wanted)) = only_if
        && !etag.strong_cmp(wanted)
    {
        return Err(s3_error!(PreconditionFailed));
    }
    let unchanged = only_if_not.is_some_and(|condition| match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(known) => etag.weak_cmp(known),
    });
    if unchanged { Err(s3_error!(NotModified)) } else { Ok(()) }
}

/// The checksums that a request announces, in its headers or its trailer.
fn hasher(input: &dto::PutObjectInput, headers: &http::HeaderMap) -> ChecksumHasher {
    let trailer = headers.get("x-amz-trailer").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let algorithm = input.checksum_algorithm.as_ref().map_or("", |algorithm| algorithm.as_str());
    let wanted = |name: &str, given: bool| {
        given || algorithm.eq_ignore_ascii_case(name) || trailer.ends_with(&name.to_ascii_lowercase())
    };
    ChecksumHasher {
        crc32: wanted("CRC32", input.checksum_crc32.is_some()).then(Default::default),
        crc32c: wanted("CRC32C", input.checksum_crc32c.is_some()).then(Default::default),
        sha1: wanted("SHA1", input.checksum_sha1.is_some()).then(Default::default),
        sha256: wanted("SHA256", input.checksum_sha256.is_some()).then(Default::default),
        crc64nvme: wanted("CRC64NVME", input.checksum_crc64nvme.is_some()).then(Default::default),
    }
}

#[async_trait::async_trait]
impl S3 for Objects {
    async fn create_bucket(
        &self,
        req: S3Request<dto::CreateBucketInput>,
    ) -> S3Result<S3Response<dto::CreateBucketOutput>> {
        if self.store.has_bucket(&req.input.bucket) {
            return Err(s3_error!(BucketAlreadyOwnedByYou));
        }
        self.store.create_bucket(&req.input.bucket).map_err(broken)?;
        Ok(S3Response::new(dto::CreateBucketOutput::default()))
    }

    async fn head_bucket(&self, req: S3Request<dto::HeadBucketInput>) -> S3Result<S3Response<dto::HeadBucketOutput>> {
        self.bucket(&req.input.bucket)?;
        Ok(S3Response::new(dto::HeadBucketOutput::default()))
    }

    async fn put_object(&self, req: S3Request<dto::PutObjectInput>) -> S3Result<S3Response<dto::PutObjectOutput>> {
        let mut input = req.input;
        self.bucket(&input.bucket)?;
        let guard = match (&input.if_none_match, &input.if_match) {
            (Some(_), _) => Guard::Absent,
            (None, Some(ETagCondition::Any)) => Guard::Present,
            (None, Some(ETagCondition::ETag(etag))) => Guard::Etag(etag.value().to_owned()),
            (None, None) => Guard::None,
        };
        let mut checksum = hasher(&input, &req.headers);
        let mut draft = self.store.draft().map_err(broken)?;
        if let Some(mut body) = input.body.take() {
            while let Some(bytes) =
                body.try_next().await.map_err(|e| S3Error::with_source(S3ErrorCode::IncompleteBody, e))?
            {
                checksum.update(&bytes);
                draft.write(&bytes).map_err(broken)?;
            }
        }
        if let Some(md5) = &input.content_md5
            && STANDARD.decode(md5).ok() != Some(draft.md5())
        {
            return Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received."));
        }
        let made = checksum.finalize();
        let trailer = req.trailing_headers.and_then(|trailer| trailer.take()).unwrap_or_default();
        let sent = |name: &str, header: &Option<String>| {
            let at_the_end = || trailer.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            header.clone().or_else(at_the_end)
        };
        for (made, sent) in [
            (&made.checksum_crc32, sent("x-amz-checksum-crc32", &input.checksum_crc32)),
            (&made.checksum_crc32c, sent("x-amz-checksum-crc32c", &input.checksum_crc32c)),
            (&made.checksum_sha1, sent("x-amz-checksum-sha1", &input.checksum_sha1)),
            (&made.checksum_sha256, sent("x-amz-checksum-sha256", &input.checksum_sha256)),
            (&made.checksum_crc64nvme, sent("x-amz-checksum-crc64nvme", &input.checksum_crc64nvme)),
        ] {
            if sent.is_some() && sent != *made {
                return Err(s3_error!(BadDigest, "The checksum you specified did not match what we received."));
            }
        }
        let meta = Meta {
            content_type: input.content_type,
            cache_control: input.cache_control,
            content_encoding: input.content_encoding.filter(|encoding| !encoding.is_empty()),
            content_disposition: input.content_disposition,
            content_language: input.content_language,
            user: input.metadata.unwrap_or_default().into_iter().collect(),
            ..Meta::default()
        };
        let put = self.store.put(&input.bucket, &input.key, draft, meta, guard).await.map_err(broken)?;
        let meta = put.ok_or_else(|| {
            s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
        })?;
        Ok(S3Response::new(dto::PutObjectOutput {
            e_tag: Some(ETag::Strong(meta.etag)),
            checksum_crc32: made.checksum_crc32,
            checksum_crc32c: made.checksum_crc32c,
            checksum_sha1: made.checksum_sha1,
            checksum_sha256: made.checksum_sha256,
            checksum_crc64nvme: made.checksum_crc64nvme,
            ..Default::default()
        }))
    }

    async fn get_object(&self, req: S3Request<dto::GetObjectInput>) -> S3Result<S3Response<dto::GetObjectOutput>> {
        let input = &req.input;
        let Some(mut object) = self.store.get(&input.bucket, &input.key).map_err(broken)? else {
            return Err(self.absent(&req, &input.bucket));
        };
        let meta = object.meta;
        readable(&meta, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let (range, content_range) = match &input.range {
            None => (0..meta.size, None),
            Some(range) => {
                let range = range.check(meta.size)?;
                let text = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), meta.size);
                (range, Some(text))
            }
        };
        object.file.seek(SeekFrom::Start(range.start)).await.map_err(broken)?;
        let length = range.end - range.start;
        let body = StreamingBlob::wrap(ReaderStream::with_capacity(object.file.take(length), 64 * 1024));
        Ok(S3Response::new(dto::GetObjectOutput {
            body: Some(body),
            content_length: Some(length as i64),
            content_range,
            accept_ranges: Some("bytes".into()),
            content_type: input.response_content_type.clone().or(meta.content_type),
            cache_control: input.response_cache_control.clone().or(meta.cache_control),
            content_disposition: input.response_content_disposition.clone().or(meta.content_disposition),
            content_encoding: meta.content_encoding,
            content_language: meta.content_language,
            e_tag: Some(ETag::Strong(meta.etag)),
            last_modified: Some(moment(meta.modified)),
            metadata: Some(meta.user.into_iter().collect()),
            ..Default::default()
        }))
    }

    async fn head_object(&self, req: S3Request<dto::HeadObjectInput>) -> S3Result<S3Response<dto::HeadObjectOutput>> {
        let input = &req.input;
        let Some(meta) = self.store.head(&input.bucket, &input.key).map_err(broken)? else {
            return Err(self.absent(&req, &input.bucket));
        };
        readable(&meta, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        Ok(S3Response::new(dto::HeadObjectOutput {
            content_length: Some(meta.size as i64),
            accept_ranges: Some("bytes".into()),
            content_type: meta.content_type,
            cache_control: meta.cache_control,
            content_disposition: meta.content_disposition,
            content_encoding: meta.content_encoding,
            content_language: meta.content_language,
            e_tag: Some(ETag::Strong(meta.etag)),
            last_modified: Some(moment(meta.modified)),
            metadata: Some(meta.user.into_iter().collect()),
            ..Default::default()
        }))
    }

    async fn delete_object(
        &self,
        req: S3Request<dto::DeleteObjectInput>,
    ) -> S3Result<S3Response<dto::DeleteObjectOutput>> {
        self.bucket(&req.input.bucket)?;
        self.store.delete(&req.input.bucket, &req.input.key).map_err(broken)?;
        Ok(S3Response::with_status(dto::DeleteObjectOutput::default(), http::StatusCode::NO_CONTENT))
    }

    async fn delete_objects(
        &self,
        req: S3Request<dto::DeleteObjectsInput>,
    ) -> S3Result<S3Response<dto::DeleteObjectsOutput>> {
        self.bucket(&req.input.bucket)?;
        let mut deleted = Vec::new();
        for object in req.input.delete.objects {
            self.store.delete(&req.input.bucket, &object.key).map_err(broken)?;
            deleted.push(dto::DeletedObject { key: Some(object.key), ..Default::default() });
        }
        let quiet = req.input.delete.quiet.unwrap_or(false);
        let deleted = if quiet { None } else { Some(deleted) };
        Ok(S3Response::new(dto::DeleteObjectsOutput { deleted, ..Default::default() }))
    }

    async fn list_objects_v2(
        &self,
        req: S3Request<dto::ListObjectsV2Input>,
    ) -> S3Result<S3Response<dto::ListObjectsV2Output>> {
        let input = req.input;
        self.bucket(&input.bucket)?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let delimiter = input.delimiter.clone().filter(|delimiter| !delimiter.is_empty());
        let most = input.max_keys.unwrap_or(1000).clamp(0, 1000) as usize;
        let after = match &input.continuation_token {
            Some(token) => {
                let bytes = STANDARD
                    .decode(token)
                    .map_err(|_| s3_error!(InvalidArgument, "The continuation token is wrong"))?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            None => input.start_after.clone(),
        };
        // A row is a key, or a common prefix that stands for all keys under it.
        let mut rows: BTreeMap<String, Option<Meta>> = BTreeMap::new();
        for (key, meta) in self.store.list(&input.bucket, &prefix).await.map_err(broken)? {
            let rest = &key[prefix.len()..];
            match delimiter.as_ref().and_then(|delimiter| rest.find(delimiter.as_str()).map(|at| at + delimiter.len()))
            {
                Some(end) => rows.insert(format!("{prefix}{}", &rest[..end]), None),
                None => rows.insert(key, Some(meta)),
            };
        }
        if let Some(after) = after {
            rows = rows.split_off(&after);
            rows.remove(&after);
        }
        let truncated = rows.len() > most;
        let shown: Vec<_> = rows.into_iter().take(most).collect();
        let next = shown.last().filter(|_| truncated).map(|(key, _)| STANDARD.encode(key));
        let mut contents = Vec::new();
        let mut common_prefixes = Vec::new();
        let key_count = shown.len() as i32;
        for (key, meta) in shown {
            match meta {
                Some(meta) => contents.push(dto::Object {
                    key: Some(key),
                    size: Some(meta.size as i64),
                    e_tag: Some(ETag::Strong(meta.etag)),
                    last_modified: Some(moment(meta.modified)),
                    ..Default::default()
                }),
                None => common_prefixes.push(dto::CommonPrefix { prefix: Some(key) }),
            }
        }
        Ok(S3Response::new(dto::ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            delimiter: input.delimiter,
            max_keys: Some(most as i32),
            key_count: Some(key_count),
            is_truncated: Some(truncated),
            continuation_token: input.continuation_token,
            next_continuation_token: next,
            start_after: input.start_after,
            contents: Some(contents),
            common_prefixes: Some(common_prefixes),
            ..Default::default()
        }))
    }

    async fn copy_object(&self, req: S3Request<dto::CopyObjectInput>) -> S3Result<S3Response<dto::CopyObjectOutput>> {
        let dto::CopySource::Bucket { bucket, key, .. } = &req.input.copy_source else {
            return Err(s3_error!(NotImplemented));
        };
        let Some(mut object) = self.store.get(bucket, key).map_err(broken)? else {
            return Err(self.absent(&req, bucket));
        };
        self.bucket(&req.input.bucket)?;
        let mut draft = self.store.draft().map_err(broken)?;
        let mut left = object.meta.size;
        let mut buffer = vec![0; 64 * 1024];
        while left > 0 {
            let wanted = buffer.len().min(left as usize);
            let read = object.file.read(&mut buffer[..wanted]).await.map_err(broken)?;
            if read == 0 {
                return Err(s3_error!(InternalError));
            }
            draft.write(&buffer[..read]).map_err(broken)?;
            left -= read as u64;
        }
        let input = req.input;
        let replace = input.metadata_directive.as_ref().is_some_and(|directive| directive.as_str() == "REPLACE");
        let meta = if replace {
            Meta {
                content_type: input.content_type,
                cache_control: input.cache_control,
                content_encoding: input.content_encoding,
                content_disposition: input.content_disposition,
                content_language: input.content_language,
                user: input.metadata.unwrap_or_default().into_iter().collect(),
                ..Meta::default()
            }
        } else {
            object.meta
        };
        let put = self.store.put(&input.bucket, &input.key, draft, meta, Guard::None).await.map_err(broken)?;
        let meta = put.unwrap_or_default();
        let result = dto::CopyObjectResult {
            e_tag: Some(ETag::Strong(meta.etag)),
            last_modified: Some(moment(meta.modified)),
            ..Default::default()
        };
        Ok(S3Response::new(dto::CopyObjectOutput { copy_object_result: Some(result), ..Default::default() }))
    }
}
