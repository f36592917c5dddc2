//! Objects as files: one file per object, its body first, its metadata behind, and eight bytes of length at the end.
//!
//! One file means that body and metadata change in one rename, so a process killed at any moment leaves the old object or
//! the new one. Keys become paths: a segment is percent-encoded, an object's file ends in `~o`, so that `a` and `a/b` can
//! both be objects; segments longer than a file name may be go on in a folder ending in `~c`.

use std::{
    collections::BTreeMap,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use igny8_core::{Clock as _, SystemClock};
use md5::{Digest as _, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// What a file name may hold as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Bytes of a file name that a segment may use; file systems allow 255.
const LONGEST: usize = 200;

/// What S3 keeps beside an object's body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// MD5 of the body in hex, without quotes.
    pub etag: String,
    /// Bytes of the body.
    pub size: u64,
    /// When it was written, in milliseconds since the Unix epoch.
    pub modified: i64,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// The user's own metadata, `x-amz-meta-…`.
    pub user: BTreeMap<String, String>,
}

/// An object, opened: the file stands at the start of the body, of which `meta.size` bytes are to be read.
#[derive(Debug)]
pub struct Object {
    /// Its metadata.
    pub meta: Meta,
    /// Its file.
    pub file: tokio::fs::File,
}

/// When a write may take place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// Always.
    None,
    /// Only if there is no object (`If-None-Match: *`).
    Absent,
    /// Only if there is one (`If-Match: *`).
    Present,
    /// Only if there is one with that ETag.
    Etag(String),
}

/// The buckets of a directory.
#[derive(Debug)]
pub struct ObjectStore {
    root: PathBuf,
    count: AtomicU64,
    /// Held while a guard is looked at and the file put in place, by key.
    writing: [Mutex<()>; 16],
}

impl ObjectStore {
    /// Opens or creates the directory and clears what an ended process left half-written.
    pub fn open(root: &Path) -> io::Result<Self> {
        let drafts = root.join("~drafts");
        if drafts.exists() {
            std::fs::remove_dir_all(&drafts)?;
        }
        std::fs::create_dir_all(&drafts)?;
        Ok(Self { root: root.to_owned(), count: AtomicU64::new(0), writing: Default::default() })
    }

    /// Makes a bucket if it is not there.
    pub fn create_bucket(&self, bucket: &str) -> io::Result<()> {
        std::fs::create_dir_all(self.bucket(bucket))
    }

    /// Whether there is such a bucket.
    pub fn has_bucket(&self, bucket: &str) -> bool {
        self.bucket(bucket).is_dir()
    }

    fn bucket(&self, bucket: &str) -> PathBuf {
        self.root.join(escape(bucket))
    }

    fn path(&self, bucket: &str, key: &str) -> PathBuf {
        let mut path = self.bucket(bucket);
        let mut segments = key.split('/').peekable();
        while let Some(segment) = segments.next() {
            let escaped = escape(segment);
            let mut rest = escaped.as_str();
            while rest.len() > LONGEST {
                path.push(format!("{}~c", &rest[..LONGEST]));
                rest = &rest[LONGEST..];
            }
            path.push(if segments.peek().is_some() { rest.to_owned() } else { format!("{rest}~o") });
        }
        path
    }

