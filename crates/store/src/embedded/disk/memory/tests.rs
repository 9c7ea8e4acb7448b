//! That the disk loses what it may lose, and nothing else.

use super::super::{Disk, keyspace};
use super::*;
use crate::StorageError;
use std::ops::Bound;

fn write(disk: &Disk, key: u8, durability: Durability) -> Result<(), StorageError> {
    let mut batch = disk.batch();
    batch.insert(&disk.events, [key], [key]);
    batch.insert(&disk.ids, [key], [key]);
    disk.commit(batch, durability)
}

fn keys(disk: &Disk) -> Vec<u8> {
    let keys = |keyspace: &keyspace::Keyspace| -> Vec<u8> {
        keyspace.iter().map(|entry| entry.unwrap().0[0]).collect()
    };
    assert_eq!(keys(&disk.events), keys(&disk.ids), "a batch is there as a whole or not at all");
    keys(&disk.events)
}

#[test]
fn a_power_loss_leaves_what_was_flushed_and_a_part_of_the_rest() {
    let mut left = std::collections::BTreeSet::new();
    for seed in 0..64 {
        let memory = MemoryDisk::new(seed);
        let disk = Disk::open_memory(&memory).unwrap();
        write(&disk, 1, Durability::Power).unwrap();
        write(&disk, 2, Durability::Process).unwrap();
        write(&disk, 3, Durability::Process).unwrap();
        memory.crash();
        assert!(write(&disk, 4, Durability::Power).is_err(), "a dead process writes");
        assert!(disk.events.get([1]).is_err(), "a dead process reads");
        let again = Disk::open_memory(&memory).unwrap();
        left.insert(keys(&again));
        // What has survived one power loss survives the next.
        let before = keys(&again);
        memory.crash();
        assert_eq!(keys(&Disk::open_memory(&memory).unwrap()), before);
    }
    assert_eq!(left.into_iter().collect::<Vec<_>>(), [vec![1], vec![1, 2], vec![1, 2, 3]]);
}

#[test]
fn the_end_of_a_process_leaves_everything() {
    let memory = MemoryDisk::new(1);
    write(&Disk::open_memory(&memory).unwrap(), 1, Durability::Process).unwrap();
    memory.kill();
    assert_eq!(keys(&Disk::open_memory(&memory).unwrap()), [1]);
}

#[test]
fn a_failed_write_stops_all_later_ones_and_may_or_may_not_be_there_afterwards() {
    let mut left = std::collections::BTreeSet::new();
    for seed in 0..64 {
        for faults in [
            Faults { failing_writes_permille: 1_000, ..Faults::default() },
            Faults { failing_flushes_permille: 1_000, ..Faults::default() },
        ] {
            let memory = MemoryDisk::new(seed);
            let disk = Disk::open_memory(&memory).unwrap();
            memory.set_faults(faults);
            assert!(write(&disk, 1, Durability::Power).is_err());
            memory.set_faults(Faults::default());
            assert!(matches!(write(&disk, 2, Durability::Power), Err(StorageError::Poisoned(_))));
            assert_eq!(keys(&disk), [0; 0]);
            if seed.is_multiple_of(2) {
                memory.crash();
            }
            left.insert(keys(&Disk::open_memory(&memory).unwrap()));
        }
    }
    assert_eq!(left.into_iter().collect::<Vec<_>>(), [vec![], vec![1]]);
}

#[test]
fn a_lying_flush_loses_what_it_had_promised() {
    let lost = (0..64).any(|seed| {
        let memory = MemoryDisk::new(seed);
        memory.set_faults(Faults { flushes_lie: true, ..Faults::default() });
        let disk = Disk::open_memory(&memory).unwrap();
        write(&disk, 1, Durability::Power).unwrap();
        memory.crash();
        keys(&Disk::open_memory(&memory).unwrap()).is_empty()
    });
    assert!(lost);
}

#[test]
fn ranges_and_views_are_those_of_a_sorted_map() {
    let disk = Disk::open_memory(&MemoryDisk::new(0)).unwrap();
    for key in 1..=5 {
        write(&disk, key, Durability::Power).unwrap();
    }
    let view = disk.snapshot();
    write(&disk, 6, Durability::Power).unwrap();
    let of = |entries: keyspace::Entries| -> Vec<u8> { entries.map(|entry| entry.unwrap().0[0]).collect() };
    assert_eq!(of(disk.events.range([2_u8]..=[4])), [2, 3, 4]);
    assert_eq!(of(disk.events.range((Bound::Excluded([2_u8]), Bound::Unbounded))), [3, 4, 5, 6]);
    assert_eq!(of(disk.events.range([4_u8]..[2])), [0; 0]);
    assert_eq!(of(disk.events.range((Bound::Excluded([2_u8]), Bound::Excluded([2])))), [0; 0]);
    assert_eq!(of(view.range::<&[u8]>(&disk.events, ..)), [1, 2, 3, 4, 5]);
    let back: Vec<u8> = view.range(&disk.events, [2_u8]..).rev().map(|entry| entry.unwrap().0[0]).collect();
    assert_eq!(back, [5, 4, 3, 2]);
    assert_eq!(view.get(&disk.events, [6]).unwrap(), None);
    assert_eq!(disk.events.get([6]).unwrap().as_deref(), Some(&[6_u8][..]));
}
