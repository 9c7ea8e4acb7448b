use super::*;
use std::time::Duration;

fn function(name: &str) -> FunctionName {
    FunctionName::new(name).unwrap()
}

/// Whether an event of this function is admitted now.
async fn admits(concurrency: &Concurrency, name: &str) -> Option<ConcurrencyPermit> {
    let function = function(name);
    let waiting = concurrency.admit_event(&function);
    match tokio::time::timeout(Duration::from_millis(1), waiting).await.ok().flatten()? {
        Turn::Run(permit) => Some(permit),
        Turn::Off => None,
    }
}

#[tokio::test(start_paused = true)]
async fn events_leave_room_for_callers() {
    let concurrency = Concurrency::new(10);
    let mut events = Vec::new();
    for number in 0..9 {
        events.push(admits(&concurrency, &format!("f{number}")).await.unwrap());
    }
    assert!(admits(&concurrency, "tenth").await.is_none());
    let call = concurrency.admit(&function("f")).unwrap();
    assert!(concurrency.admit(&function("f")).is_err());
    assert_eq!(concurrency.running(), (10, 0));
    drop(call);
    assert!(concurrency.admit(&function("f")).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_function_with_many_long_runs_leaves_room_for_the_first_event_of_others() {
    let concurrency = Concurrency::new(20);
    let mut slow = Vec::new();
    while let Some(permit) = admits(&concurrency, "slow").await {
        slow.push(permit);
    }
    // 18 places for events, of which the last four are for first events; the slow one had a first event too.
    assert_eq!(slow.len(), 15);
    let quiet = admits(&concurrency, "quiet").await.unwrap();
    assert!(admits(&concurrency, "quiet").await.is_none(), "its second event has to wait");
    drop(slow.pop());
    assert!(admits(&concurrency, "quiet").await.is_some());
    drop((quiet, slow));
    assert_eq!(concurrency.running(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_closed_limit_admits_nothing() {
    let concurrency = Concurrency::new(4);
    let _permits: Vec<_> = (0..4).map(|_| concurrency.admit(&function("f")).unwrap()).collect();
    let name = function("f");
    let closing = async { concurrency.close() };
    let (turn, ()) = tokio::join!(concurrency.admit_event(&name), closing);
    assert!(turn.is_none(), "who waits is told");
    assert_eq!(concurrency.admit(&function("f")).unwrap_err(), NotAdmitted::Closed);
    assert!(concurrency.admit_event(&function("f")).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn reserved_places_are_the_functions_own_and_all_it_has() {
    let concurrency = Concurrency::new(10);
    concurrency.reserve(&function("own"), Some(2));
    let others: Vec<_> = std::iter::from_fn(|| concurrency.admit(&function("other")).ok()).collect();
    assert_eq!(others.len(), 8);
    let first = concurrency.admit(&function("own")).unwrap();
    let _event = admits(&concurrency, "own").await.unwrap();
    assert_eq!(concurrency.admit(&function("own")).unwrap_err(), NotAdmitted::Full(NoPlace::Reserved));
    assert_eq!(concurrency.admit(&function("other")).unwrap_err(), NotAdmitted::Full(NoPlace::Shared));
    // An event waits for one of its function's places, and others cannot use it.
    let name = function("own");
    let ending = async { drop(first) };
    let (turn, ()) = tokio::join!(concurrency.admit_event(&name), ending);
    assert!(matches!(turn, Some(Turn::Run(_))));
}

#[tokio::test(start_paused = true)]
async fn events_of_a_function_that_is_turned_off_are_told_so() {
    let concurrency = Concurrency::new(10);
    let name = function("f");
    concurrency.reserve(&name, Some(1));
    let permit = concurrency.admit(&name).unwrap();
    let turning = async { concurrency.reserve(&name, Some(0)) };
    let (turn, ()) = tokio::join!(concurrency.admit_event(&name), turning);
    assert!(matches!(turn, Some(Turn::Off)));
    assert!(matches!(concurrency.admit_event(&name).await, Some(Turn::Off)));
    assert_eq!(concurrency.admit(&name).unwrap_err(), NotAdmitted::Full(NoPlace::Reserved));
    // Removing the reservation is something else than 0.
    concurrency.reserve(&name, None);
    assert!(concurrency.admit(&name).is_ok());
    drop(permit);
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_takes_no_place_with_it() {
    let concurrency = Concurrency::new(2);
    let mut permits: Vec<_> = (0..2).map(|_| concurrency.admit(&function("f")).unwrap()).collect();
    assert!(admits(&concurrency, "g").await.is_none());
    let name = function("h");
    let mut waiting = Box::pin(concurrency.admit_event(&name));
    assert!(tokio::time::timeout(Duration::from_millis(1), &mut waiting).await.is_err());
    drop(permits.pop());
    // It was granted, and goes away before it has looked.
    drop(waiting);
    assert!(admits(&concurrency, "g").await.is_some());
}

/// Threads that come, go and change reservations: at no instant do more run than may.
#[test]
fn at_no_instant_do_more_run_than_may() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    const LIMIT: usize = 6;
    let concurrency = Concurrency::new(LIMIT);
    concurrency.reserve(&function("f0"), Some(2));
    let (all, own) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for thread in 0..4_usize {
            let (concurrency, all, own) = (&concurrency, &all, &own);
            scope.spawn(move || {
                for round in 0..2_000_usize {
                    let name = function(&format!("f{}", (thread + round) % 3));
                    let is_own = name.as_str() == "f0";
                    let permit = if round % 2 == 0 {
                        concurrency.admit(&name)
                    } else {
                        concurrency.try_admit_event(&name)
                    };
                    if round % 97 == 0 {
                        concurrency.reserve(&function("f1"), (round % 2 == 0).then_some(3));
                    }
                    let Ok(permit) = permit else { continue };
                    assert!(all.fetch_add(1, SeqCst) < LIMIT);
                    if is_own {
                        assert!(own.fetch_add(1, SeqCst) < 2);
                    }
                    std::thread::yield_now();
                    own.fetch_sub(usize::from(is_own), SeqCst);
                    all.fetch_sub(1, SeqCst);
                    drop(permit);
                }
            });
        }
    });
    assert_eq!(concurrency.running(), (0, 0));
}

#[test]
fn the_default_follows_the_machine() {
    assert_eq!(default_limit(24 << 30, 2), 128);
    assert_eq!(default_limit(1 << 30, 2), 16);
    assert_eq!(default_limit(1 << 40, 128), 1_000);
}