    /// Begins an object; nothing is to be seen before [`Draft::finish`].
    pub fn draft(&self) -> io::Result<Draft> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join("~drafts").join(number.to_string());
        let file = std::fs::File::create(&path)?;
        Ok(Draft { file: Some(io::BufWriter::new(file)), path, digest: Md5::new(), size: 0 })
    }

    /// Puts a draft in its place; `None` when the guard forbids it.
    pub async fn put(
        &self,
        bucket: &str,
        key: &str,
        draft: Draft,
        meta: Meta,
        guard: Guard,
    ) -> io::Result<Option<Meta>> {
        let meta = Meta {
            etag: hex(&draft.digest.clone().finalize()),
            size: draft.size,
            modified: SystemClock.now().millis(),
            ..meta
        };
        let path = self.path(bucket, key);
        let stripe = key.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        let _held = self.writing[stripe % self.writing.len()].lock().await;
        let fits = match &guard {
            Guard::None => true,
            Guard::Absent => !path.exists(),
            Guard::Present => path.exists(),
            Guard::Etag(etag) => read_meta(&path)?.is_some_and(|(there, _)| there.etag == *etag),
        };
        if !fits {
            return Ok(None);
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        draft.finish(&meta, &path)?;
        Ok(Some(meta))
    }

    /// Writes an object from memory.
    pub async fn put_bytes(&self, bucket: &str, key: &str, bytes: &[u8], meta: Meta) -> io::Result<Meta> {
        let mut draft = self.draft()?;
        draft.write(bytes)?;
        Ok(self.put(bucket, key, draft, meta, Guard::None).await?.unwrap_or_default())
    }

    /// An object's metadata.
    pub fn head(&self, bucket: &str, key: &str) -> io::Result<Option<Meta>> {
        Ok(read_meta(&self.path(bucket, key))?.map(|(meta, _)| meta))
    }

    /// An object, opened.
    pub fn get(&self, bucket: &str, key: &str) -> io::Result<Option<Object>> {
        let Some((meta, mut file)) = read_meta(&self.path(bucket, key))? else { return Ok(None) };
        file.seek(SeekFrom::Start(0))?;
        Ok(Some(Object { meta, file: tokio::fs::File::from_std(file) }))
    }

    /// Removes an object, if it is there.
    pub fn delete(&self, bucket: &str, key: &str) -> io::Result<()> {
        let path = self.path(bucket, key);
        match std::fs::remove_file(&path) {
            Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(error);
            }
            _ => {}
        }
        // Folders that have become empty go, up to the bucket's own.
        let bucket = self.bucket(bucket);
        let mut folder = path.parent();
        while let Some(path) = folder.filter(|path| *path != bucket && path.starts_with(&bucket)) {
            if std::fs::remove_dir(path).is_err() {
                break;
            }
            folder = path.parent();
        }
        Ok(())
    }

    /// Keys that begin with `prefix`, in the order of their bytes, with their metadata.
    pub async fn list(self: &Arc<Self>, bucket: &str, prefix: &str) -> io::Result<Vec<(String, Meta)>> {
        let (store, bucket, prefix) = (Arc::clone(self), bucket.to_owned(), prefix.to_owned());
        let listed = tokio::task::spawn_blocking(move || {
            let mut found = Vec::new();
            // Only the folder that the prefix leads to is walked.
            let above = prefix.rfind('/').map_or("", |end| &prefix[..end]);
            let mut folder = store.bucket(&bucket);
            if !above.is_empty() {
                let file = store.path(&bucket, above);
                let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                folder = file.with_file_name(name.trim_end_matches("~o"));
            }
            let begin = if above.is_empty() { String::new() } else { format!("{above}/") };
            walk(&folder, &begin, "", &mut found)?;
            found.retain(|(key, _): &(String, Meta)| key.starts_with(&prefix));
            found.sort_by(|a, b| a.0.cmp(&b.0));
            Ok(found)
        });
        listed.await.map_err(io::Error::other)?
    }
}

/// An object being written.
#[derive(Debug)]
pub struct Draft {
    file: Option<io::BufWriter<std::fs::File>>,
    path: PathBuf,
    digest: Md5,
    size: u64,
}

impl Draft {
    /// Adds to the body.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    /// The MD5 of what was written.
    pub fn md5(&self) -> Vec<u8> {
        self.digest.clone().finalize().to_vec()
    }

    fn finish(mut self, meta: &Meta, path: &Path) -> io::Result<()> {
        if let Some(mut file) = self.file.take() {
            let meta = serde_json::to_vec(meta)?;
            file.write_all(&meta)?;
            file.write_all(&(meta.len() as u64).to_le_bytes())?;
            file.flush()?;
        }
        std::fs::rename(&self.path, path)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After a rename there is nothing left here.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn read_meta(path: &Path) -> io::Result<Option<(Meta, std::fs::File)>> {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut length = [0_u8; 8];
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    file.seek(SeekFrom::End(-8 - length as i64))?;
    let mut json = Vec::new();
    (&mut file).take(length).read_to_end(&mut json)?;
    Ok(Some((serde_json::from_slice(&json)?, file)))
}

/// `begin` is the key so far, `raw` the still escaped pieces of a segment that goes on.
fn walk(folder: &Path, begin: &str, raw: &str, found: &mut Vec<(String, Meta)>) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(segment) = name.strip_suffix("~o") {
            // It may have been removed meanwhile.
            if let Some((meta, _)) = read_meta(&entry.path())? {
                found.push((format!("{begin}{}", unescape(&format!("{raw}{segment}"))), meta));
            }
        } else if let Some(piece) = name.strip_suffix("~c") {
            walk(&entry.path(), begin, &format!("{raw}{piece}"), found)?;
        } else {
            walk(&entry.path(), &format!("{begin}{}/", unescape(&format!("{raw}{name}"))), "", found)?;
        }
    }
    Ok(())
}

