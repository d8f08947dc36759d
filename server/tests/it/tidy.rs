//! Rules about the sources themselves: what may depend on what, where SQL stands, and how long a file may be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::golden::root;

/// The most lines of a file.
const LINES: usize = 500;

/// The modules of the server, and which others each may name. `crate::a` in a module that does not list `a` fails.
///
/// The line is `model ← store ← ops ← api ← transport ← main`, with two notes. `api` is two things at once: what an
/// operation is (the traits, which `ops` implements and so names) and what the list of them can do (which needs `access`
/// and `store`, and never `ops`). And `access`, who may do what, stands beside `api`, since every call asks it first.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("limits", &[]),
    ("model", &["limits"]),
    ("error", &[]),
    ("env", &["model"]),
    ("store", &["model", "limits", "error", "env"]),
    ("access", &["api", "store", "model", "limits", "error", "env"]),
    ("api", &["access", "store", "model", "limits", "error", "env"]),
    ("ops", &["api", "store", "model", "limits", "error", "env"]),
    (
        "transport",
        &[
            "ops", "api", "access", "store", "model", "limits", "error", "env", "client",
            "clients", "demo", "wire",
        ],
    ),
    ("clients", &["error", "wire"]),
];

/// Modules that put the others together; nothing is below them, so they may name anything.
const TOP: &[&str] =
    &["main", "lib", "serve", "cli", "background", "client", "config", "lifeline", "demo", "wire"];

/// What a module may not use of other crates.
const MAY_NOT_USE: &[(&str, &[&str])] = &[
    ("model", &["http", "axum", "tokio", "rusqlite", "r2d2", "rmcp", "hyper", "reqwest"]),
    ("store", &["http", "axum", "rmcp", "hyper", "reqwest"]),
    ("ops", &["axum", "tokio", "rusqlite", "r2d2", "rmcp", "hyper", "reqwest"]),
    ("api", &["axum", "rusqlite", "rmcp", "hyper", "reqwest"]),
    ("access", &["http", "axum", "rusqlite", "rmcp", "hyper", "reqwest"]),
    ("transport", &["rusqlite", "r2d2"]),
];

struct Source {
    /// Its path below `src`.
    path: PathBuf,
    /// The module at the top that it belongs to.
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                walk(&entry, found);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                found.push(entry);
            }
        }
    }
    let top = root().join("server/src");
    let mut found = Vec::new();
    walk(&top, &mut found);
    assert!(found.len() > 50, "the sources are not where they were");
    found
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(&top).unwrap().to_owned();
            let first =
                path.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
            let module = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
            Source { text: std::fs::read_to_string(&file).unwrap(), path, module }
        })
        .collect()
}

impl Source {
    /// Lines of code outside comments and outside the file's own tests, which may put anything together.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let test_file = self
            .path
            .components()
            .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
        let lines =
            self.text.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]");
        lines
            .filter(move |_| !test_file)
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(number, line)| (number + 1, line))
    }
}

/// The words that follow `start` in a line: `crate::store` and `crate::ops` in `use crate::{store::Tx, ops};`.
fn named_after<'a>(line: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(start).flat_map(move |(at, _)| {
        let rest = &line[at + start.len()..];
        let group = rest.strip_prefix('{').map(|group| group.split('}').next().unwrap_or(group));
        let words: Vec<&str> = match group {
            Some(group) => group.split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        words
            .into_iter()
            .map(|word| {
                word.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()
            })
            .collect::<Vec<_>>()
    })
}

#[test]
fn this_test_reads_what_a_line_names() {
    let named = |line| named_after(line, "crate::").collect::<Vec<_>>();
    assert_eq!(named("use crate::store::Tx;"), ["store"]);
    assert_eq!(named("use crate::{store::Tx, ops};"), ["store", "ops"]);
    assert_eq!(
        named("fn f(tx: &crate::store::Tx) -> crate::error::Result<()> {"),
        ["store", "error"]
    );
    assert_eq!(named("let x = 1;"), [""; 0]);
}

#[test]
fn modules_depend_on_each_other_in_one_direction() {
    let rules: BTreeMap<&str, &[&str]> = MAY_NAME.iter().copied().collect();
    let mut violations = Vec::new();
    for source in sources() {
        let Some(allowed) = rules.get(source.module.as_str()) else {
            assert!(
                TOP.contains(&source.module.as_str()),
                "{}: its module has no place in the order of modules",
                source.path.display()
            );
            continue;
        };
        for (number, line) in source.code() {
            if line.trim_end().ends_with("crate::{") {
                violations.push(format!(
                    "{}:{number}: name one module a line, so that this test can read it",
                    source.path.display()
                ));
            }
            for named in named_after(line, "crate::") {
                let ours = rules.contains_key(named) || TOP.contains(&named);
                if ours && named != source.module && !allowed.contains(&named) {
                    violations.push(format!(
                        "{}:{number}: {} may not name {named}",
                        source.path.display(),
                        source.module
                    ));
                }
            }
        }
    }
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn each_module_uses_only_the_crates_of_its_layer() {
    let mut violations = Vec::new();
    for source in sources() {
        let Some((_, forbidden)) = MAY_NOT_USE.iter().find(|(module, _)| *module == source.module)
        else {
            continue;
        };
        for (number, line) in source.code() {
            for name in forbidden.iter() {
                let path = format!("{name}::");
                let used = line.match_indices(&path).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                });
                if used {
                    violations.push(format!(
                        "{}:{number}: {} may not use {name}",
                        source.path.display(),
                        source.module
                    ));
                }
            }
            // What an operation is says its method, and nothing else of HTTP.
            if source.module == "ops" && named_after(line, "http::").any(|named| named != "Method")
            {
                violations.push(format!(
                    "{}:{number}: of HTTP, operations know methods alone",
                    source.path.display()
                ));
            }
        }
    }
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn sql_stands_in_the_store_alone() {
    let statements = [
        "SELECT ",
        "INSERT INTO ",
        "INSERT OR ",
        "DELETE FROM ",
        "UPDATE tasks",
        "CREATE TABLE ",
        "PRAGMA ",
        "BEGIN IMMEDIATE",
        "SAVEPOINT ",
    ];
    let mut violations = Vec::new();
    for source in sources().iter().filter(|source| source.module != "store") {
        for (number, line) in source.code() {
            if let Some(found) = statements.iter().find(|statement| line.contains(*statement)) {
                violations
                    .push(format!("{}:{number}: `{found}` outside store", source.path.display()));
            }
        }
    }
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn no_file_is_too_long_and_none_is_named_mod() {
    let mut violations = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > LINES {
            violations.push(format!(
                "{}: {lines} lines; at most {LINES} are allowed",
                source.path.display()
            ));
        }
        if source.path.file_name().is_some_and(|name| name == "mod.rs") {
            violations.push(format!(
                "{}: a module and its folder share a name here",
                source.path.display()
            ));
        }
    }
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn nothing_is_left_for_later_without_a_trace() {
    let mut violations = Vec::new();
    for source in sources() {
        for (number, line) in source.text.lines().enumerate() {
            if ["TODO", "FIXME", "XXX", "HACK"].iter().any(|word| line.contains(word)) {
                violations.push(format!(
                    "{}:{}: {}",
                    source.path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}
