//! What the swarm knows.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::page::{self, Limit};
use super::tasks::create::texts;
use crate::api::{Command, Operation, Query, Spec, Toolset};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::text::{Few, KnowledgeKey, KnowledgeText, Label, SearchText};
use crate::model::things::{Knowledge, KnowledgeKind, Scope};
use crate::store::{KnowledgeFilter, ReadTx, WriteTx};

/// Look up what the swarm knows, the best fit first.
///
/// Ask before you decide what others may have decided already.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetKnowledge {
    /// Exactly this piece.
    pub key: Option<KnowledgeKey>,
    /// With this tag.
    pub tag: Option<Label>,
    /// Of this kind.
    pub kind: Option<KnowledgeKind>,
    /// Words in it.
    pub query: Option<SearchText>,
    /// Up to 200.
    pub limit: Option<Limit>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of knowledge.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetKnowledgeOutput {
    /// The pieces.
    pub knowledge: Vec<Knowledge>,
    /// Where the next page begins; null: this was the last.
    pub next_cursor: Option<String>,
    /// The board's position that the page reflects.
    pub as_of_seq: i64,
}

impl Operation for GetKnowledge {
    const SPEC: Spec =
        Spec::new("get_knowledge", Method::GET, "/knowledge", Scope::Read, Toolset::Board)
            .default_tool()
            .fails(&[Code::NotFound])
            .example(r#"{"query":"retry policy"}"#);
    type Output = GetKnowledgeOutput;
}

impl Query for GetKnowledge {
    fn run(self, db: &ReadTx<'_>) -> Result<GetKnowledgeOutput> {
        let as_of_seq = db.log_bounds()?.1;
        if let Some(key) = &self.key {
            let piece = db.knowledge(key)?.ok_or_else(|| {
                Error::not_found("knowledge", key).hint("Search with `query` instead.")
            })?;
            return Ok(GetKnowledgeOutput { knowledge: vec![piece], next_cursor: None, as_of_seq });
        }
        let text = self.query.map(SearchText::into_string);
        if text.as_ref().is_some_and(|text| !text.chars().any(char::is_alphanumeric)) {
            return Err(Error::invalid("query", "a search needs at least one letter or digit"));
        }
        let size = page::size(self.limit, db.caller());
        let offset = page::position::<u64>(self.cursor.as_deref())?.unwrap_or(0);
        let filter = KnowledgeFilter {
            tag: self.tag.map(Label::into_string),
            kind: self.kind,
            text,
            offset,
        };
        let mut knowledge = db.find_knowledge(&filter, size + 1)?;
        let next_cursor = page::cut(&mut knowledge, size, |_| offset + size);
        Ok(GetKnowledgeOutput { knowledge, next_cursor, as_of_seq })
    }
}

/// Save what others should know: a decision, a pattern, a convention, a note.
///
/// Saving under a known key makes its next version. Say it in the words somebody would search for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveKnowledge {
    /// Such as payments/retry-policy.
    pub key: KnowledgeKey,
    /// Markdown.
    pub text: KnowledgeText,
    /// Default: as it was, at first note.
    pub kind: Option<KnowledgeKind>,
    /// Default: as they were.
    pub tags: Option<Few<Label, { limits::LABELS }>>,
}

/// The saved piece.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KnowledgeOutput {
    /// The piece, with its new version.
    pub knowledge: Knowledge,
}

impl Operation for SaveKnowledge {
    const SPEC: Spec = Spec::new("save_knowledge", Method::PUT, "/knowledge/{key}", Scope::Work, Toolset::Board)
        .default_tool()
        .example(r#"{"agent":"builder-1","key":"payments/retry-policy","text":"Back off from 1 s to 5 min, 8 attempts.","kind":"decision","tags":["payments"]}"#);
    type Output = KnowledgeOutput;
}

impl Command for SaveKnowledge {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<KnowledgeOutput> {
        let before = tx.knowledge(&self.key)?;
        let kind =
            self.kind.or(before.as_ref().map(|piece| piece.kind)).unwrap_or(KnowledgeKind::Note);
        let tags = match self.tags {
            Some(tags) => texts(Some(tags)),
            None => before.map(|piece| piece.tags).unwrap_or_default(),
        };
        Ok(KnowledgeOutput { knowledge: tx.save_knowledge(&self.key, kind, &self.text, &tags)? })
    }
}

/// Delete a piece of knowledge.
///
/// Its versions stay in the history; saving under the same key goes on counting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteKnowledge {
    /// Its key.
    pub key: KnowledgeKey,
}

impl Operation for DeleteKnowledge {
    const SPEC: Spec = Spec::new(
        "delete_knowledge",
        Method::DELETE,
        "/knowledge/{key}",
        Scope::Plan,
        Toolset::Board,
    )
    .destructive()
    .fails(&[Code::NotFound])
    .example(r#"{"key":"old/decision"}"#);
    type Output = KnowledgeOutput;
}

impl Command for DeleteKnowledge {
    fn run(self, tx: &mut WriteTx<'_>) -> Result<KnowledgeOutput> {
        let piece =
            tx.knowledge(&self.key)?.ok_or_else(|| Error::not_found("knowledge", &self.key))?;
        tx.delete_knowledge(&piece)?;
        Ok(KnowledgeOutput { knowledge: piece })
    }
}
