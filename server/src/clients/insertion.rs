//! Putting one property into JSON text: behind the last one, laid out as its neighbours are, and
//! without moving a byte of anything else. (The tree's own insertion is nearly that, but breaks up
//! objects that stand on one line and takes empty lines away.)

use jsonc_parser::cst::{CstNode, CstObject, CstRootNode};
use jsonc_parser::{CollectOptions, parse_to_ast};
use serde_json::Value;

use super::jsonc::{OPTIONS, descend};

/// How a file indents where it shows no preference.
const INDENT: &str = "  ";

/// `text`, which holds no value yet, with an object of one property behind what it holds.
pub(super) fn into_nothing(text: &str, key: &str, value: &Value) -> String {
    let layout = Layout { newline: newline(text), unit: INDENT.to_owned(), trailing: false };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { layout.newline };
    let property = layout.property(key, value, INDENT);
    let newline = layout.newline;
    format!("{text}{gap}{{{newline}{INDENT}{property}{newline}}}{newline}")
}

/// `text` with a property added to the object `target`, which stands at `path`.
pub(super) fn into_object(
    text: &str,
    root: &CstRootNode,
    path: &[&str],
    target: &CstObject,
    key: &str,
    value: &Value,
) -> String {
    let children = target.children();
    let Some(start) = start_of(text, path) else { return text.to_owned() };
    let last = target.properties().last().map(jsonc_parser::cst::CstObjectProp::child_index);
    let place = Place { text, start, children: &children };
    let layout = Layout {
        newline: newline(text),
        unit: root
            .single_indent_text()
            .filter(|unit| !unit.is_empty())
            .unwrap_or(INDENT.to_owned()),
        trailing: last.is_some_and(|last| children.iter().skip(last).any(CstNode::is_comma)),
    };
    match last {
        None => place.first(&layout, key, value),
        Some(last) if children.iter().any(CstNode::is_newline) => {
            place.on_a_new_line(&layout, last, key, value)
        }
        Some(last) => place.on_the_line(last, key, value),
    }
}

/// An object in a text: the byte it starts at, and everything from `{` to `}`.
struct Place<'a> {
    text: &'a str,
    start: usize,
    children: &'a [CstNode],
}

