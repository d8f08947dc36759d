use std::path::Path;
use std::time::Duration;

use similar::TextDiff;

/// Working out a nicer difference of two huge files is worth no more than this.
const PATIENCE: Duration = Duration::from_secs(1);

/// The unified difference between two versions of a file, empty when there is none. `None` is a
/// file that does not exist. Keys are masked: the text is shown and logged.
pub(super) fn unified(path: &Path, before: Option<&str>, after: Option<&str>) -> String {
    if before == after {
        return String::new();
    }
    let name = |text: Option<&str>| match text {
        Some(_) => path.display().to_string(),
        None => "/dev/null".to_owned(),
    };
    let (old, new) = (name(before), name(after));
    let [before, after] = [before, after].map(|text| mask(text.unwrap_or_default()));
    let difference = TextDiff::configure().timeout(PATIENCE).diff_lines(&before, &after);
    difference.unified_diff().context_radius(3).header(&old, &new).to_string().replace('\r', "")
}

/// Colours for a terminal.
#[must_use]
pub fn coloured(diff: &str) -> String {
    diff.lines()
        .map(|line| {
            let colour = match line.as_bytes().first() {
                _ if line.starts_with("---") || line.starts_with("+++") => "1",
                Some(b'+') => "32",
                Some(b'-') => "31",
                Some(b'@') => "36",
                _ => return format!("{line}\n"),
            };
            format!("\x1b[{colour}m{line}\x1b[0m\n")
        })
        .collect()
}

/// Every key in a text with its secret part blotted out.
pub(super) fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("mp_") {
        let (head, key) = rest.split_at(start);
        let end = key
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
            .unwrap_or(key.len());
        out.push_str(head);
        // `mp_<id>_<43 characters>`: anything as long as that may be one.
        out.push_str(if end > 40 { "mp_…" } else { &key[..end] });
        rest = &key[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_shows() {
        let key = format!("mp_a1b2c3_{}", "x".repeat(43));
        let text = format!("{{\"Authorization\": \"Bearer {key}\", \"cmd\": \"mp_tool\"}}");
        assert_eq!(mask(&text), "{\"Authorization\": \"Bearer mp_…\", \"cmd\": \"mp_tool\"}");
        let diff = unified(Path::new("f"), None, Some(&text));
        assert!(!diff.contains(&key), "{diff}");
    }

    #[test]
    fn only_lines_of_the_difference_are_coloured() {
        assert_eq!(
            coloured("@@ x\n a\n-b\n+c\n"),
            "\x1b[36m@@ x\x1b[0m\n a\n\x1b[31m-b\x1b[0m\n\x1b[32m+c\x1b[0m\n"
        );
    }
}
