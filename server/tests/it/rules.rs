//! What each thing that somebody does makes of the model, or why it is refused.

use std::collections::BTreeSet;

use meshpilot::error::Code;
use meshpilot::model::task::{Outcome, Status};

use super::model::{Lease, Lock, Model, Op, PERSON, REVIEWER, Task, overlap};

/// The board's settings.
const LEASE_SECONDS: i64 = 600;
const MAX_ATTEMPTS: u32 = 5;
const MAX_RELEASES: u32 = 3;

type Outcomes = Result<Option<usize>, Code>;

impl Model {
    /// Does it, and says which task the answer is about, or why it is refused.
    pub(crate) fn apply(&mut self, who: usize, op: &Op) -> Outcomes {
        match op {
            Op::Create { title, priority, files, review, deps } => {
                self.create(*title, *priority, files, *review, deps)
            }
            Op::Claim { task, seconds } => {
                self.get(*task).and_then(|task| self.claim(task, who, *seconds))
            }
            Op::ClaimNext => self.claim_next(who),
            Op::Heartbeat { task, note } => {
                let task = self.held(*task, who, note.then_some("note"))?;
                self.renew(task, None);
                Ok(Some(task))
            }
            Op::Complete { task, outcome } => {
                let task = self.held(*task, who, Some("result"))?;
                let review = self.tasks[task].review;
                self.complete(task, *outcome, review);
                Ok(Some(task))
            }
            Op::Release { task } => {
                let task = self.held(*task, who, Some("reason"))?;
                self.put_back(task, true);
                Ok(Some(task))
            }
            Op::Review { task, approve } => self.review(*task, who, *approve),
            Op::Move { task, to } => self.move_to(*task, *to),
            Op::Files { task, files } => self.files(*task, files),
            Op::Delete { task, force } => self.delete(*task, *force),
            Op::Restore { task } => {
                let found = self.tasks.get_mut(*task).ok_or(Code::NotFound)?;
                if found.deleted {
                    found.deleted = false;
                    found.version += 1;
                }
                Ok(Some(*task))
            }
            Op::Acquire { paths, shared, seconds } => self.acquire(who, paths, *shared, *seconds),
            Op::Renew => {
                let now = self.now;
                let mine = self
                    .locks
                    .iter_mut()
                    .filter(|lock| lock.agent == who && lock.task.is_none() && lock.until > now);
                mine.for_each(|lock| {
                    (lock.seconds, lock.until) = (LEASE_SECONDS, now + LEASE_SECONDS * 1_000)
                });
                Ok(None)
            }
            Op::ReleaseLocks => {
                let now = self.now;
                self.locks
                    .retain(|lock| lock.agent != who || lock.task.is_some() || lock.until <= now);
                Ok(None)
            }
            Op::Say => {
                self.said += 1;
                Ok(None)
            }
        }
    }

    fn get(&self, task: usize) -> Result<usize, Code> {
        self.tasks.get(task).filter(|task| !task.deleted).map(|_| task).ok_or(Code::NotFound)
    }

