//! Reads of many objects by few calls, for services whose Describe operations take lists of names and list pages.
//!
//! Terraform refreshes ten objects at a time and says of none that it comes. What is asked for within a few milliseconds
//! is read by one call. If more is asked for, whole pages are listed ahead, as long as that saves calls; what they have is
//! kept for the reads of the same refresh, each object for one read, and until something is written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tfplug::value::Value;
use tokio::sync::oneshot;

use crate::aws::client::Regional;
use crate::aws::error::AwsError;
use crate::aws::operation::Operation;

/// How long a call waits for others to join it.
const COLLECT: Duration = Duration::from_millis(5);
/// How long a listed object may wait for its read: a refresh that takes longer lists again.
const FRESH: Duration = Duration::from_secs(60);
/// So many reads of a refresh are made by name before anything is listed: most states have few objects.
const FEW: usize = 10;
/// A page is listed for so many further reads: it has ten times as many objects as one call of ten reads.
const READS_PER_PAGE: usize = 3;
/// So many pages are listed on trust. Further ones only if those so far have saved a call each, for an account may have
/// many more objects than the state.
const TRUSTED: usize = 10;

/// How many objects are described by one call.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// The operation.
    pub operation: Operation,
    /// The member that takes the names.
    pub names: &'static str,
    /// The member that takes the number of objects on a page, and the most that AWS puts there; also the most names.
    pub page: (&'static str, usize),
    /// The member of the response that has the objects. It is what tells batches apart.
    pub within: &'static str,
    /// The member of an object that has its name.
    pub name: &'static str,
    /// Whether it is an index of what is known by other means: what a complete list lacks is not asked for by name, and who
    /// could not read it once does not try again: there are those other means.
    pub index: bool,
    /// Whether one object alone is read by it, too. Else by those other means, which are as quick then, need no further
    /// permission and are up to date.
    pub alone: bool,
}

impl Batch {
    fn input<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let mut input = Value::object(more);
        input.set_attribute(self.page.0, Value::from(i64::try_from(self.page.1).unwrap_or(i64::MAX)));
        input
    }

    /// The objects of a response, by their names.
    fn objects(&self, response: &Value) -> BTreeMap<String, Value> {
        let objects = response.attribute(self.within).as_elements().unwrap_or_default().iter();
        objects.filter_map(|o| Some((o.attribute(self.name).as_str()?.to_owned(), o.clone()))).collect()
    }
}

type Waiting = (String, oneshot::Sender<Option<Value>>);

/// The reads of one kind of object in a region.
#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// Whether a task serves those that wait.
    served: bool,
    /// Whether an index could not be read.
    failed: bool,
    refresh: Refresh,
}

/// What is known of the refresh that is under way.
#[derive(Debug, Default)]
struct Refresh {
    began: Option<Instant>,
    asked: BTreeSet<String>,
    saved: usize,
    pages: usize,
    listed: BTreeMap<String, Value>,
    next: Next,
}

#[derive(Clone, Debug, Default)]
enum Next {
    #[default]
    First,
    Page(Value),
    /// Everything was listed.
    All,
    /// Listing is not possible.
    Refused,
}

impl Refresh {
    /// Whether the next page is worth its call.
    fn pays(&self) -> bool {
        let wanted = self.asked.len().saturating_sub(FEW) / READS_PER_PAGE;
        !matches!(self.next, Next::All | Next::Refused) && self.pages < wanted.min(TRUSTED + self.saved / FEW)
    }

    /// What was listed of an object. None if it has to be asked for.
    fn take(&mut self, batch: &Batch, name: &str) -> Option<Option<Value>> {
        let listed = self.listed.remove(name);
        let known = listed.is_some() || (batch.index && matches!(self.next, Next::All));
        self.saved += usize::from(known);
        known.then_some(listed)
    }
}

/// The batched reads of a region.
#[derive(Debug, Default)]
pub struct Batches(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How often something was written.
    writes: u64,
    queues: BTreeMap<&'static str, Queue>,
}

