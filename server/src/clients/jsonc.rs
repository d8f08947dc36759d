//! Editing JSON with comments (and trailing commas, as VS Code, Zed and others write them) so
//! that nothing but the entry changes.

use jsonc_parser::ast::{Object, Value as Ast};
use jsonc_parser::common::Ranged;
use jsonc_parser::cst::{CstNode, CstObject, CstRootNode};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Value};

use super::entry::{Edit, Entry};
use super::insertion;
use super::syntax::{Fault, NAME};

/// What editors accept in their settings: comments and trailing commas. Anything looser is a
/// mistake that the client itself would trip over.
pub(super) const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The entry that stands below `container`.
pub(super) fn entry(text: &str, container: &str) -> Result<Option<Map<String, Value>>, Fault> {
    let root = parse(text)?;
    let Some(servers) = object(text, &root, &[container])? else { return Ok(None) };
    if servers.get(NAME).is_none() {
        return Ok(None);
    }
    match object(text, &root, &[container, NAME])?.and_then(|entry| entry.to_serde_value()) {
        Some(Value::Object(entry)) => Ok(Some(entry)),
        _ => Ok(None),
    }
}

/// `text` with the entry in it: added when there was none, else brought up to date key by key.
pub(super) fn put(text: &str, container: &str, entry: &Entry) -> Result<String, Fault> {
    let Some(standing) = self::entry(text, container)? else {
        let value = Value::Object(entry.fresh());
        let root = parse(text)?;
        return if object(text, &root, &[container])?.is_some() {
            insert(text, &[container], NAME, &value)
        } else {
            insert(
                text,
                &[],
                container,
                &Value::Object([(NAME.to_owned(), value)].into_iter().collect()),
            )
        };
    };
    let mut text = text.to_owned();
    for edit in entry.edits(&standing) {
        text = match edit {
            Edit::Set(key, value) if standing.contains_key(key) => {
                replace(&text, &[container, NAME], key, &value)?
            }
            Edit::Set(key, value) => insert(&text, &[container, NAME], key, &value)?,
            Edit::Remove(key) => remove_key(&text, &[container, NAME], key)?,
        };
    }
    Ok(text)
}

/// `text` without the entry, and without the container when that is then bare and `container_too`.
pub(super) fn remove(text: &str, container: &str, container_too: bool) -> Result<String, Fault> {
    let text = remove_key(text, &[container], NAME)?;
    let bare = {
        let root = parse(&text)?;
        object(&text, &root, &[container])?.is_some_and(|servers| is_bare(&servers))
    };
    if container_too && bare { remove_key(&text, &[], container) } else { Ok(text) }
}

/// `text` with a property added to the object at `path`, which exists unless it is the root.
fn insert(text: &str, path: &[&str], key: &str, value: &Value) -> Result<String, Fault> {
    let root = parse(text)?;
    Ok(match object(text, &root, path)? {
        Some(target) => insertion::into_object(text, &root, path, &target, key, value),
        None => insertion::into_nothing(text, key, value),
    })
}

/// Everything the file says; an empty file says nothing.
pub(super) fn value(text: &str) -> Option<Value> {
    Some(parse(text).ok()?.to_serde_value().unwrap_or_default())
}

/// Whether the file says nothing at all: no property and no comment.
pub(super) fn is_blank(text: &str) -> bool {
    let Ok(root) = parse(text) else { return false };
    let comments = root.children().iter().any(CstNode::is_comment);
    !comments && root.object_value().is_none_or(|object| is_bare(&object))
}

fn is_bare(object: &CstObject) -> bool {
    object.properties().is_empty() && !object.children().iter().any(CstNode::is_comment)
}

/// A tree that gives the text back byte for byte.
fn parse(text: &str) -> Result<CstRootNode, Fault> {
    let root = CstRootNode::parse(text, &OPTIONS).map_err(|refused| Fault {
        at: refused.range().start,
        message: refused.kind().to_string(),
    })?;
    match root.value() {
        Some(value) if value.as_object().is_none() => {
            Err(Fault { at: start_of(text, &[]), message: "expected an object here".to_owned() })
        }
        _ if root.to_string() != text => {
            Err(Fault { at: 0, message: "this text can't be edited without loss".to_owned() })
        }
        _ => Ok(root),
    }
}

/// The object at `path`. A value of another kind there, or a key that stands twice on the way
/// (clients disagree on which one counts), is a fault.
fn object(text: &str, root: &CstRootNode, path: &[&str]) -> Result<Option<CstObject>, Fault> {
    let Some(mut found) = root.object_value() else { return Ok(None) };
    for (depth, key) in path.iter().enumerate() {
        let mut named = found
            .properties()
            .into_iter()
            .filter(|property| property.decoded_name().as_deref() == Some(*key));
        let Some(property) = named.next() else { return Ok(None) };
        let at = || start_of(text, &path[..=depth]);
        if named.next().is_some() {
            return Err(Fault { at: at(), message: format!("`{key}` stands here twice") });
        }
        found = property
            .object_value()
            .ok_or_else(|| Fault { at: at(), message: format!("`{key}` must be an object") })?;
    }
    Ok(Some(found))
}

fn replace(text: &str, path: &[&str], key: &str, value: &Value) -> Result<String, Fault> {
    let tree = parse_to_ast(text, &CollectOptions::default(), &OPTIONS);
    let standing = tree.ok().and_then(|tree| {
        Some(descend(tree.value.as_ref()?.as_object()?, path)?.get(key)?.value.range())
    });
    Ok(match standing.map(|range| (text.get(..range.start), text.get(range.end..))) {
        Some((Some(head), Some(tail))) => {
            [head, &insertion::on_one_line(value, " "), tail].concat()
        }
        _ => text.to_owned(),
    })
}

fn remove_key(text: &str, path: &[&str], key: &str) -> Result<String, Fault> {
    let root = parse(text)?;
    if let Some(property) = object(text, &root, path)?.and_then(|object| object.get(key)) {
        property.remove();
    }
    Ok(root.to_string())
}

pub(super) fn descend<'a, 'text>(
    object: &'a Object<'text>,
    path: &[&str],
) -> Option<&'a Object<'text>> {
    path.iter().try_fold(object, |object, key| object.get(key)?.value.as_object())
}

/// Where the value at `path` begins, for a message; the end of the text when there is none.
fn start_of(text: &str, path: &[&str]) -> usize {
    let Ok(tree) = parse_to_ast(text, &CollectOptions::default(), &OPTIONS) else { return 0 };
    let Some(root) = tree.value else { return text.len() };
    let range = match (path, &root) {
        ([parents @ .., key], Ast::Object(object)) => descend(object, parents)
            .and_then(|object| object.properties.iter().rfind(|prop| prop.name.as_str() == *key))
            .map_or(object.range, |property| property.range),
        _ => root.range(),
    };
    range.start
}