    fn create(
        &mut self,
        title: usize,
        priority: u8,
        files: &[&'static str],
        review: bool,
        deps: &[usize],
    ) -> Outcomes {
        let same = |task: &Task| task.title == title && !task.deleted && !task.status.is_finished();
        if let Some(standing) = self.tasks.iter().position(same) {
            return Ok(Some(standing));
        }
        for dep in deps {
            self.get(*dep)?;
        }
        self.tasks.push(Task {
            title,
            priority,
            files: files.to_vec(),
            review,
            deps: deps.to_vec(),
            status: Status::Todo,
            assigned: None,
            by_claim: false,
            lease: None,
            attempts: 0,
            releases: 0,
            needs_human: false,
            former: BTreeSet::new(),
            comments: BTreeSet::new(),
            rejections: 0,
            deleted: false,
            version: 1,
        });
        Ok(Some(self.tasks.len() - 1))
    }

    fn waits(&self, task: usize) -> bool {
        self.tasks[task].deps.iter().any(|dep| {
            let dep = &self.tasks[*dep];
            !dep.deleted && !matches!(dep.status, Status::Done | Status::Cancelled)
        })
    }

    /// A lock of a claim lives as long as its lease, which upkeep alone ends; any other as long as its time.
    fn in_the_way(&self, who: usize, paths: &[&'static str], shared: bool) -> bool {
        self.locks.iter().any(|lock| {
            lock.agent != who
                && (lock.task.is_some() || lock.until > self.now)
                && !(shared && lock.shared)
                && paths.iter().any(|path| overlap(path, lock.path))
        })
    }

    fn claim(&mut self, task: usize, who: usize, seconds: Option<i64>) -> Outcomes {
        let found = &self.tasks[task];
        if found.lease.as_ref().is_some_and(|lease| lease.agent == who) {
            self.renew(task, seconds);
            return Ok(Some(task));
        }
        let person = who == PERSON;
        let resumes = found.status == Status::Blocked && (person || found.assigned == Some(who));
        let others = !person && found.assigned.is_some_and(|agent| agent != who);
        if found.lease.is_some()
            || !(found.status == Status::Todo || resumes)
            || others
            || self.waits(task)
        {
            return Err(Code::TaskNotClaimable);
        }
        if self.in_the_way(who, &found.files, false) {
            return Err(Code::FilesLocked);
        }
        self.fence += 1;
        let (now, fence, seconds) = (self.now, self.fence, seconds.unwrap_or(LEASE_SECONDS));
        let until = now + seconds * 1_000;
        let found = &mut self.tasks[task];
        found.lease = Some(Lease { agent: who, until, seconds, fence });
        found.status = Status::InProgress;
        found.attempts += 1;
        found.former.insert(who);
        if found.assigned != Some(who) {
            found.by_claim = true;
            found.assigned = Some(who);
        }
        found.version += 1;
        let files = found.files.clone();
        if !files.is_empty() {
            self.end_locks();
        }
        for path in files {
            self.locks.push(Lock {
                agent: who,
                path,
                shared: false,
                task: Some(task),
                fence,
                seconds,
                until,
            });
        }
        Ok(Some(task))
    }

    fn claim_next(&mut self, who: usize) -> Outcomes {
        let mut ready: Vec<usize> = (0..self.tasks.len())
            .filter(|task| {
                let found = &self.tasks[*task];
                found.status == Status::Todo
                    && !found.deleted
                    && !found.needs_human
                    && !self.waits(*task)
                    && found.assigned.is_none_or(|agent| agent == who)
            })
            .collect();
        ready.sort_by_key(|task| (std::cmp::Reverse(self.tasks[*task].priority), *task));
        for task in ready {
            match self.claim(task, who, None) {
                Err(Code::FilesLocked) => {}
                outcome => return outcome,
            }
        }
        Ok(None)
    }

    fn renew(&mut self, task: usize, seconds: Option<i64>) {
        let now = self.now;
        let found = &mut self.tasks[task];
        found.version += 1;
        let Some(lease) = &mut found.lease else { return };
        lease.seconds = seconds.unwrap_or(lease.seconds);
        lease.until = now + lease.seconds * 1_000;
        let until = lease.until;
        self.locks
            .iter_mut()
            .filter(|lock| lock.task == Some(task))
            .for_each(|lock| lock.until = until);
    }

    /// The task if the caller holds it; the text of a former holder is kept as a comment, once.
    fn held(&mut self, task: usize, who: usize, text: Option<&'static str>) -> Result<usize, Code> {
        let task = self.get(task)?;
        let found = &mut self.tasks[task];
        if found.lease.as_ref().is_some_and(|lease| lease.agent == who) {
            return Ok(task);
        }
        if !found.former.contains(&who) {
            return Err(Code::Conflict);
        }
        if let Some(text) = text
            && found.comments.insert((who, text))
        {
            found.version += 1;
        }
        Err(Code::LeaseLost)
    }

    fn end(&mut self, task: usize, status: Status) {
        let found = &mut self.tasks[task];
        found.lease = None;
        found.status = status;
        found.version += 1;
        self.locks.retain(|lock| lock.task != Some(task));
    }

    fn complete(&mut self, task: usize, outcome: Outcome, review: bool) {
        let status = match outcome {
            Outcome::Success if review => Status::InReview,
            Outcome::Success | Outcome::Skipped => Status::Done,
            Outcome::Failed => Status::Failed,
            Outcome::Cancelled => Status::Cancelled,
        };
        self.tasks[task].needs_human |=
            status == Status::Failed && self.tasks[task].attempts >= MAX_ATTEMPTS;
        self.end(task, status);
    }

    fn put_back(&mut self, task: usize, released: bool) {
        let found = &mut self.tasks[task];
        if std::mem::take(&mut found.by_claim) {
            found.assigned = None;
        }
        if released {
            found.releases += 1;
            found.needs_human |= found.releases >= MAX_RELEASES;
        }
        found.needs_human |= found.attempts >= MAX_ATTEMPTS;
        self.end(task, Status::Todo);
    }

    fn review(&mut self, task: usize, who: usize, approve: bool) -> Outcomes {
        let task = self.get(task)?;
        let found = &mut self.tasks[task];
        if who != PERSON && (who != REVIEWER || found.assigned == Some(who)) {
            return Err(Code::Forbidden);
        }
        if found.status != Status::InReview {
            return Err(Code::InvalidTransition);
        }
        found.version += 1;
        if approve {
            found.status = Status::Done;
        } else {
            found.status = Status::Todo;
            found.rejections += 1;
            found.by_claim = found.assigned.is_some();
        }
        Ok(Some(task))
    }

    /// What the person's hand does to a card.
    fn move_to(&mut self, task: usize, to: Status) -> Outcomes {
        use Status::{Blocked, Cancelled, Done, Failed, InProgress, InReview, Todo};
        let task = self.get(task)?;
        let from = self.tasks[task].status;
        match (from, to) {
            (from, to) if from == to => {}
            (Todo | Blocked, InProgress) => return self.claim(task, PERSON, None),
            (InProgress, InReview) => self.complete(task, Outcome::Success, true),
            (InProgress, Done) => self.complete(task, Outcome::Success, false),
            (InProgress, Failed) => self.complete(task, Outcome::Failed, false),
            (InProgress, Todo) => self.put_back(task, false),
            (InReview, Done | Todo) => return self.review(task, PERSON, to == Done),
            (Todo | InProgress, Blocked) | (Blocked, Failed) => self.end(task, to),
            (Todo | InProgress | Blocked | InReview | Failed, Cancelled) => self.end(task, to),
            (Done | Cancelled | Failed | Blocked, Todo) => {
                let found = &mut self.tasks[task];
                found.status = Todo;
                found.needs_human = false;
                if std::mem::take(&mut found.by_claim) {
                    found.assigned = None;
                }
                found.version += 1;
            }
            _ => return Err(Code::InvalidTransition),
        }
        Ok(Some(task))
    }

    /// Other files: those of a held task are its holder's from the same moment, or the change is refused.
    fn files(&mut self, task: usize, files: &[&'static str]) -> Outcomes {
        let task = self.get(task)?;
        if self.tasks[task].files == files {
            return Ok(Some(task));
        }
        if let Some(lease) = self.tasks[task].lease.clone() {
            if self.in_the_way(lease.agent, files, false) {
                return Err(Code::FilesLocked);
            }
            self.locks.retain(|lock| lock.task != Some(task));
            self.end_locks();
            let Lease { agent, until, seconds, fence } = lease;
            let taken = files.iter().map(|path| Lock {
                agent,
                path,
                shared: false,
                task: Some(task),
                fence,
                seconds,
                until,
            });
            self.locks.extend(taken);
        }
        self.tasks[task].files = files.to_vec();
        self.tasks[task].version += 1;
        Ok(Some(task))
    }

    fn delete(&mut self, task: usize, force: bool) -> Outcomes {
        let task = self.get(task)?;
        if self.tasks[task].lease.is_some() {
            if !force {
                return Err(Code::Conflict);
            }
            self.put_back(task, false);
        }
        self.tasks[task].deleted = true;
        self.tasks[task].version += 1;
        Ok(Some(task))
    }

    fn acquire(
        &mut self,
        who: usize,
        paths: &[&'static str],
        shared: bool,
        seconds: i64,
    ) -> Outcomes {
        if self.in_the_way(who, paths, shared) {
            return Err(Code::FilesLocked);
        }
        self.fence += 1;
        let (now, fence) = (self.now, self.fence);
        let again = |lock: &Lock| {
            lock.agent == who
                && lock.task.is_none()
                && lock.shared == shared
                && lock.until > now
                && paths.contains(&lock.path)
        };
        self.locks.retain(|lock| !again(lock));
        self.end_locks();
        for path in paths {
            self.locks.push(Lock {
                agent: who,
                path,
                shared,
                task: None,
                fence,
                seconds,
                until: now + seconds * 1_000,
            });
        }
        Ok(None)
    }

    /// Ends what has run out.
    pub(crate) fn sweep(&mut self) {
        let now = self.now;
        for task in 0..self.tasks.len() {
            if self.tasks[task].lease.as_ref().is_some_and(|lease| lease.until <= now) {
                self.put_back(task, false);
            }
        }
        self.end_locks();
    }

    /// A lock whose time is over is gone before another is taken, or no restart could tell which of the two holds.
    fn end_locks(&mut self) {
        let now = self.now;
        self.locks.retain(|lock| lock.task.is_some() || lock.until > now);
    }

    /// Gives what is held its full time, as after a restart; a lock that has ended unseen too.
    pub(crate) fn grace(&mut self) {
        for task in 0..self.tasks.len() {
            if self.tasks[task].lease.is_some() {
                self.renew(task, None);
            }
        }
        let now = self.now;
        for lock in self.locks.iter_mut().filter(|lock| lock.task.is_none()) {
            lock.until = lock.until.max(now + lock.seconds * 1_000);
        }
    }
}
