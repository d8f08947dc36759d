//! Texts with their limits. A value of one of these types has been checked where it was parsed, and carries the same
//! bounds into every schema, so nothing behind the door checks a length again.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::limits;

/// Says why a text was refused: its limits and its size, never the text itself.
fn out_of_bounds(what: &str, min: usize, max: usize, size: usize) -> String {
    if size < min && min == 1 {
        format!("{what} can't be empty")
    } else {
        format!("{what} has {size} characters; {min} to {max} are allowed")
    }
}

macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident $what:literal $min:literal..=$max:expr, $clean:expr;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads and checks a text.
            ///
            /// # Errors
            /// When it is too short, too long, or has a character that is not allowed.
            pub fn parse(text: impl Into<String>) -> Result<Self, String> {
                let text: String = text.into();
                let clean: fn(String) -> Result<String, String> = $clean;
                let text = clean(text)?;
                let size = text.chars().count();
                if !($min..=$max).contains(&size) {
                    return Err(out_of_bounds($what, $min, $max, size));
                }
                Ok(Self(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }

            /// The text, taken out.
            #[must_use]
            pub fn into_string(self) -> String { self.0 }
        }

        impl std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str { &self.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool { true }
            fn schema_name() -> Cow<'static, str> { stringify!($name).into() }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                if $min == 0 { json_schema!({"type": "string", "maxLength": $max}) }
                else { json_schema!({"type": "string", "minLength": $min, "maxLength": $max}) }
            }
        }
    )*};
}

/// Refuses control characters other than line breaks and tabs: they have no place in what people read.
fn prose(text: String) -> Result<String, String> {
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        Some(c) => Err(format!("the control character U+{:04X} is not allowed", u32::from(c))),
        None => Ok(text),
    }
}

/// One line: trimmed, without control characters.
fn line(text: String) -> Result<String, String> {
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(format!(
            "the control character U+{:04X} is not allowed in one line of text",
            u32::from(c)
        )),
        None => Ok(text.trim().to_owned()),
    }
}

/// A title may come with line breaks from a model; they become spaces.
fn title(text: String) -> Result<String, String> {
    prose(text).map(|text| {
        if text.contains(['\n', '\r', '\t']) {
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            text.trim().to_owned()
        }
    })
}

/// Names go into URLs, terminals and file names.
fn name(text: String) -> Result<String, String> {
    match text
        .chars()
        .find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '@')))
    {
        Some(c) => Err(format!(
            "the character {c:?} is not allowed in a name: letters, digits and - _ . : / @ are"
        )),
        None => Ok(text),
    }
}

fn path(text: String) -> Result<String, String> {
    let text = line(text)?.replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text).to_owned();
    if text.starts_with('/') || text.split('/').any(|part| part == "..") {
        return Err(format!("`{text}` must be a path inside the project, relative to its root"));
    }
    Ok(text)
}

fn key(text: String) -> Result<String, String> {
    match text
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '.' | '/' | '-')))
    {
        Some(c) => {
            Err(format!("the character {c:?} is not allowed in a key: A-Z a-z 0-9 : _ . / - are"))
        }
        None => Ok(text),
    }
}

texts! {
    /// The title of a task: one line.
    Title "a title" 1..=limits::TITLE, title;
    /// What is to be done, as markdown.
    Description "a description" 0..=limits::DESCRIPTION, prose;
    /// What came out of a task, as markdown.
    ResultText "a result" 0..=limits::RESULT, prose;
    /// Why a piece of work was sent back.
    RejectReason "a reject reason" 1..=limits::REJECT_REASON, prose;
    /// Why something was released, blocked or cancelled.
    Reason "a reason" 1..=limits::REASON, prose;
    /// Where the work stands, in a sentence.
    Note "a note" 0..=limits::NOTE, prose;
    /// A comment on a task.
    CommentText "a comment" 1..=limits::COMMENT, prose;
    /// A message in the shared chat.
    ChatText "a chat message" 1..=limits::CHAT, prose;
    /// The name of an agent.
    AgentName "an agent's name" 1..=limits::NAME, name;
    /// A role: coordinator, builder, reviewer, auditor, human or any other word.
    Role "a role" 1..=limits::NAME, name;
    /// A label or tag.
    Label "a label" 1..=limits::NAME, line;
    /// A short word of the caller's own: a task's type, a target, a thread.
    Word "a name" 1..=limits::NAME, line;
    /// A path or glob inside the project, with `/` between its parts.
    PathGlob "a path" 1..=limits::PATH, path;
    /// The key of a piece of knowledge.
    KnowledgeKey "a key" 1..=limits::KNOWLEDGE_KEY, key;
    /// The text of a piece of knowledge, as markdown.
    KnowledgeText "a text" 1..=limits::KNOWLEDGE_TEXT, prose;
    /// What to search for, in the words of the text.
    SearchText "a query" 1..=limits::QUERY, line;
    /// The name of a project event.
    EventName "an event's name" 1..=limits::EVENT_NAME, name;
    /// A request's id, chosen by the client, that makes a retry safe.
    RequestId "a requestId" 1..=limits::REQUEST_ID, line;
}

