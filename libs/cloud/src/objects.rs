//! Objects in the bucket: bodies, raw answers, uploads and the files of public sites.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::{
    error::ProvideErrorMetadata,
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{Delete, ObjectIdentifier},
};
use aws_smithy_runtime_api::client::result::SdkError;
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Cloud, CloudError, failpoint};

/// S3 deletes at most this many objects per call.
const DELETE_CHUNK: usize = 1000;

impl Cloud {
    #[allow(clippy::disallowed_types, reason = "objects live here")]
    fn s3(&self) -> &aws_sdk_s3::Client {
        self.0.s3.get_or_init(|| {
            let path_style = self.config().endpoint.is_some();
            aws_sdk_s3::Client::from_conf(
                aws_sdk_s3::config::Builder::from(self.sdk_config()).force_path_style(path_style).build(),
            )
        })
    }

    fn bucket(&self) -> Result<&str, CloudError> {
        Ok(self.config().need("BUCKET_NAME")?)
    }

    /// Writes an object, over an older one if there is one.
    pub async fn put_object(
        &self,
        point: failpoint::Point,
        key: &str,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Result<(), CloudError> {
        let sent = failpoint::around(
            point,
            self.s3()
                .put_object()
                .bucket(self.bucket()?)
                .key(key)
                .content_type(content_type)
                .body(ByteStream::from(body.into()))
                .send(),
        );
        sent.await.map_err(CloudError::from_sdk)?;
        Ok(())
    }

    /// Writes an object only if there is none under that key (`If-None-Match: *`); true when it was written.
    pub async fn put_object_if_absent(
        &self,
        point: failpoint::Point,
        key: &str,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Result<bool, CloudError> {
        let sent = failpoint::around(
            point,
            self.s3()
                .put_object()
                .bucket(self.bucket()?)
                .key(key)
                .content_type(content_type)
                .if_none_match("*")
                .body(ByteStream::from(body.into()))
                .send(),
        );
        match sent.await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().code() == Some("PreconditionFailed") => Ok(false),
            Err(error) => Err(CloudError::from_sdk(error)),
        }
    }

    /// Writes an object whose name says what is in it, unless it is there; browsers may keep it for good. True when it
    /// was written.
    pub async fn put_immutable(
        &self,
        point: failpoint::Point,
        key: &str,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Result<bool, CloudError> {
        let sent = failpoint::around(
            point,
            self.s3()
                .put_object()
                .bucket(self.bucket()?)
                .key(key)
                .content_type(content_type)
                .cache_control("public, max-age=31536000, immutable")
                .if_none_match("*")
                .body(ByteStream::from(body.into()))
                .send(),
        );
        match sent.await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().code() == Some("PreconditionFailed") => Ok(false),
            Err(error) => Err(CloudError::from_sdk(error)),
        }
    }

    /// Copies an object within the bucket, with its type and how long it may be kept.
    pub async fn copy_object(&self, point: failpoint::Point, from: &str, to: &str) -> Result<(), CloudError> {
        let bucket = self.bucket()?;
        let copied = failpoint::around(
            point,
            // Our keys are ids, digits and slashes: nothing in them needs to be encoded.
            self.s3().copy_object().bucket(bucket).key(to).copy_source(format!("{bucket}/{from}")).send(),
        );
        copied.await.map_err(CloudError::from_sdk)?;
        Ok(())
    }

    /// Reads an object; [`CloudError::NotFound`] when there is none.
    pub async fn get_object(&self, key: &str) -> Result<Bytes, CloudError> {
        let answer = match self.s3().get_object().bucket(self.bucket()?).key(key).send().await {
            Ok(answer) => answer,
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => return Err(CloudError::NotFound),
            Err(error) => return Err(CloudError::from_sdk(error)),
        };
        let body = answer.body.collect().await.map_err(|error| CloudError::Unavailable(error.to_string()))?;
        Ok(body.into_bytes())
    }

    /// How many bytes an object has; [`CloudError::NotFound`] when there is none.
    pub async fn object_size(&self, key: &str) -> Result<u64, CloudError> {
        match self.s3().head_object().bucket(self.bucket()?).key(key).send().await {
            Ok(answer) => Ok(answer.content_length().unwrap_or_default().max(0) as u64),
            Err(SdkError::ServiceError(error)) if error.err().is_not_found() => Err(CloudError::NotFound),
            Err(error) => Err(CloudError::from_sdk(error)),
        }
    }

    /// Writes a value as JSON.
    pub async fn put_json<T: Serialize + Sync>(
        &self,
        point: failpoint::Point,
        key: &str,
        value: &T,
    ) -> Result<(), CloudError> {
        let body = serde_json::to_vec(value).map_err(|error| CloudError::Failed(error.to_string()))?;
        self.put_object(point, key, "application/json", body).await
    }

    /// Reads a value from JSON.
    pub async fn get_json<T: DeserializeOwned>(&self, key: &str) -> Result<T, CloudError> {
        let body = self.get_object(key).await?;
        serde_json::from_slice(&body).map_err(|error| CloudError::Failed(format!("{key}: {error}")))
    }

    /// Removes objects; those that are not there do not matter.
    pub async fn delete_objects(&self, point: failpoint::Point, keys: &[String]) -> Result<(), CloudError> {
        for chunk in keys.chunks(DELETE_CHUNK) {
            let objects = chunk
                .iter()
                .map(|key| ObjectIdentifier::builder().key(key).build())
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| CloudError::Failed(error.to_string()))?;
            let delete = Delete::builder()
                .set_objects(Some(objects))
                .quiet(true)
                .build()
                .map_err(|error| CloudError::Failed(error.to_string()))?;
            failpoint::around(point, self.s3().delete_objects().bucket(self.bucket()?).delete(delete).send())
                .await
                .map_err(CloudError::from_sdk)?;
        }
        Ok(())
    }

    /// The keys under a prefix, sorted.
    pub async fn list_objects(&self, prefix: &str) -> Result<Vec<String>, CloudError> {
        let mut keys = Vec::new();
        let mut next = None;
        loop {
            let answer = self
                .s3()
                .list_objects_v2()
                .bucket(self.bucket()?)
                .prefix(prefix)
                .set_continuation_token(next)
                .send()
                .await
                .map_err(CloudError::from_sdk)?;
            keys.extend(answer.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
            next = answer.next_continuation_token().map(str::to_owned);
            if next.is_none() {
                return Ok(keys);
            }
        }
    }

    /// An address to which anyone who has it may PUT one object within `valid`.
    pub async fn presign_put(&self, key: &str, valid: Duration) -> Result<String, CloudError> {
        let config = PresigningConfig::expires_in(valid).map_err(|error| CloudError::Failed(error.to_string()))?;
        let request = self
            .s3()
            .put_object()
            .bucket(self.bucket()?)
            .key(key)
            .presigned(config)
            .await
            .map_err(CloudError::from_sdk)?;
        Ok(request.uri().to_owned())
    }

    /// An address at which anyone who has it may read one object from `start` on for `valid`.
    ///
    /// The same `start` gives the same address, so that a browser finds in its cache what it has shown before.
    pub async fn presign_get(&self, key: &str, start: SystemTime, valid: Duration) -> Result<String, CloudError> {
        let config = PresigningConfig::builder()
            .start_time(start)
            .expires_in(valid)
            .build()
            .map_err(|error| CloudError::Failed(error.to_string()))?;
        let request = self
            .s3()
            .get_object()
            .bucket(self.bucket()?)
            .key(key)
            .presigned(config)
            .await
            .map_err(CloudError::from_sdk)?;
        Ok(request.uri().to_owned())
    }
}