impl Batches {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was listed, before and after something is written.
    pub fn forget(&self) {
        let mut state = self.lock();
        state.writes += 1;
        state.queues.values_mut().for_each(|queue| queue.refresh = Refresh::default());
    }
}

/// The description of an object; None if there is none of this name.
///
/// # Errors
/// What AWS responded to a call for this object alone.
pub async fn read(aws: &Arc<Regional>, batch: &'static Batch, name: &str) -> Result<Option<Value>, AwsError> {
    if let Some(found) = seek(aws, batch, name).await {
        return Ok(found);
    }
    // The call for many failed, maybe because of one of them: a policy may allow some names only.
    let names = (batch.names, Value::List(vec![Value::from(name)]));
    let response = (batch.operation.call)(aws, &batch.input([names])).await?;
    Ok(batch.objects(&response).remove(name))
}

/// The description of an object, by a call for many; `Some(None)` if there is none of this name, None if the call failed.
pub async fn seek(aws: &Arc<Regional>, batch: &'static Batch, name: &str) -> Option<Option<Value>> {
    let receiver = {
        let mut state = aws.batches().lock();
        let queue = state.queues.entry(batch.within).or_default();
        if queue.failed {
            return None;
        }
        let old = queue.refresh.began.is_some_and(|began| began.elapsed() > FRESH);
        // Who asks for an object again refreshes again.
        if old || queue.refresh.asked.contains(name) {
            queue.refresh = Refresh::default();
        }
        queue.refresh.began.get_or_insert_with(Instant::now);
        queue.refresh.asked.insert(name.to_owned());
        if let Some(found) = queue.refresh.take(batch, name) {
            return Some(found);
        }
        let (sender, receiver) = oneshot::channel();
        queue.waiting.push((name.to_owned(), sender));
        if !queue.served {
            queue.served = true;
            tokio::spawn(serve(aws.clone(), batch));
        }
        receiver
    };
    receiver.await.ok()
}

/// Serves those that wait until nobody does.
#[expect(clippy::disallowed_methods, reason = "it waits for milliseconds, and those that it serves have deadlines")]
async fn serve(aws: Arc<Regional>, batch: &'static Batch) {
    loop {
        tokio::time::sleep(COLLECT).await;
        let waiting = {
            let mut state = aws.batches().lock();
            let queue = state.queues.entry(batch.within).or_default();
            if queue.failed {
                queue.waiting.clear();
            }
            let all = queue.waiting.len().min(batch.page.1);
            queue.served = all > 0;
            queue.waiting.drain(..all).collect::<Vec<Waiting>>()
        };
        if waiting.is_empty() {
            return;
        }
        list_ahead(&aws, batch).await;
        by_name(&aws, batch, waiting).await;
    }
}

/// Lists as many pages as pay.
async fn list_ahead(aws: &Regional, batch: &Batch) {
    loop {
        let (writes, next) = {
            let state = aws.batches().lock();
            match state.queues.get(batch.within) {
                Some(queue) if queue.refresh.pays() => (state.writes, queue.refresh.next.clone()),
                _ => return,
            }
        };
        let input = match next {
            Next::Page(token) => batch.input([("next_token", token)]),
            _ => batch.input([]),
        };
        let response = (batch.operation.call)(aws, &input).await;
        let mut state = aws.batches().lock();
        if state.writes != writes {
            return;
        }
        let refresh = &mut state.queues.entry(batch.within).or_default().refresh;
        refresh.pages += 1;
        // Where listing is not allowed, names may be.
        let Ok(response) = response else {
            refresh.next = Next::Refused;
            return;
        };
        refresh.listed.extend(batch.objects(&response));
        refresh.next = match response.attribute("next_token") {
            Value::Null => Next::All,
            token => Next::Page(token.clone()),
        };
    }
}

