//! Which tools a client sees: chosen by toolset or name in the address, a header or a flag, never more than its key
//! allows.

use crate::api::{Endpoint, Toolset};
use crate::error::{Error, Result};
use crate::model::things::Scope;

/// What a client wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    words: Vec<String>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { words: vec!["default".to_owned()] }
    }
}

impl Selection {
    /// Reads `board,memory`, `default`, `all`, or single names.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` for a word that is neither a toolset nor a tool.
    pub fn parse(text: &str, endpoints: &[std::sync::Arc<Endpoint>]) -> Result<Self> {
        let words: Vec<String> = text
            .split(',')
            .map(|word| word.trim().to_owned())
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() {
            return Ok(Self::default());
        }
        let known = |word: &String| {
            ["default", "all"].contains(&word.as_str())
                || Toolset::ALL.iter().any(|set| set.as_str() == word)
                || endpoints.iter().any(|endpoint| endpoint.spec.name == word)
        };
        if let Some(unknown) = words.iter().find(|word| !known(word)) {
            let sets: Vec<&str> = Toolset::ALL.iter().map(|set| set.as_str()).collect();
            return Err(Error::invalid(
                "tools",
                format!(
                    "`{unknown}` is neither a toolset (default, all, {}) nor a tool",
                    sets.join(", ")
                ),
            ));
        }
        Ok(Self { words })
    }

    /// Whether an operation is shown.
    #[must_use]
    pub fn shows(&self, endpoint: &Endpoint, scope: Scope) -> bool {
        let spec = &endpoint.spec;
        // Agents review with the scope of work, but a key that can't even do that has no use for it.
        scope >= spec.scope
            && self.words.iter().any(|word| match word.as_str() {
                "all" => true,
                "default" => spec.default_tool,
                word => word == spec.toolset.as_str() || word == spec.name,
            })
    }
}
