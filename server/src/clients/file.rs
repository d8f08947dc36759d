//! Reading and replacing a client's own file: the link stays a link, the mode stays the mode, and
//! a crash leaves the old contents or the new.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::{Error, Result};

/// More links than this in a row are a loop.
const MOST_LINKS: usize = 40;

/// The file that `path` leads to through symbolic links, whether or not it exists.
pub(super) fn target(path: &Path) -> Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            // Not a link, or nothing there.
            Err(_) => return Ok(path),
        }
    }
    let source = io::Error::from(io::ErrorKind::InvalidInput);
    Err(Error::Io { doing: "follow the links of", path, source })
}

/// The text of a file; `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<String>> {
    if metadata(path)?.is_none() {
        return Ok(None);
    }
    let bytes = fs::read(path).map_err(Error::io("read", path))?;
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| Error::NotText { path: path.to_owned() })
}

/// The folders that have to be made before `path` can be written, outermost first.
pub(super) fn missing_folders(path: &Path) -> Vec<PathBuf> {
    let missing = path.ancestors().skip(1).take_while(|folder| !folder.exists());
    let mut folders: Vec<_> =
        missing.map(Path::to_owned).filter(|folder| !folder.as_os_str().is_empty()).collect();
    folders.reverse();
    folders
}

/// Replaces the contents of `path`, which is no link, keeping its mode; a new file gets what the
/// umask gives, or the owner's rights alone when it is `private`.
pub(super) fn write(path: &Path, text: &str, private: bool) -> Result<()> {
    let standing = metadata(path)?;
    if standing.as_ref().is_some_and(|metadata| metadata.permissions().readonly()) {
        return Err(Error::ReadOnly { path: path.to_owned() });
    }
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::io("create", parent))?;

    let mut builder = tempfile::Builder::new();
    builder.prefix(".meshpilot-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(match standing {
        // The umask applies to what a temporary file is asked for.
        None if !private => 0o666,
        _ => 0o600,
    }));
    #[cfg(not(unix))]
    let _ = private;
    let mut temporary = builder.tempfile_in(parent).map_err(Error::io("write", path))?;
    temporary.write_all(text.as_bytes()).map_err(Error::io("write", path))?;
    if let Some(standing) = standing {
        let permissions = standing.permissions();
        temporary.as_file().set_permissions(permissions).map_err(Error::io("protect", path))?;
    }
    temporary.as_file().sync_all().map_err(Error::io("sync", path))?;
    temporary.persist(path).map_err(|refused| Error::io("write", path)(refused.error))?;
    sync(parent)
}

/// Removes the file and then those of `folders` (outermost first) that are empty.
pub(super) fn remove(path: &Path, folders: &[PathBuf]) -> Result<()> {
    fs::remove_file(path).map_err(Error::io("remove", path))?;
    for folder in folders.iter().rev() {
        // One that somebody has put something into stays.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

fn metadata(path: &Path) -> Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(found)),
        Ok(_) => Err(Error::NotAFile { path: path.to_owned() }),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(other) => Err(Error::io("read", path)(other)),
    }
}

/// A rename is on disk only when its folder is.
#[cfg(unix)]
fn sync(folder: &Path) -> Result<()> {
    fs::File::open(folder).and_then(|open| open.sync_all()).map_err(Error::io("sync", folder))
}

#[cfg(not(unix))]
fn sync(_folder: &Path) -> Result<()> {
    Ok(())
}