/// Gives those that wait what was listed, and reads the others by their names. If that fails, they are not given anything.
async fn by_name(aws: &Regional, batch: &Batch, waiting: Vec<Waiting>) {
    let mut missing = Vec::new();
    {
        let mut state = aws.batches().lock();
        let refresh = &mut state.queues.entry(batch.within).or_default().refresh;
        for (name, sender) in waiting {
            match refresh.take(batch, &name) {
                // Who does not wait any more was interrupted.
                Some(found) => drop(sender.send(found)),
                None => missing.push((name, sender)),
            }
        }
    }
    if missing.is_empty() || (missing.len() == 1 && !batch.alone) {
        return;
    }
    let names: BTreeSet<&str> = missing.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.into_iter().map(Value::from).collect();
    let input = batch.input([(batch.names, Value::List(names))]);
    match (batch.operation.call)(aws, &input).await {
        Ok(response) => {
            let found = batch.objects(&response);
            for (name, sender) in missing {
                // Several may wait for the same object.
                drop(sender.send(found.get(&name).cloned()));
            }
        }
        Err(_) => aws.batches().lock().queues.entry(batch.within).or_default().failed = batch.index,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::client::{Aws, Settings};
    use crate::aws::operation::Calling;

    /// The calls of each test, which has a region of its own, and how many objects there are.
    static CALLS: Mutex<BTreeMap<String, (usize, Vec<Value>)>> = Mutex::new(BTreeMap::new());

    fn describe<'a>(aws: &'a Regional, input: &'a Value) -> Calling<'a> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let mut calls = CALLS.lock().unwrap();
            let (count, made) = calls.get_mut(aws.region()).unwrap();
            made.push(input.clone());
            let all = (0..*count).map(|i| format!("o{i:04}"));
            let object = |name: String| Value::object([("name", Value::from(name))]);
            let names = input.attribute("names").as_elements();
            if aws.region() == "failing" {
                return Err(AwsError::default());
            }
            if aws.region() == "denied" && names.is_none_or(|names| names.len() > 1) {
                return Err(AwsError::default());
            }
            if let Some(names) = names {
                let found = all.filter(|name| names.contains(&Value::from(name.as_str()))).map(object);
                return Ok(Value::object([("objects", Value::List(found.collect()))]));
            }
            let from: usize = input.attribute("next_token").as_str().map_or(0, |t| t.parse().unwrap());
            let page = all.skip(from).take(100).map(object).collect();
            let next = if from + 100 < *count { Value::from((from + 100).to_string()) } else { Value::Null };
            Ok(Value::object([("objects", Value::List(page)), ("next_token", next)]))
        })
    }

    static BATCH: Batch = Batch {
        operation: Operation {
            service: "Test",
            name: "DescribeObjects",
            token: None,
            call: describe,
            input: Default::default,
            output: Default::default,
        },
        names: "names",
        page: ("max_records", 100),
        within: "objects",
        name: "name",
        index: false,
        alone: true,
    };
    static INDEX: Batch = Batch { index: true, alone: false, ..BATCH };

    fn region(name: &str, count: usize) -> Arc<Regional> {
        CALLS.lock().unwrap().insert(name.to_owned(), (count, Vec::new()));
        Aws::new(Settings::local("http://localhost:1").unwrap()).region(Some(name))
    }

    fn calls(aws: &Regional) -> Vec<Value> {
        std::mem::take(&mut CALLS.lock().unwrap().get_mut(aws.region()).unwrap().1)
    }

    /// Reads objects as Terraform does, ten at a time.
    async fn refresh(aws: &Arc<Regional>, objects: impl IntoIterator<Item = usize>) {
        let permits = Arc::new(tokio::sync::Semaphore::new(10));
        let mut all = tokio::task::JoinSet::new();
        for i in objects {
            let (aws, permits) = (aws.clone(), permits.clone());
            all.spawn(async move {
                let _permit = permits.acquire().await.unwrap();
                let name = format!("o{i:04}");
                let found = read(&aws, &BATCH, &name).await.unwrap();
                assert_eq!(found.map(|f| f.attribute("name").clone()), Some(Value::from(name)));
            });
        }
        all.join_all().await;
    }

    #[tokio::test]
    async fn a_large_state_is_read_by_few_calls() {
        let aws = region("large", 1000);
        refresh(&aws, 0..1000).await;
        let made = calls(&aws).len();
        assert!((11..=20).contains(&made), "{made} calls for 1000 objects");
        refresh(&aws, (0..1000).rev()).await;
        let made = calls(&aws).len();
        assert!((11..=20).contains(&made), "{made} calls for the next refresh");
    }

    #[tokio::test]
    async fn an_object_may_be_read_by_several_at_a_time() {
        let aws = region("shared", 10);
        refresh(&aws, [3, 3, 4, 3]).await;
        let made = calls(&aws);
        assert_eq!(made.len(), 1, "{made:?}");
        assert_eq!(made[0].attribute("names"), &Value::List(vec!["o0003".into(), "o0004".into()]));
    }

    #[tokio::test]
    async fn a_small_state_lists_nothing() {
        let aws = region("small", 5000);
        refresh(&aws, 0..10).await;
        assert_eq!(calls(&aws).len(), 1);
    }

    #[tokio::test]
    async fn a_few_of_very_many_cost_no_call_more_than_one_by_one() {
        let aws = region("few", 50_000);
        refresh(&aws, (0..300).map(|i| i * 150)).await;
        let made = calls(&aws);
        let listed = made.iter().filter(|c| c.attribute("names").is_null()).count();
        assert!(listed <= TRUSTED + 300 / FEW && made.len() <= 60, "{listed} pages, {} calls", made.len());
    }

    #[tokio::test]
    async fn what_is_read_after_a_write_is_read_after_it() {
        let aws = region("write", 200);
        refresh(&aws, 0..40).await;
        assert!(calls(&aws).iter().any(|c| c.attribute("names").is_null()), "something was listed");
        aws.batches().forget();
        refresh(&aws, [150]).await;
        assert_eq!(calls(&aws).len(), 1);
        // Nor is what is read again.
        refresh(&aws, 0..40).await;
        calls(&aws);
        refresh(&aws, [0]).await;
        assert_eq!(calls(&aws).len(), 1);
    }

    #[tokio::test]
    async fn what_does_not_exist_is_asked_for_by_its_name() {
        let aws = region("none", 100);
        refresh(&aws, 0..40).await;
        calls(&aws);
        assert_eq!(read(&aws, &BATCH, "nobody").await.unwrap(), None);
        assert_eq!(calls(&aws).len(), 1);
    }

    #[tokio::test]
    async fn where_a_call_for_many_fails_each_reads_for_itself() {
        let aws = region("denied", 100);
        refresh(&aws, 0..30).await;
        let alone =
            calls(&aws).iter().filter(|c| c.attribute("names").as_elements().is_some_and(|n| n.len() == 1)).count();
        assert_eq!(alone, 30);
    }

    #[tokio::test]
    async fn what_a_complete_index_lacks_is_not_asked_for() {
        let aws = region("index", 100);
        let names: Vec<_> = (0..20).map(|i| format!("o{i:04}")).collect();
        for pair in names.chunks(2) {
            let (first, second) = tokio::join!(seek(&aws, &INDEX, &pair[0]), seek(&aws, &INDEX, &pair[1]));
            assert!(first.flatten().is_some() && second.flatten().is_some());
        }
        calls(&aws);
        assert_eq!(seek(&aws, &INDEX, "untagged").await, Some(None));
        assert_eq!(calls(&aws).len(), 0);
    }

    #[tokio::test]
    async fn an_index_that_cannot_be_read_is_tried_once() {
        let aws = region("failing", 100);
        for _ in 0..5 {
            assert_eq!(tokio::join!(seek(&aws, &INDEX, "o0000"), seek(&aws, &INDEX, "o0001")), (None, None));
        }
        assert_eq!(calls(&aws).len(), 1);
    }

    #[tokio::test]
    async fn one_object_alone_is_not_looked_up_in_an_index() {
        let aws = region("alone", 100);
        assert_eq!(seek(&aws, &INDEX, "o0000").await, None);
        assert_eq!(calls(&aws).len(), 0);
    }
}
