//! The data directory is one process's and nobody else's: its lock, and files that other users may not read.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use crate::place::{LocalError, Result};

/// Makes a folder that only its owner may enter. One that is there stays as it is: whoever made it decided.
pub fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Opens a file to write it anew, makes it if need be, and takes it from others if an older version gave it to them.
fn open(path: &Path, truncate: bool) -> io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(truncate).write(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Writes a file that nobody else on the machine may read.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    open(path, true)?.write_all(bytes.as_ref())
}

/// Makes a file unless it is there; either way nobody else on the machine may read it from now on.
pub fn keep(path: &Path) -> io::Result<()> {
    open(path, false).map(drop)
}

/// Takes a file that is there from others.
pub fn restrict(path: &Path) -> io::Result<()> {
    match std::fs::set_permissions(path, Permissions::from_mode(0o600)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes the folder and takes it for this process: until the file is dropped, or the process ends, however it ends.
///
/// Two processes on one folder would sweep and migrate the same table, and each believe its own signing key.
pub fn lock(folder: &Path) -> Result<File> {
    create_folder(folder).map_err(LocalError::io(folder.display()))?;
    let path = folder.join("process.lock");
    let file = open(&path, false).map_err(LocalError::io(path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LocalError::Taken(folder.display().to_string())),
        Err(TryLockError::Error(error)) => Err(LocalError::io(path.display())(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_is_one_process_s_until_it_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let held = lock(&data).unwrap();
        let error = lock(&data).unwrap_err().to_string();
        for word in ["IGNY8_DATA_DIR", "IGNY8_ADDR", &data.display().to_string()] {
            assert!(error.contains(word), "{error}");
        }
        drop(held);
        lock(&data).unwrap();
    }

    #[test]
    fn what_we_make_is_nobody_else_s() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("a/b");
        create_folder(&data).unwrap();
        assert_eq!(mode(&data), 0o700);
        for (name, make) in [("written", write as fn(&Path, &'static str) -> io::Result<()>), ("kept", |p, _| keep(p))]
        {
            let (new, old) = (data.join(name), data.join(format!("old {name}")));
            std::fs::write(&old, "old").unwrap();
            std::fs::set_permissions(&old, Permissions::from_mode(0o644)).unwrap();
            for file in [new, old] {
                make(&file, "secret").unwrap();
                assert_eq!(mode(&file), 0o600, "{}", file.display());
            }
        }
        assert_eq!(std::fs::read_to_string(data.join("old written")).unwrap(), "secret");
        assert_eq!(std::fs::read_to_string(data.join("old kept")).unwrap(), "old", "kept is kept");
        restrict(&data.join("none")).unwrap();
    }
}
