use serde::{Deserialize, Serialize};

/// One contiguous change of a text, enough to take it back: at byte `at`, `removed` became
/// `inserted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Splice {
    at: usize,
    removed: String,
    inserted: String,
}

impl Splice {
    /// The smallest single change that makes `after` out of `before`.
    pub(super) fn between(before: &str, after: &str) -> Self {
        let mut start = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
        // A shared prefix may end inside a character whose last bytes differ.
        while !(before.is_char_boundary(start) && after.is_char_boundary(start)) {
            start -= 1;
        }
        let (left, right) = (&before[start..], &after[start..]);
        let mut tail =
            left.bytes().rev().zip(right.bytes().rev()).take_while(|(a, b)| a == b).count();
        while !(left.is_char_boundary(left.len() - tail)
            && right.is_char_boundary(right.len() - tail))
        {
            tail -= 1;
        }
        Self {
            at: start,
            removed: left[..left.len() - tail].to_owned(),
            inserted: right[..right.len() - tail].to_owned(),
        }
    }

    /// The text before the change, when `after` is exactly the text after it.
    pub(super) fn undo(&self, after: &str) -> Option<String> {
        let head = after.get(..self.at)?;
        let tail = after.get(self.at..)?.strip_prefix(self.inserted.as_str())?;
        Some([head, &self.removed, tail].concat())
    }

    /// The change taken back in a text that was edited elsewhere since: only when what was
    /// inserted still stands there word for word, and only once.
    pub(super) fn undo_elsewhere(&self, text: &str) -> Option<String> {
        if self.inserted.trim().is_empty() {
            return None;
        }
        let mut places = text.match_indices(self.inserted.as_str());
        let (at, _) = places.next()?;
        if places.next().is_some() {
            return None;
        }
        Some([&text[..at], &self.removed, &text[at + self.inserted.len()..]].concat())
    }

    /// The same change with every line end it inserts turned into `\r\n`, applied to a text whose
    /// lines end so. `self` was worked out on that text with its `\r\n` turned into `\n`.
    pub(super) fn apply_to_crlf(&self, text: &str) -> String {
        let mut offset = Offsets { text: text.as_bytes(), at: 0, without: 0 };
        let start = offset.seek(self.at);
        let end = offset.seek(self.at + self.removed.len());
        [&text[..start], &self.inserted.replace('\n', "\r\n"), &text[end..]].concat()
    }
}

/// Walks a text and counts what is left of it without the `\r` of its line ends.
struct Offsets<'a> {
    text: &'a [u8],
    at: usize,
    without: usize,
}

impl Offsets<'_> {
    fn seek(&mut self, wanted: usize) -> usize {
        while self.without < wanted && self.at < self.text.len() {
            if !self.text[self.at..].starts_with(b"\r\n") {
                self.without += 1;
            }
            self.at += 1;
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_change_can_be_taken_back(before in "[aé€\n{}]{0,12}", after in "[aé€\n{}]{0,12}") {
            let splice = Splice::between(&before, &after);
            prop_assert_eq!(splice.undo(&after), Some(before));
        }

        #[test]
        fn a_change_of_unix_lines_fits_the_same_text_with_windows_lines(
            before in "[aé\n]{0,12}", after in "[aé\n]{0,12}"
        ) {
            let splice = Splice::between(&before, &after);
            let windows = splice.apply_to_crlf(&before.replace('\n', "\r\n"));
            prop_assert_eq!(windows, after.replace('\n', "\r\n"));
        }
    }

    #[test]
    fn a_change_is_found_again_after_an_edit_before_it() {
        let splice = Splice::between("{}", "{\"ours\": 1}");
        assert_eq!(splice.undo("// new\n{\"ours\": 1}"), None);
        assert_eq!(splice.undo_elsewhere("// new\n{\"ours\": 1}"), Some("// new\n{}".to_owned()));
        assert_eq!(splice.undo_elsewhere("{\"ours\": 2}"), None);
        assert_eq!(splice.undo_elsewhere("[{\"ours\": 1},{\"ours\": 1}]"), None);
    }
}
