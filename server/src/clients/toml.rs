//! Editing TOML so that nothing but the entry changes.

use serde_json::{Map, Value};
use toml_edit::{Array, Document, DocumentMut, InlineTable, Item, Table, TableLike, TomlError};

use super::entry::{Edit, Entry};
use super::syntax::{Fault, NAME};

/// The entry that stands below `container`.
pub(super) fn entry(text: &str, container: &str) -> Result<Option<Map<String, Value>>, Fault> {
    let document = parse(text)?;
    let Some(servers) = document.get(container) else { return Ok(None) };
    let Some(entry) = table(servers, container)?.get(NAME) else { return Ok(None) };
    let entry = table(entry, NAME)?;
    Ok(Some(entry.iter().map(|(key, item)| (key.to_owned(), json(item))).collect()))
}

/// `text` with the entry in it: a new table at the end, or the standing one brought up to date.
pub(super) fn put(text: &str, container: &str, entry: &Entry) -> Result<String, Fault> {
    let standing = self::entry(text, container)?;
    let mut document = parse(text)?.into_mut();
    let inline = document.get(container).is_some_and(Item::is_inline_table);
    if standing.is_none() && !inline {
        return Ok(append(text, container, entry));
    }
    let Some(servers) = document.get_mut(container).and_then(Item::as_table_like_mut) else {
        return Ok(text.to_owned());
    };
    match (standing, servers.get_mut(NAME).and_then(Item::as_table_like_mut)) {
        (Some(standing), Some(table)) => change(table, &entry.edits(&standing)),
        _ => {
            let fresh = entry.fresh();
            let values = fresh.iter().filter_map(|(key, value)| Some((key, toml(value)?)));
            servers.insert(NAME, Item::Value(values.collect::<InlineTable>().into()));
        }
    }
    Ok(printed(&document, text))
}

/// `text` without the entry.
pub(super) fn remove(text: &str, container: &str) -> Result<String, Fault> {
    let document = parse(text)?;
    let found = document.get(container).and_then(|servers| servers.get(NAME));
    match found {
        None => Ok(text.to_owned()),
        // The editor would take comments away with a table that they only stand above.
        Some(Item::Table(table)) if !table.is_dotted() => Ok(cut(text, table)),
        Some(_) => {
            let mut document = document.into_mut();
            if let Some(servers) = document.get_mut(container).and_then(Item::as_table_like_mut) {
                servers.remove(NAME);
            }
            Ok(printed(&document, text))
        }
    }
}

/// Everything the file says.
pub(super) fn value(text: &str) -> Option<Value> {
    Some(json(parse(text).ok()?.as_item()))
}

fn parse(text: &str) -> Result<Document<&str>, Fault> {
    Document::parse(text).map_err(|refused: TomlError| Fault {
        at: refused.span().map_or(0, |span| span.start),
        message: refused.message().to_owned(),
    })
}

fn table<'a>(item: &'a Item, key: &str) -> Result<&'a dyn TableLike, Fault> {
    item.as_table_like().ok_or_else(|| Fault {
        at: item.span().map_or(0, |span| span.start),
        message: format!("`{key}` must be a table"),
    })
}

/// A new table at the end of the file, one empty line below what stands there. TOML allows a
/// table's header anywhere, so nothing that stands in the file has to move.
fn append(text: &str, container: &str, entry: &Entry) -> String {
    let mut table = Table::new();
    for (key, value) in &entry.fresh() {
        if let Some(value) = toml(value) {
            table.insert(key, Item::Value(value));
        }
    }
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{text}{gap}[{container}.{NAME}]\n{table}")
}

fn change(table: &mut dyn TableLike, edits: &[Edit]) {
    for edit in edits {
        match edit {
            Edit::Remove(key) => {
                table.remove(key);
            }
            Edit::Set(key, value) => {
                let Some(mut value) = toml(value) else { continue };
                match table.get_mut(key).and_then(Item::as_value_mut) {
                    Some(standing) => {
                        // Spaces and a comment around the old value belong to its author.
                        *value.decor_mut() = standing.decor().clone();
                        *standing = value;
                    }
                    None => {
                        table.insert(key, Item::Value(value));
                    }
                }
            }
        }
    }
}

/// The document as text, ending as the original did: the editor always ends the last line.
fn printed(document: &DocumentMut, original: &str) -> String {
    let mut text = document.to_string();
    if !original.ends_with('\n') && text.ends_with('\n') {
        text.pop();
    }
    text
}

/// `text` without the lines of a table and of the tables below it. A comment line above or below
/// them stays.
fn cut(text: &str, table: &Table) -> String {
    let mut pieces = Vec::new();
    collect(table, &mut pieces);
    pieces.sort_unstable();
    let mut rest = String::new();
    let mut kept = 0;
    for (start, end) in pieces {
        let start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1);
        rest.push_str(text.get(kept..start).unwrap_or_default());
        kept = kept.max(end);
    }
    let after = &text[kept..];
    // The empty line that set the table off goes with it.
    if rest.ends_with("\n\n") && (after.is_empty() || after.starts_with('\n')) {
        rest.pop();
    }
    rest + after
}

/// The extents, in bytes, of a table's own lines and of those of the tables below it.
fn collect(table: &Table, pieces: &mut Vec<(usize, usize)>) {
    if let Some(header) = table.span() {
        let values = table.iter().filter(|(_, item)| item.is_value());
        let ends = values.filter_map(|(_, item)| Some(item.span()?.end));
        pieces.push((header.start, ends.fold(header.end, usize::max)));
    }
    for (_, item) in table.iter() {
        match item {
            Item::Table(below) => collect(below, pieces),
            Item::ArrayOfTables(below) => below.iter().for_each(|below| collect(below, pieces)),
            _ => {}
        }
    }
}

/// The TOML value of a JSON one; what TOML can't hold (null, a number beyond 64 bits) is left out.
fn toml(value: &Value) -> Option<toml_edit::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => (*value).into(),
        Value::Number(value) => value.as_i64()?.into(),
        Value::String(value) => value.as_str().into(),
        Value::Array(values) => values.iter().filter_map(toml).collect::<Array>().into(),
        Value::Object(values) => values
            .iter()
            .filter_map(|(key, value)| Some((key, toml(value)?)))
            .collect::<InlineTable>()
            .into(),
    })
}

/// The JSON value of what an entry holds. Dates stay as their text.
fn json(item: &Item) -> Value {
    if let Some(table) = item.as_table_like() {
        return table.iter().map(|(key, item)| (key.to_owned(), json(item))).collect();
    }
    match item.as_value() {
        Some(toml_edit::Value::String(value)) => Value::from(value.value().as_str()),
        Some(toml_edit::Value::Integer(value)) => Value::from(*value.value()),
        Some(toml_edit::Value::Float(value)) => Value::from(*value.value()),
        Some(toml_edit::Value::Boolean(value)) => Value::from(*value.value()),
        Some(toml_edit::Value::Datetime(value)) => Value::from(value.value().to_string()),
        Some(toml_edit::Value::Array(values)) => {
            values.iter().map(|value| json(&Item::Value(value.clone()))).collect()
        }
        _ => Value::Null,
    }
}
