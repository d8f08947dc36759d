//! As much of a board as the tray and the notifications need, kept from its events.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

/// How many unfinished tasks stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub in_progress: usize,
    pub in_review: usize,
    pub blocked: usize,
}

/// A task that waits for the person's review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub id: String,
    pub title: String,
}

/// The unfinished tasks of one board.
#[derive(Debug, Default)]
pub struct Board {
    tasks: HashMap<String, Status>,
    /// False until the first snapshot, whose reviews are no news.
    known: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    InProgress,
    InReview,
    Blocked,
    /// Nothing that is counted here.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Task {
    id: String,
    title: String,
    status: Status,
}

#[derive(Deserialize)]
struct Snapshot {
    tasks: Vec<Task>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    entity: Option<String>,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct TaskChange {
    task: Task,
}

/// What an event asks of its reader.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// These tasks have newly come to wait for a review.
    Reviews(Vec<Review>),
    /// The stream lost its place; ask for a snapshot again.
    StartOver,
}

impl Board {
    /// Takes in one event of the stream by its name and data.
    ///
    /// # Errors
    /// When the data is not what the name promises.
    pub fn take(&mut self, name: &str, data: &str) -> serde_json::Result<News> {
        match name {
            "snapshot" => {
                let snapshot: Snapshot = serde_json::from_str(data)?;
                Ok(News::Reviews(self.replace(snapshot)))
            }
            "task.created" | "task.updated" => {
                let event: Event = serde_json::from_str(data)?;
                let change: TaskChange = serde_json::from_value(event.data)?;
                Ok(News::Reviews(self.put(change.task).into_iter().collect()))
            }
            "task.deleted" => {
                let event: Event = serde_json::from_str(data)?;
                if let Some(id) = event.entity {
                    self.tasks.remove(&id);
                }
                Ok(News::Reviews(Vec::new()))
            }
            "gap" | "reset" => Ok(News::StartOver),
            _ => Ok(News::Reviews(Vec::new())),
        }
    }

    /// How many tasks stand where now.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for status in self.tasks.values() {
            match status {
                Status::InProgress => counts.in_progress += 1,
                Status::InReview => counts.in_review += 1,
                Status::Blocked => counts.blocked += 1,
                Status::Other => {}
            }
        }
        counts
    }

    fn replace(&mut self, snapshot: Snapshot) -> Vec<Review> {
        let before = std::mem::take(&mut self.tasks);
        let was_known = std::mem::replace(&mut self.known, true);
        let mut reviews = Vec::new();
        for task in snapshot.tasks {
            let is_news = was_known && before.get(&task.id) != Some(&Status::InReview);
            let review = self.put(task);
            reviews.extend(review.filter(|_| is_news));
        }
        reviews
    }

    fn put(&mut self, task: Task) -> Option<Review> {
        let before = match task.status {
            Status::Other => self.tasks.remove(&task.id),
            status => self.tasks.insert(task.id.clone(), status),
        };
        let entered = task.status == Status::InReview && before != Some(Status::InReview);
        entered.then_some(Review { id: task.id, title: task.title })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot(tasks: &[(&str, &str)]) -> String {
        let tasks: Vec<_> = tasks
            .iter()
            .map(|(id, status)| json!({"id": id, "title": format!("Do {id}"), "status": status}))
            .collect();
        json!({"seq": 1, "tasks": tasks, "counts": {"todo": 1}}).to_string()
    }

    fn updated(id: &str, status: &str) -> String {
        let task = json!({"id": id, "title": format!("Do {id}"), "status": status});
        json!({"seq": 2, "entity": id, "data": {"task": task, "change": "edited"}}).to_string()
    }

    fn reviews(ids: &[&str]) -> News {
        let review = |&id: &&str| Review { id: id.to_owned(), title: format!("Do {id}") };
        News::Reviews(ids.iter().map(review).collect())
    }

    #[test]
    fn a_task_is_news_once_each_time_it_comes_to_review() -> serde_json::Result<()> {
        let mut board = Board::default();
        let first = snapshot(&[("T1", "in_review"), ("T2", "in_progress"), ("T3", "todo")]);
        assert_eq!(board.take("snapshot", &first)?, reviews(&[]));
        assert_eq!(board.take("task.updated", &updated("T2", "in_review"))?, reviews(&["T2"]));
        // A comment on it, say.
        assert_eq!(board.take("task.updated", &updated("T2", "in_review"))?, reviews(&[]));
        assert_eq!(board.take("task.updated", &updated("T2", "todo"))?, reviews(&[]));
        assert_eq!(board.take("task.updated", &updated("T2", "in_review"))?, reviews(&["T2"]));
        assert_eq!(board.take("task.created", &updated("T4", "in_review"))?, reviews(&["T4"]));
        Ok(())
    }

    #[test]
    fn what_came_to_review_while_nobody_listened_is_news_too() -> serde_json::Result<()> {
        let mut board = Board::default();
        board.take("snapshot", &snapshot(&[("T1", "in_review"), ("T2", "in_progress")]))?;
        let later = snapshot(&[("T1", "in_review"), ("T2", "in_review"), ("T5", "in_review")]);
        assert_eq!(board.take("snapshot", &later)?, reviews(&["T2", "T5"]));
        assert_eq!(board.take("snapshot", &later)?, reviews(&[]));
        Ok(())
    }

    #[test]
    fn the_counts_follow_every_change() -> serde_json::Result<()> {
        let mut board = Board::default();
        let first =
            snapshot(&[("T1", "in_progress"), ("T2", "blocked"), ("T3", "done"), ("T4", "todo")]);
        board.take("snapshot", &first)?;
        let at_first = Counts { in_progress: 1, in_review: 0, blocked: 1 };
        assert_eq!(board.counts(), at_first);
        board.take("task.updated", &updated("T1", "in_review"))?;
        board.take("task.updated", &updated("T2", "in_progress"))?;
        assert_eq!(board.counts(), Counts { in_progress: 1, in_review: 1, blocked: 0 });
        board.take("task.updated", &updated("T1", "done"))?;
        board.take("task.deleted", r#"{"entity":"T2","data":{}}"#)?;
        assert_eq!(board.counts(), Counts::default());
        Ok(())
    }

    #[test]
    fn a_lost_place_starts_over_and_other_events_pass_by() -> serde_json::Result<()> {
        let mut board = Board::default();
        assert_eq!(board.take("gap", "{}")?, News::StartOver);
        assert_eq!(board.take("reset", "{}")?, News::StartOver);
        assert_eq!(board.take("chat.message", "not read")?, reviews(&[]));
        assert!(board.take("snapshot", "{}").is_err());
        Ok(())
    }
}