impl Place<'_> {
    /// Behind the last property, `comma` or not, on the line that the whole object is on.
    fn on_the_line(&self, last: usize, key: &str, value: &Value) -> String {
        // Written without a space behind the colon, the object has none behind its commas either.
        let written = self.children.get(last).map(ToString::to_string).unwrap_or_default();
        let spaced = written.split_once("\":").is_none_or(|(_, value)| value.starts_with(' '));
        let space = if spaced { " " } else { "" };
        let property = format!("{}:{space}{}", Value::from(key), on_one_line(value, space));
        match self.comma(last) {
            Some(comma) => self.with(self.end_of(comma), &format!("{space}{property},")),
            None => self.with(self.end_of(last), &format!(",{space}{property}")),
        }
    }

    /// On a line of its own below the last property and the comments that share its line.
    fn on_a_new_line(&self, layout: &Layout, last: usize, key: &str, value: &Value) -> String {
        let comma = self.comma(last);
        let from = comma.unwrap_or(last);
        let rest = self.children.iter().enumerate().skip(from + 1);
        let line = rest.take_while(|(_, node)| node.is_whitespace() || node.is_comment());
        let behind = line.filter(|(_, node)| node.is_comment()).last().map_or(from, |(at, _)| at);

        let indent = self.indent(layout);
        let property = layout.property(key, value, &indent);
        let newline = layout.newline;
        let (end, behind) = (self.end_of(last), self.end_of(behind));
        let between = self.text.get(end..behind).unwrap_or_default();
        let (head, tail) = (self.text.get(..end).unwrap_or_default(), self.text.get(behind..));
        let tail = tail.unwrap_or_default();
        match comma {
            Some(_) => format!("{head}{between}{newline}{indent}{property},{tail}"),
            None => format!("{head},{between}{newline}{indent}{property}{tail}"),
        }
    }

    /// Into an object that holds nothing, or nothing but comments.
    fn first(&self, layout: &Layout, key: &str, value: &Value) -> String {
        let line = self.text.get(..self.start).unwrap_or_default();
        let line = &line[line.rfind('\n').map_or(0, |newline| newline + 1)..];
        let outer = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let newline = layout.newline;

        let close = self.children.len().saturating_sub(1);
        let comment = self.children.iter().rposition(CstNode::is_comment);
        let indent = match comment {
            Some(_) if self.children.iter().any(CstNode::is_newline) => self.indent(layout),
            _ => format!("{outer}{}", layout.unit),
        };
        let property = layout.property(key, value, &indent);
        let Some(comment) = comment else {
            // Whatever white space fills the braces sets nothing off.
            let head = self.text.get(..self.end_of(0)).unwrap_or_default();
            let tail = self.text.get(self.end_of(close) - 1..).unwrap_or_default();
            return format!("{head}{newline}{indent}{property}{newline}{outer}{tail}");
        };
        if self.children.iter().skip(comment).any(CstNode::is_newline) {
            return self.with(self.end_of(comment), &format!("{newline}{indent}{property}"));
        }
        let inserted = format!("{newline}{indent}{property}{newline}{outer}");
        self.with(self.end_of(close) - 1, &inserted)
    }

    /// The comma behind the last property, when there is one.
    fn comma(&self, last: usize) -> Option<usize> {
        self.children.iter().skip(last).position(CstNode::is_comma).map(|after| last + after)
    }

    /// The byte behind the child of that index.
    fn end_of(&self, index: usize) -> usize {
        let children = self.children.iter().take(index + 1);
        self.start + children.map(|node| node.to_string().len()).sum::<usize>()
    }

    /// What the lines of this object begin with: as its last line with a property or comment does,
    /// or one step more than the line of its closing brace.
    fn indent(&self, layout: &Layout) -> String {
        let mut closing = String::new();
        for (at, node) in self.children.iter().enumerate().rev() {
            let own = at.checked_sub(1).and_then(|before| self.children.get(before));
            let first = match (own, at.checked_sub(2).and_then(|before| self.children.get(before)))
            {
                (Some(own), _) if own.is_newline() => Some(String::new()),
                (Some(own), Some(before)) if own.is_whitespace() && before.is_newline() => {
                    Some(own.to_string())
                }
                _ => None,
            };
            let Some(first) = first else { continue };
            if node.is_comment() || matches!(node, CstNode::Container(_)) {
                return first;
            }
            if node.token_char() == Some('}') {
                closing = first;
            }
        }
        closing + &layout.unit
    }

    fn with(&self, at: usize, inserted: &str) -> String {
        let (head, tail) = (self.text.get(..at), self.text.get(at..));
        [head.unwrap_or_default(), inserted, tail.unwrap_or_default()].concat()
    }
}

/// How a file is laid out.
struct Layout {
    newline: &'static str,
    unit: String,
    /// Whether the object ends with a comma, as JSON with comments may.
    trailing: bool,
}

impl Layout {
    fn property(&self, key: &str, value: &Value, indent: &str) -> String {
        format!("{}: {}", Value::from(key), self.value(value, indent))
    }

    /// Objects over several lines, lists on one.
    fn value(&self, value: &Value, indent: &str) -> String {
        let Some(properties) = value.as_object().filter(|properties| !properties.is_empty()) else {
            return on_one_line(value, " ");
        };
        let inner = format!("{indent}{}", self.unit);
        let lines: Vec<_> =
            properties.iter().map(|(key, value)| self.property(key, value, &inner)).collect();
        let newline = self.newline;
        let end = if self.trailing { "," } else { "" };
        let body = lines.join(&format!(",{newline}{inner}"));
        format!("{{{newline}{inner}{body}{end}{newline}{indent}}}")
    }
}

/// A value without a line end, with `space` behind its commas and colons.
pub(super) fn on_one_line(value: &Value, space: &str) -> String {
    let comma = format!(",{space}");
    match value {
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(|value| on_one_line(value, space)).collect();
            format!("[{}]", values.join(&comma))
        }
        Value::Object(values) => {
            let property = |(key, value): (&String, &Value)| {
                format!("{}:{space}{}", Value::from(key.as_str()), on_one_line(value, space))
            };
            let values: Vec<_> = values.iter().map(property).collect();
            format!("{{{}}}", values.join(&comma))
        }
        simple => simple.to_string(),
    }
}

/// How the file's first line ends.
fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The byte at which the object at `path` starts.
fn start_of(text: &str, path: &[&str]) -> Option<usize> {
    let tree = parse_to_ast(text, &CollectOptions::default(), &OPTIONS).ok()?;
    Some(descend(tree.value.as_ref()?.as_object()?, path)?.range.start)
}