/// What makes two titles the same task: the first 120 characters after NFKC, case folding and white space collapsed.
#[must_use]
pub fn fingerprint(title: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    if title.is_ascii() {
        // ASCII is its own normal form, and nearly every title is ASCII.
        let folded = title.to_ascii_lowercase();
        return folded
            .split_ascii_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(120)
            .collect();
    }
    let normal: String = title.nfkc().collect();
    let folded = caseless::default_case_fold_str(&normal);
    let folded: String = folded.nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect()
}

/// A list with at most `MAX` items, without repeats, in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Few<T, const MAX: usize>(pub Vec<T>);

impl<T, const MAX: usize> Default for Few<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> std::ops::Deref for Few<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de> + PartialEq, const MAX: usize> Deserialize<'de> for Few<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Vec::<T>::deserialize(deserializer)?;
        if given.len() > MAX {
            return Err(de::Error::custom(format!(
                "{} items were given; at most {MAX} are allowed",
                given.len()
            )));
        }
        let mut kept = Vec::with_capacity(given.len());
        for item in given {
            if !kept.contains(&item) {
                kept.push(item);
            }
        }
        Ok(Self(kept))
    }
}

impl<T: JsonSchema, const MAX: usize> JsonSchema for Few<T, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("FewOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "array", "items": generator.subschema_for::<T>(), "maxItems": MAX})
    }
}

/// A whole number between two bounds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Whole<const MIN: u64, const MAX: u64>(pub u64);

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Number::deserialize(deserializer)?;
        match value.as_u64() {
            Some(whole) if (MIN..=MAX).contains(&whole) => Ok(Self(whole)),
            _ => Err(de::Error::custom(format!(
                "{value} is not allowed; a whole number from {MIN} to {MAX} is"
            ))),
        }
    }
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Whole<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("WholeFrom{MIN}To{MAX}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": MIN, "maximum": MAX})
    }
}

/// A field of an update: left out keeps the value, `null` clears it, a value replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field was left out.
    #[default]
    Keep,
    /// The field was null.
    Clear,
    /// The field had a value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the field was left out.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Applies the update to a value.
    pub fn apply<U: From<T>>(self, current: &mut Option<U>) {
        match self {
            Self::Keep => {}
            Self::Clear => *current = None,
            Self::Set(value) => *current = Some(value.into()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(value) => serializer.serialize_some(value),
        }
    }
}

/// The schema keyword that marks a field for which `null` means "clear it". Taken out of every published schema.
pub const CLEARABLE: &str = "x-clearable";

impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("PatchOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        schema.insert(CLEARABLE.to_owned(), true.into());
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_differ_only_in_case_width_and_space_have_one_fingerprint() {
        let one = fingerprint("Fix the  Straße login");
        for same in [
            "fix the strasse login",
            "FIX THE STRASSE LOGIN",
            "  Fix\u{a0}the Straße\tlogin ",
            "Ｆix the Straße login",
        ] {
            assert_eq!(fingerprint(same), one, "{same:?}");
        }
        assert_ne!(fingerprint("fix the strase login"), one);
        assert_eq!(fingerprint(&"a".repeat(500)).chars().count(), 120);
    }

    #[test]
    fn limits_count_characters_and_are_told() {
        assert!(Title::parse("ü".repeat(500)).is_ok());
        assert_eq!(
            Title::parse("x".repeat(501)).unwrap_err(),
            "a title has 501 characters; 1 to 500 are allowed"
        );
        assert_eq!(Title::parse("   ").unwrap_err(), "a title can't be empty");
        assert_eq!(Title::parse("two\nlines").unwrap().as_str(), "two lines");
        assert!(AgentName::parse("a b").is_err());
        assert!(ChatText::parse("a\u{0}b").is_err());
    }

    #[test]
    fn a_path_stays_inside_the_project() {
        assert_eq!(PathGlob::parse("./src\\a.rs").unwrap().as_str(), "src/a.rs");
        for bad in ["/etc/passwd", "../x", "a/../../b"] {
            assert!(PathGlob::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_list_drops_repeats_and_keeps_its_bound() {
        let few: Few<u8, 3> = serde_json::from_str("[1,1,2]").unwrap();
        assert_eq!(few.0, [1, 2]);
        assert!(serde_json::from_str::<Few<u8, 2>>("[1,2,3]").is_err());
    }
}
