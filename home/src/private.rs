//! Files that only their owner may read, written whole or not at all.
//!
//! A crash at any moment leaves the old contents or the new, never a mixture and never a file
//! that was readable by others for an instant.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::{Error, Result, io};

/// Replaces the file at `path` by `bytes`: a temporary file of mode 0600 beside it, synced,
/// renamed over it, and the folder synced. A missing parent folder is created with mode 0700.
///
/// # Errors
/// [`Error::Symlink`] or [`Error::WrongKind`] when something else than a plain file stands at
/// `path`; [`Error::Io`] when the disk refuses. The old contents then still stand.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    refuse_unless_plain(path)?;
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    create_dir_all(parent)?;

    let mut temporary = temporary_in(parent).map_err(io("write", path))?;
    temporary.write_all(bytes).map_err(io("write", path))?;
    temporary.as_file().sync_all().map_err(io("sync", path))?;
    temporary.persist(path).map_err(|refused| io("write", path)(refused.error))?;
    sync_dir(parent)
}

/// The contents of the private file at `path`, or `None` when there is none. A mode that lets
/// others read it is put back to 0600.
///
/// # Errors
/// [`Error::Symlink`] or [`Error::WrongKind`] when something else than a plain file stands at
/// `path`; [`Error::Io`] when the disk refuses.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    refuse_unless_plain(path)?;
    let mut file = match open_no_follow(path) {
        Ok(file) => file,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(other) => return Err(io("read", path)(other)),
    };
    narrow(&file, 0o600).map_err(io("protect", path))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(io("read", path))?;
    Ok(Some(bytes))
}

/// Removes the private file at `path`; one that is not there is fine.
///
/// # Errors
/// [`Error::Io`] when the disk refuses.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Ok(()) => path.parent().map_or(Ok(()), sync_dir),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(other) => Err(io("remove", path)(other)),
    }
}

/// Makes `path` a folder that only its owner may enter (0700), creating it and its parents.
///
/// # Errors
/// [`Error::Symlink`] or [`Error::WrongKind`] when something else stands there; [`Error::Io`]
/// when the disk refuses.
pub fn directory(path: &Path) -> Result<()> {
    create_dir_all(path)?;
    let found = fs::symlink_metadata(path).map_err(io("read", path))?;
    if found.is_symlink() {
        return Err(Error::Symlink(path.to_owned()));
    }
    if !found.is_dir() {
        return Err(Error::WrongKind { path: path.to_owned(), expected: "folder" });
    }
    let dir = File::open(path).map_err(io("open", path))?;
    narrow(&dir, 0o700).map_err(io("protect", path))
}

fn refuse_unless_plain(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Err(Error::Symlink(path.to_owned())),
        Ok(found) if !found.is_file() => {
            Err(Error::WrongKind { path: path.to_owned(), expected: "plain file" })
        }
        Ok(_) => Ok(()),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(other) => Err(io("read", path)(other)),
    }
}

fn create_dir_all(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(io("create", path))
}

fn temporary_in(parent: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".meshpilot-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    builder.tempfile_in(parent)
}

/// Opens for reading; the kernel itself refuses a link that took the file's place meanwhile.
fn open_no_follow(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options.open(path)
}

/// Takes every right beyond `mode` away from an open file or folder.
#[cfg(unix)]
fn narrow(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if file.metadata()?.permissions().mode() & 0o777 & !mode != 0 {
        file.set_permissions(fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Elsewhere the user's profile folder is private by itself.
#[cfg(not(unix))]
fn narrow(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// A rename is on disk only when its folder is.
#[cfg(unix)]
fn sync_dir(path: &Path) -> Result<()> {
    File::open(path).and_then(|dir| dir.sync_all()).map_err(io("sync", path))
}

/// Folders can't be opened for syncing elsewhere; the file itself was synced.
#[cfg(not(unix))]
fn sync_dir(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

    fn mode(path: &Path) -> io::Result<u32> {
        Ok(fs::symlink_metadata(path)?.permissions().mode() & 0o777)
    }

    #[test]
    fn a_written_file_and_the_folder_made_for_it_are_the_owners_alone() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let file = scratch.path().join("new/key");
        write(&file, b"secret")?;
        assert_eq!(mode(&file)?, 0o600);
        assert_eq!(mode(&scratch.path().join("new"))?, 0o700);
        assert_eq!(read(&file)?.as_deref(), Some(&b"secret"[..]));
        Ok(())
    }

    #[test]
    fn replacing_gives_a_new_file_and_leaves_nothing_else_behind() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let file = scratch.path().join("key");
        write(&file, b"first")?;
        let held = File::open(&file)?;
        let inode = fs::metadata(&file)?.ino();
        write(&file, b"second, and longer")?;

        // Whoever had the old file open reads the old contents to their end: nothing was
        // overwritten in place, so no crash can leave a mixture.
        assert_ne!(fs::metadata(&file)?.ino(), inode);
        assert_eq!(io::read_to_string(held)?, "first");
        assert_eq!(fs::read_dir(scratch.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn a_failed_write_keeps_the_old_contents() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let target = scratch.path().join("key");
        fs::create_dir(&target)?;
        assert!(matches!(write(&target, b"x"), Err(Error::WrongKind { .. })));
        assert!(target.is_dir());
        assert_eq!(fs::read_dir(scratch.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn a_link_is_never_followed() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let victim = scratch.path().join("victim");
        fs::write(&victim, "untouched")?;
        let link = scratch.path().join("key");
        symlink(&victim, &link)?;

        assert!(matches!(write(&link, b"secret"), Err(Error::Symlink(_))));
        assert!(matches!(read(&link), Err(Error::Symlink(_))));
        assert_eq!(fs::read_to_string(&victim)?, "untouched");
        assert!(open_no_follow(&link).is_err(), "the kernel must refuse too");

        let folder_link = scratch.path().join("folder");
        symlink(scratch.path(), &folder_link)?;
        assert!(matches!(directory(&folder_link), Err(Error::Symlink(_))));
        Ok(())
    }

    #[test]
    fn rights_that_others_were_given_are_taken_back() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let file = scratch.path().join("key");
        write(&file, b"secret")?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644))?;
        read(&file)?;
        assert_eq!(mode(&file)?, 0o600);

        let folder = scratch.path().join("folder");
        fs::create_dir(&folder)?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        directory(&folder)?;
        assert_eq!(mode(&folder)?, 0o700);
        Ok(())
    }

    #[test]
    fn what_is_not_there_reads_as_nothing_and_removes_without_complaint() -> Outcome {
        let scratch = tempfile::tempdir()?;
        let file = scratch.path().join("key");
        assert_eq!(read(&file)?, None);
        remove(&file)?;
        write(&file, b"x")?;
        remove(&file)?;
        assert!(!file.exists());
        Ok(())
    }
}