fn escape(segment: &str) -> String {
    // `.` and `..` mean something to file systems, an empty name nothing.
    match segment {
        "" => "~e".into(),
        "." => "%2E".into(),
        ".." => "%2E%2E".into(),
        _ => utf8_percent_encode(segment, ESCAPED).to_string(),
    }
}

fn unescape(name: &str) -> String {
    if name == "~e" { String::new() } else { percent_decode_str(name).decode_utf8_lossy().into_owned() }
}

/// Bytes as hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use tokio::io::AsyncReadExt as _;

    use super::*;

    fn store() -> (tempfile::TempDir, Arc<ObjectStore>) {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(ObjectStore::open(folder.path()).unwrap());
        store.create_bucket("b").unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn a_key_and_a_folder_of_the_same_name_live_together() {
        let (_folder, store) = store();
        for key in ["a", "a/b", "a//b", "../x", ".", "ä ö/~o", "a/b~o"] {
            store.put_bytes("b", key, key.as_bytes(), Meta::default()).await.unwrap();
        }
        for key in ["a", "a/b", "a//b", "../x", ".", "ä ö/~o", "a/b~o"] {
            let mut object = store.get("b", key).unwrap().unwrap();
            let mut body = vec![0; object.meta.size as usize];
            object.file.read_exact(&mut body).await.unwrap();
            assert_eq!(body, key.as_bytes());
        }
        let keys: Vec<_> = store.list("b", "").await.unwrap().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, [".", "../x", "a", "a//b", "a/b", "a/b~o", "ä ö/~o"]);
        store.delete("b", "a/b").unwrap();
        assert!(store.get("b", "a/b").unwrap().is_none() && store.get("b", "a").unwrap().is_some());
        store.delete("b", "never/was").unwrap();
    }

    #[tokio::test]
    async fn only_one_of_many_writers_creates_an_absent_object() {
        let (_folder, store) = store();
        let tries = (0..20).map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut draft = store.draft().unwrap();
                draft.write(format!("{number}").as_bytes()).unwrap();
                store.put("b", "raw/1", draft, Meta::default(), Guard::Absent).await.unwrap().is_some()
            })
        });
        let won = futures::future::join_all(tries).await.into_iter().filter(|won| *won.as_ref().unwrap()).count();
        assert_eq!(won, 1);
        assert_eq!(std::fs::read_dir(store.root.join("~drafts")).unwrap().count(), 0, "drafts are cleared away");
    }

    #[tokio::test]
    async fn guards_by_etag() {
        let (_folder, store) = store();
        let first = store.put_bytes("b", "k", b"1", Meta::default()).await.unwrap();
        let put = |guard| {
            let store = Arc::clone(&store);
            async move {
                let draft = store.draft().unwrap();
                store.put("b", "k", draft, Meta::default(), guard).await.unwrap().is_some()
            }
        };
        assert!(!put(Guard::Etag("other".into())).await);
        assert!(put(Guard::Etag(first.etag)).await);
        assert!(put(Guard::Present).await);
        assert!(!put(Guard::Absent).await);
    }

    #[tokio::test]
    async fn a_half_written_object_is_gone_after_a_restart() {
        let (folder, store) = store();
        let mut draft = store.draft().unwrap();
        draft.write(b"half").unwrap();
        std::mem::forget(draft);
        drop(store);
        let store = Arc::new(ObjectStore::open(folder.path()).unwrap());
        assert!(store.has_bucket("b") && store.list("b", "").await.unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn every_key_comes_back_from_a_listing(keys in proptest::collection::btree_set("[a-zA-Z0-9/~%. äß-]{1,40}|[a-cä]{90,350}", 1..12)) {
            let (_folder, store) = store();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let listed = runtime.block_on(async {
                for key in &keys {
                    store.put_bytes("b", key, b"x", Meta::default()).await.unwrap();
                }
                store.list("b", "").await.unwrap()
            });
            prop_assert_eq!(listed.into_iter().map(|(key, _)| key).collect::<BTreeSet<_>>(), keys.clone());
            for key in &keys {
                store.delete("b", key).unwrap();
            }
            prop_assert_eq!(std::fs::read_dir(store.bucket("b")).unwrap().count(), 0);
        }
    }
}
