//! Native notifications for what waits for the person, and what a click on one opens.

use tauri::{AppHandle, Manager};
use tauri_plugin_notification::{ActionPerformed, NotificationExt};

use crate::board::Review;
use crate::shell::Shell;
use crate::window;

/// What of a title goes into a notification, in characters.
const TITLE_LIMIT: usize = 160;
const WINDOW: &str = "window";
const TARGET: &str = "target";

/// Tells of tasks that have come to wait for a review: one by its title, several by their number.
pub fn reviews(app: &AppHandle, label: &str, project: &str, reviews: &[Review]) {
    let Some((text, body, target)) = words(project, reviews) else { return };
    let shown = app
        .notification()
        .builder()
        .title(text)
        .body(body)
        .extra(WINDOW, label)
        .extra(TARGET, target)
        .show();
    if let Err(refused) = shown {
        tracing::warn!(%refused, "no notification");
    }
}

/// Has clicks on notifications bring up their windows.
pub fn listen(app: &AppHandle) {
    let in_handler = app.clone();
    let listening = app.notification().on_action(move |performed| clicked(&in_handler, performed));
    if let Err(refused) = listening {
        tracing::warn!(%refused, "clicks on notifications are not heard");
    }
}

fn clicked(app: &AppHandle, performed: &ActionPerformed) {
    let Some(notification) = performed.notification() else { return };
    let text = |key| notification.extra().get(key).and_then(|value| value.as_str());
    let (Some(label), Some(target)) = (text(WINDOW), text(TARGET)) else { return };
    window::bring_up(app, label);
    let Some(mut board) = Shell::of(app).page(label).and_then(|page| page.board()) else {
        return;
    };
    board.set_fragment(Some(target));
    if let Some(window) = app.get_webview_window(label)
        && let Err(refused) = window.navigate(board)
    {
        tracing::warn!(%refused, "the item of a notification can't be opened");
    }
}

/// Heading, text, and the place on the board that a click opens.
fn words(project: &str, reviews: &[Review]) -> Option<(String, String, String)> {
    match reviews {
        [] => None,
        [review] => Some((
            format!("{} waits for your review", review.id),
            plain(&review.title),
            format!("/board?task={}", review.id),
        )),
        several => {
            let ids: Vec<&str> = several.iter().map(|review| review.id.as_str()).collect();
            Some((
                format!("{} tasks wait for your review", several.len()),
                format!("{}: {}", plain(project), ids.join(", ")),
                "/attention".to_owned(),
            ))
        }
    }
}

/// Agents write titles, and a notification's text may carry markup on Linux.
fn plain(text: &str) -> String {
    let mut shortened: String = text.chars().take(TITLE_LIMIT).collect();
    if shortened.len() < text.len() {
        shortened.push('…');
    }
    if cfg!(target_os = "linux") {
        shortened = shortened.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    }
    shortened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(id: &str, title: &str) -> Review {
        Review { id: id.to_owned(), title: title.to_owned() }
    }

    #[test]
    fn one_review_opens_itself_and_several_their_list() {
        let one = [review("T42", "Add cart")];
        assert_eq!(
            words("shop", &one),
            Some((
                "T42 waits for your review".to_owned(),
                "Add cart".to_owned(),
                "/board?task=T42".to_owned()
            ))
        );
        let two = [review("T42", "Add cart"), review("T7", "Fix it")];
        assert_eq!(
            words("shop", &two),
            Some((
                "2 tasks wait for your review".to_owned(),
                "shop: T42, T7".to_owned(),
                "/attention".to_owned()
            ))
        );
        assert_eq!(words("shop", &[]), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_agents_write_is_no_markup_and_not_long() {
        assert_eq!(plain("<b>a</b> & b"), "&lt;b&gt;a&lt;/b&gt; &amp; b");
        assert_eq!(plain(&"é".repeat(500)).chars().count(), TITLE_LIMIT + 1);
    }
}
