//! Many concepts at once: each is a problem of its own, so they are shared out to threads.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    model::{Fault, History, Outcome, Rules, Snapshot},
    run::release,
};

/// Releases of many measures and concepts, in the order of the questions, on so many threads.
///
/// # Errors
/// The first [`Fault`] in the order of the questions, with its place.
pub fn releases(
    rules: &Rules,
    questions: &[(Snapshot, &History)],
    threads: usize,
) -> Result<Vec<Outcome>, (usize, Fault)> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Outcome, Fault>)>> = Mutex::new(Vec::with_capacity(questions.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some((at, (snapshot, history))) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, questions.get(at)?)))
                {
                    let outcome = release(rules, snapshot, history);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(at, outcome)| outcome.map_err(|fault| (at, fault))).collect()
}
