//! What a window shows and where it may go.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tauri::Url;
use tokio::sync::watch;

/// What the bundled page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Situation {
    /// No project yet.
    Welcome { recent: Vec<RecentProject> },
    /// The project's server starts.
    Starting { path: String, tries: usize },
    /// Safe mode.
    Stopped { path: String, reason: String, log: Vec<String> },
}

/// A line in the list of recent projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecentProject {
    pub name: String,
    pub path: String,
}

/// A situation with its number, so that a page can ask for the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Numbered {
    pub seq: u64,
    pub situation: Situation,
}

/// The rules of one window.
#[derive(Debug)]
pub struct Page {
    situation: watch::Sender<Numbered>,
    place: Mutex<Place>,
}

/// Which page belongs into the window now.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Bundled,
    Board(Url),
}

/// What is done about a navigation that the page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It stays within the page that belongs here.
    Go,
    /// The system's browser or mail program opens it.
    OpenOutside,
    /// Nothing happens.
    Refuse,
}

impl Page {
    /// A window with the bundled page in it.
    pub fn new(situation: Situation) -> Self {
        Self {
            situation: watch::Sender::new(Numbered { seq: 1, situation }),
            place: Mutex::new(Place::Bundled),
        }
    }

    /// Makes the bundled page the one that belongs here; true when it wasn't.
    pub fn put_bundled(&self, situation: Situation) -> bool {
        self.situation.send_modify(|numbered| {
            *numbered = Numbered { seq: numbered.seq + 1, situation };
        });
        std::mem::replace(&mut *self.place(), Place::Bundled) != Place::Bundled
    }

    /// Makes the board at `url` the page that belongs here.
    pub fn put_board(&self, url: Url) {
        *self.place() = Place::Board(url);
    }

    /// The board's address without its code, if the board is here.
    pub fn board(&self) -> Option<Url> {
        match &*self.place() {
            Place::Bundled => None,
            Place::Board(url) => {
                let mut url = url.clone();
                url.set_fragment(None);
                Some(url)
            }
        }
    }

    /// The situation as soon as it isn't the one numbered `seen` any more.
    pub async fn situation_after(&self, seen: u64) -> Option<Numbered> {
        let mut situation = self.situation.subscribe();
        let found = situation.wait_for(|numbered| numbered.seq != seen).await;
        found.ok().map(|numbered| numbered.clone())
    }

    /// Whether the page may go to `url`.
    pub fn judge(&self, url: &Url) -> Verdict {
        let stays = match &*self.place() {
            Place::Bundled => is_bundled(url),
            // A blob has its maker's origin, and so does a download of one.
            Place::Board(board) => url.origin() == board.origin(),
        };
        match url.scheme() {
            _ if stays => Verdict::Go,
            "http" | "https" | "mailto" => Verdict::OpenOutside,
            _ => Verdict::Refuse,
        }
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_bundled(url: &Url) -> bool {
    // Windows and Android know no schemes of one's own.
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn starting(tries: usize) -> Situation {
        Situation::Starting { path: "/p".to_owned(), tries }
    }

    #[test]
    fn the_board_goes_nowhere_but_within_itself() -> Outcome {
        let page = Page::new(starting(0));
        page.put_board("http://127.0.0.1:3456/#code=1".parse()?);
        for (url, verdict) in [
            ("http://127.0.0.1:3456/", Verdict::Go),
            ("http://127.0.0.1:3456/#/board?task=T1", Verdict::Go),
            ("blob:http://127.0.0.1:3456/4f0c", Verdict::Go),
            ("http://127.0.0.1:3457/", Verdict::OpenOutside),
            ("http://localhost:3456/", Verdict::OpenOutside),
            ("https://127.0.0.1:3456/", Verdict::OpenOutside),
            ("https://example.org/pr/7", Verdict::OpenOutside),
            ("mailto:someone@example.org", Verdict::OpenOutside),
            ("tauri://localhost/index.html", Verdict::Refuse),
            ("file:///etc/passwd", Verdict::Refuse),
            ("javascript:alert(1)", Verdict::Refuse),
            ("data:text/html,hi", Verdict::Refuse),
            ("about:blank", Verdict::Refuse),
            ("vscode://file/x", Verdict::Refuse),
            ("blob:https://example.org/4f0c", Verdict::Refuse),
        ] {
            assert_eq!(page.judge(&url.parse()?), verdict, "{url}");
        }
        Ok(())
    }

    #[test]
    fn the_bundled_page_stays_until_the_shell_puts_the_board() -> Outcome {
        let page = Page::new(starting(0));
        let board: Url = "http://127.0.0.1:3456/#code=1".parse()?;
        let bundled: Url = "tauri://localhost/index.html".parse()?;
        assert_eq!(page.judge(&bundled), Verdict::Go);
        assert_ne!(page.judge(&board), Verdict::Go);
        assert_eq!(page.board(), None);
        page.put_board(board.clone());
        assert_eq!(page.judge(&board), Verdict::Go);
        assert_eq!(page.board(), Some("http://127.0.0.1:3456/".parse()?));
        assert!(page.put_bundled(starting(1)));
        assert!(!page.put_bundled(starting(2)));
        assert_eq!(page.judge(&bundled), Verdict::Go);
        Ok(())
    }

    #[tokio::test]
    async fn a_page_learns_each_change_and_waits_for_the_next() -> Outcome {
        let page = Page::new(starting(0));
        let first = page.situation_after(0).await.ok_or("none")?;
        assert_eq!(first.situation, starting(0));
        let (second, _) =
            tokio::join!(page.situation_after(first.seq), async { page.put_bundled(starting(1)) });
        assert_eq!(second.ok_or("none")?.situation, starting(1));
        // A page that was loaded anew knows nothing and is told at once.
        let again = page.situation_after(0).await.ok_or("none")?;
        assert_eq!(again.situation, starting(1));
        Ok(())
    }
}
