use serde_json::{Map, Value};

use super::entry::Entry;
use super::splice::Splice;
use super::{jsonc, toml};

/// The name of MeshPilot's entry in every client's file.
pub const NAME: &str = "meshpilot";

/// What a client's file is written in. An edit is a function from text to text; no other byte than
/// the entry's changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// JSON, with comments and trailing commas where the client takes them.
    Json,
    /// TOML.
    Toml,
}

/// What is wrong with a file, and at which byte.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

impl Fault {
    /// Line and column (in characters), both from 1, of the fault in `text`.
    pub(super) fn position(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[line_start..].trim_start_matches(BOM).chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }
}

const BOM: char = '\u{feff}';

impl Syntax {
    /// The entry that stands below `container`, if any.
    pub(super) fn entry(
        self,
        text: &str,
        container: &str,
    ) -> Result<Option<Map<String, Value>>, Fault> {
        let (mark, body) = without_mark(text);
        match self {
            Self::Json => jsonc::entry(body, container),
            Self::Toml => toml::entry(body, container),
        }
        .map_err(|fault| fault.after(mark))
    }

    /// `text` with an up-to-date entry below `container`.
    pub(super) fn put(self, text: &str, container: &str, entry: &Entry) -> Result<String, Fault> {
        self.edit(text, |body| match self {
            Self::Json => jsonc::put(body, container, entry),
            Self::Toml => toml::put(body, container, entry),
        })
    }

    /// `text` without the entry. A container left bare goes too when `container_too`.
    pub(super) fn remove(
        self,
        text: &str,
        container: &str,
        container_too: bool,
    ) -> Result<String, Fault> {
        self.edit(text, |body| match self {
            Self::Json => jsonc::remove(body, container, container_too),
            Self::Toml => toml::remove(body, container),
        })
    }

    /// Whether `container` stands in the file.
    pub(super) fn has(self, text: &str, container: &str) -> bool {
        self.value(text).is_some_and(|value| value.get(container).is_some())
    }

    /// Whether two texts say the same to the client.
    pub(super) fn means_the_same(self, one: &str, other: &str) -> bool {
        let (one, other) = (self.value(one), self.value(other));
        one.is_some() && one == other
    }

    fn value(self, text: &str) -> Option<Value> {
        let (_, body) = without_mark(text);
        match self {
            Self::Json => jsonc::value(body),
            Self::Toml => toml::value(body),
        }
    }

    /// Whether the file says nothing, so that it may go when MeshPilot made it.
    pub(super) fn is_blank(self, text: &str) -> bool {
        let (_, body) = without_mark(text);
        body.trim().is_empty() || (self == Self::Json && jsonc::is_blank(body))
    }

    /// Keeps a byte order mark in front, and lets the TOML editor, which knows `\n` alone, work on
    /// a text with `\r\n`.
    fn edit(
        self,
        text: &str,
        edit: impl FnOnce(&str) -> Result<String, Fault>,
    ) -> Result<String, Fault> {
        let (mark, body) = without_mark(text);
        let edited = if self == Self::Toml && body.contains("\r\n") {
            let unix = body.replace("\r\n", "\n");
            let edited = edit(&unix).map_err(|fault| fault.with_carriage_returns(body))?;
            Splice::between(&unix, &edited).apply_to_crlf(body)
        } else {
            edit(body).map_err(|fault| fault.after(mark))?
        };
        Ok([mark, &edited].concat())
    }
}

impl Fault {
    fn after(mut self, mark: &str) -> Self {
        self.at += mark.len();
        self
    }

    /// The same place in the text that still has its `\r`.
    fn with_carriage_returns(mut self, body: &str) -> Self {
        let lines =
            body.replace("\r\n", "\n").get(..self.at).map_or(0, |text| text.matches('\n').count());
        self.at += lines;
        self
    }
}

fn without_mark(text: &str) -> (&str, &str) {
    text.split_at(if text.starts_with(BOM) { BOM.len_utf8() } else { 0 })
}
