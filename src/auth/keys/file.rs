//! The key file as a file: changed by one at a time, and put in place whole or not at all.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::error::{Error, Result};

/// Tells one file in a place from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    changed: Option<SystemTime>,
    length: u64,
    inode: u64,
}

pub fn stamp(path: &Path) -> io::Result<Stamp> {
    let about = fs::metadata(path)?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&about);
    #[cfg(not(unix))]
    let inode = 0;
    Ok(Stamp { changed: about.modified().ok(), length: about.len(), inode })
}

/// Makes the next file from the one that is there, while nobody else does. `make` gives what is to stand in it (None: it stays
/// as it is) and what to tell.
pub fn changing<T>(
    path: &Path,
    make: impl FnOnce(Option<Vec<u8>>) -> Result<(Option<Vec<u8>>, T)>,
) -> Result<T> {
    let place = |error: io::Error| Error::internal(format!("{}: {error}", path.display()));
    let folder = File::open(folder(path)).map_err(place)?;
    // The folder, since the file is another afterwards. Unlocked when it is dropped, or the process ends.
    folder.lock().map_err(place)?;
    let before = match fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(place(error)),
    };
    let (after, told) = make(before)?;
    if let Some(after) = after {
        put(path, &folder, &after).map_err(place)?;
    }
    Ok(told)
}

fn put(path: &Path, folder: &File, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let next = PathBuf::from(name);
    // What somebody who was stopped half way left behind.
    match fs::remove_file(&next) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&next)?;
    file.write_all(bytes)?;
    same_owner(path, &file)?;
    file.sync_all()?;
    fs::rename(&next, path)?;
    folder.sync_all()
}

/// The service reads what somebody else, such as root, has changed.
fn same_owner(path: &Path, file: &File) -> io::Result<()> {
    #[cfg(unix)]
    if let Ok(before) = fs::metadata(path) {
        use std::os::unix::fs::{MetadataExt, fchown};
        let now = file.metadata()?;
        if (now.uid(), now.gid()) != (before.uid(), before.gid()) {
            fchown(file, Some(before.uid()), Some(before.gid()))?;
        }
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
