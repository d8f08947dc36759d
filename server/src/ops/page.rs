//! Pages of lists: how many rows, and where the next page begins.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::limits;
use crate::model::text::Whole;
use crate::store::Caller;

/// How many rows a page has.
pub type Limit = Whole<1, { limits::PAGE_MAX }>;

/// The rows of a page: what was asked for, else fewer over MCP, where every row costs tokens.
#[must_use]
pub fn size(limit: Option<Limit>, caller: &Caller) -> u64 {
    limit.map_or(if caller.mcp { limits::PAGE_MCP } else { limits::PAGE }, |limit| limit.0)
}

/// Cuts a list that was read with one row too many, and names the position after its last row.
pub fn cut<T, P: Serialize>(
    rows: &mut Vec<T>,
    size: u64,
    position: impl FnOnce(&T) -> P,
) -> Option<String> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if rows.len() <= size {
        return None;
    }
    rows.truncate(size);
    rows.last()
        .and_then(|last| serde_json::to_vec(&position(last)).ok())
        .map(|json| URL_SAFE_NO_PAD.encode(json))
}

/// Reads a cursor that [`cut`] made.
///
/// # Errors
/// `VALIDATION_ERROR` when it is none of ours.
pub fn position<P: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<P>> {
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .map(Some)
        .ok_or_else(|| {
            Error::invalid("cursor", "this is no cursor of this list")
                .hint("Leave `cursor` out to begin at the first page.")
        })
}
