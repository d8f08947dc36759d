//! Version numbers as tools print them.

use std::fmt;

/// The first three numbers of a version. What follows them (a pre-release, a commit) is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// Finds the version in a tool's `--version` line: the first word that starts with a number, with or
    /// without a `v` before it. Missing parts count as 0.
    pub fn find(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let word = word.strip_prefix('v').unwrap_or(word);
        let end = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
        let mut parts = word[..end].split('.').map(str::parse::<u32>);
        let major = parts.next()?.ok()?;
        let minor = parts.next().and_then(Result::ok).unwrap_or(0);
        let patch = parts.next().and_then(Result::ok).unwrap_or(0);
        Some(Self(major, minor, patch))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        for (text, expected) in [
            ("v20.19.2\n", Some(Version(20, 19, 2))),
            ("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)", Some(Version(0, 9, 143))),
            ("typos-cli 1.52.0", Some(Version(1, 52, 0))),
            ("Python 3.11.7", Some(Version(3, 11, 7))),
            ("v23.0.0-nightly2024", Some(Version(23, 0, 0))),
            ("22", Some(Version(22, 0, 0))),
            ("command not found", None),
            ("", None),
        ] {
            assert_eq!(Version::find(text), expected, "{text:?}");
        }
    }

    #[test]
    fn versions_compare_by_number_not_by_text() {
        assert!(Version(20, 9, 0) < Version(20, 19, 0));
        assert!(Version(9, 99, 99) < Version(20, 0, 0));
    }
}
