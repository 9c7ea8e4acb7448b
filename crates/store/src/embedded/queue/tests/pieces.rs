//! What the committer does at a time is bounded.

use super::*;
use crate::embedded::disk::Durability;
use crate::embedded::queue::admission::Gate;
use crate::embedded::queue::chores::{Books, Round};
use crate::embedded::queue::purges::Purge;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_purge_reads_little_at_a_time_also_where_it_removes_nothing() {
    let fixture = Fixture::new(Options::default());
    let queue = fixture.open();
    for number in 1..=5 {
        let delayed = Event { not_before: Some(Timestamp::from_millis(1_000_000)), ..event(number) };
        queue.enqueue(delayed).await.unwrap();
    }
    let up_to = queue.shared.lock().backlog(&name("f")).events;
    for number in 6..=20 {
        let payload = Bytes::from(vec![number; 1 << 20]);
        queue.enqueue(Event { payload, ..event(number) }).await.unwrap();
    }
    drop(queue);
    let disk = Arc::new(Disk::open(fixture.dir.path()).unwrap());
    // The first five were purged.
    let purge = Purge { at: Timestamp::from_millis(30), up_to, spared: BTreeSet::new(), left: 5 };
    let mut batch = disk.batch();
    batch.insert(&disk.purges, "f", purge.to_bytes());
    disk.commit(batch, Durability::Process).unwrap();
    let mut counts = Counts::read(&disk).unwrap();
    let options = fixture.options.clone();
    let mut kept = Kept::open(&disk, &options, &counts).unwrap();
    let gate = Gate::new(options.admission, &disk);
    let (queue, _committer) =
        EmbeddedQueue::with_committer(Arc::clone(&disk), options, fixture.clock.clone()).unwrap();
    let mut purging = BTreeMap::from([(name("f"), None)]);
    let mut rounds = 0;
    while let Some(begin) = purging.get(&name("f")).copied() {
        let books = Books { counts: &mut counts, kept: &mut kept, purging: &mut purging, gate: &gate };
        Round::run_purge(&queue.shared, books);
        rounds += 1;
        assert!(rounds < 20, "it does not get on from {begin:?}");
        let end = purging.get(&name("f")).copied().flatten();
        let read = disk.events.range(keys::events_behind(&name("f"), begin)).map(Result::unwrap);
        let read = read.filter(|(key, _)| end.is_some_and(|end| keys::place(key).unwrap() <= end));
        let bytes: usize = read.map(|(_, record)| record.len()).sum();
        assert!(bytes <= 6 << 20, "{bytes} bytes in one go");
    }
    assert!(rounds > 1);
    assert_eq!((disk.events.iter().count(), disk.purges.iter().count()), (15, 0));
}
