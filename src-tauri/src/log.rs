//! Keeps what the server says on its standard error: in bounded files, and the end of it at hand.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file is set aside when it has grown to this many bytes.
const FILE_LIMIT: u64 = 4 << 20;
/// Files that were set aside and are kept, `server.log.1` the newest.
const KEPT: u32 = 3;
/// How many bytes of the end stay in memory for the safe mode page.
const TAIL: usize = 16 << 10;

/// The log of one project's server.
pub struct Log {
    path: PathBuf,
    file: Option<File>,
    written: u64,
    limit: u64,
    tail: VecDeque<u8>,
}

impl Log {
    /// Continues `server.log` in `folder`. A folder that can't be written costs the files, not
    /// the server: the tail is kept all the same.
    pub fn open(folder: &Path) -> Self {
        Self::with_limit(folder, FILE_LIMIT)
    }

    fn with_limit(folder: &Path, limit: u64) -> Self {
        let path = folder.join("server.log");
        let mut log = Self { path, file: None, written: 0, limit, tail: VecDeque::new() };
        log.reopen();
        log
    }

    /// Adds what was read; a line may come in pieces.
    pub fn append(&mut self, bytes: &[u8]) {
        self.tail.extend(bytes);
        let excess = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..excess);

        let Some(file) = &mut self.file else { return };
        if let Err(refused) = file.write_all(bytes) {
            tracing::warn!(%refused, "the server's log can't be written");
            self.file = None;
            return;
        }
        self.written += bytes.len() as u64;
        // At a line's end if one comes soon, so that files begin with whole lines.
        if self.written >= self.limit && (bytes.ends_with(b"\n") || self.written >= 2 * self.limit)
        {
            self.set_aside();
            self.reopen();
        }
    }

    /// The last `count` lines, oldest first.
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let bytes: Vec<u8> = self.tail.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(count)..].iter().map(|&line| line.to_owned()).collect()
    }

    fn reopen(&mut self) {
        let opened = open_private(&self.path).and_then(|file| {
            let written = file.metadata()?.len();
            Ok((file, written))
        });
        match opened {
            Ok((file, written)) => (self.file, self.written) = (Some(file), written),
            Err(refused) => {
                tracing::warn!(%refused, path = %self.path.display(), "no log file");
                self.file = None;
            }
        }
    }

    fn set_aside(&mut self) {
        self.file = None;
        let aged = |age: u32| self.path.with_extension(format!("log.{age}"));
        for age in (1..KEPT).rev() {
            // Missing ones are the normal case until the first few are full.
            let _ = std::fs::rename(aged(age), aged(age + 1));
        }
        if let Err(refused) = std::fs::rename(&self.path, aged(1)) {
            tracing::warn!(%refused, "the server's log can't be set aside");
        }
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_stay_bounded_and_the_newest_lines_are_kept() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let mut log = Log::with_limit(folder.path(), 100);
        for number in 0..200 {
            log.append(format!("line {number}\n").as_bytes());
        }
        let mut names: Vec<_> = std::fs::read_dir(folder.path())?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<_>>()?;
        names.sort();
        assert_eq!(names, ["server.log", "server.log.1", "server.log.2", "server.log.3"]);
        for name in names {
            let text = std::fs::read_to_string(folder.path().join(name))?;
            assert!(text.len() < 120, "{} bytes", text.len());
            assert!(text.is_empty() || text.starts_with("line "));
        }
        let newest = std::fs::read_to_string(folder.path().join("server.log.1"))?
            + &std::fs::read_to_string(folder.path().join("server.log"))?;
        assert!(newest.ends_with("line 199\n"));
        Ok(())
    }

    #[test]
    fn a_line_without_an_end_can_not_grow_a_file_for_ever() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let mut log = Log::with_limit(folder.path(), 100);
        for _ in 0..100 {
            log.append(&[b'x'; 50]);
        }
        for entry in std::fs::read_dir(folder.path())? {
            assert!(entry?.metadata()?.len() <= 250);
        }
        Ok(())
    }

    #[test]
    fn a_new_start_continues_the_file() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        Log::open(folder.path()).append(b"one\n");
        Log::open(folder.path()).append(b"two\n");
        assert_eq!(std::fs::read_to_string(folder.path().join("server.log"))?, "one\ntwo\n");
        Ok(())
    }

    #[test]
    fn the_tail_is_the_last_lines_even_without_a_file() {
        let mut log = Log::open(Path::new("/nonexistent/folder"));
        for number in 0..10_000 {
            log.append(format!("line {number}\n").as_bytes());
        }
        log.append(b"cut sh");
        log.append(b"ort");
        assert_eq!(log.last_lines(2), ["line 9999", "cut short"]);
        assert!(log.last_lines(usize::MAX).len() < 3_000);
    }
}
