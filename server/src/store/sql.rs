//! Between Rust's types and SQLite's: how ids, words and lists are stored, and reading a row in order.

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::ids::{ChatId, CommentId, LockId, TaskId};
use crate::model::task::{Action, ErrorClass, Outcome, Status};
use crate::model::things::{KeyKind, KnowledgeKind, LockMode, Scope};
use crate::model::time::Timestamp;

macro_rules! numbers {
    ($($name:ident),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> { Ok(self.0.into()) }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> { value.as_i64().map(Self) }
        }
    )*};
}
numbers!(TaskId, CommentId, ChatId, LockId);

macro_rules! word_columns {
    ($($name:ident),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> { Ok(self.as_str().into()) }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                $name::from_word(value.as_str()?).ok_or(FromSqlError::InvalidType)
            }
        }
    )*};
}
word_columns!(Status, Action, ErrorClass, Outcome, LockMode, Scope, KeyKind, KnowledgeKind);

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_millis().into())
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self::from_millis)
    }
}

/// A list or object stored as JSON text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        serde_json::to_string(&self.0)
            .map(Into::into)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(|error| FromSqlError::Other(error.into()))
    }
}

/// Reads a row column by column, in the order of its SELECT, so that no column is numbered by hand.
pub(super) struct Columns<'r, 's> {
    row: &'r Row<'s>,
    next: usize,
}

impl<'r, 's> Columns<'r, 's> {
    pub(super) fn new(row: &'r Row<'s>) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    pub(super) fn get<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let at = self.next;
        self.next += 1;
        self.row.get(at)
    }

    /// The next column, a list stored as JSON. Most are empty, and an empty one needs no parser.
    pub(super) fn list<T: DeserializeOwned>(&mut self) -> rusqlite::Result<Vec<T>> {
        let at = self.next;
        if self.row.get_ref(at)?.as_bytes().is_ok_and(|text| text == b"[]") {
            self.next += 1;
            return Ok(Vec::new());
        }
        self.get::<Json<Vec<T>>>().map(|json| json.0)
    }
}
