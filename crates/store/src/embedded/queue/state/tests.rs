use super::*;
use crate::embedded::queue::QueueLimits;
use bytes::Bytes;
use lambent_domain::event::Event;

fn waiting(number: u64) -> (Place, Waiting) {
    let event = Event {
        request_id: RequestId::from_bytes(u128::from(number).to_be_bytes()),
        function: function(),
        qualifier: None,
        payload: Bytes::from_static(b"{}"),
        trace: None,
        tenant_id: None,
        accepted_at: Timestamp::from_millis(number),
        attempts: Vec::new(),
        put_backs: 0,
        last_put_back: None,
        priority: Priority::Normal,
        not_before: None,
        last_response: None,
        redrive_of: None,
    };
    let place = Place::new(Timestamp::from_millis(number), number);
    (place, Waiting { event, accepted: number, bytes: 64 })
}

fn function() -> FunctionName {
    FunctionName::new("f").unwrap()
}

fn receive(state: &mut State) -> Received {
    state.receive(&function(), 9, Duration::from_secs(60), Timestamp::from_millis(1_000), Instant::now())
}

/// The disk as a refill reads it.
fn scan(disk: &[u64], plan: &RefillPlan) -> Scan {
    let on_disk = disk.iter().map(|number| waiting(*number));
    let found = on_disk.filter(|(place, _)| Some(*place) > plan.after && place.sequence <= plan.sequence_max);
    Scan { found: found.collect(), next: None }
}

#[test]
fn a_refill_that_is_planned_once_an_event_is_taken_in_reads_as_far_as_the_event() {
    // One event is on the disk only; another is written there.
    for write_before_plan in [true, false] {
        let mut state = State::new(QueueLimits::default(), 1, Totals::default());
        let unsettled = Unsettled { all: 1, returned: 0, bytes: 64 };
        state.recover(function(), Lanes::on_disk(Some(waiting(1).0), None), unsettled);
        let write = |state: &mut State| {
            let (place, waiting) = waiting(2);
            state.written(2).accept(place, waiting);
        };
        if write_before_plan {
            write(&mut state);
        }
        let Received::Refill(plan) = receive(&mut state) else { panic!("no refill") };
        // On the disk it is before it is known here.
        let scan = scan(&[1, 2], &plan);
        if !write_before_plan {
            write(&mut state);
        }
        state.end_refill(&function(), Priority::Normal, Some(scan));
        let Received::Deliveries(deliveries) = receive(&mut state) else { panic!("a refill") };
        assert_eq!(deliveries.len(), 2, "written before the plan: {write_before_plan}");
    }
}
