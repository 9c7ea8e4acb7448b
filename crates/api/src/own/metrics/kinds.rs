//! What became of records, by the kind of target they are for.

use lambent_engine::deliveries::Deliveries;

use super::family::{COUNTER, Family};

/// Kinds that nothing was ever sent to are left out.
pub(super) fn families(deliveries: &Deliveries) -> Vec<Family> {
    let mut values = Vec::new();
    for (kind, counts) in deliveries.read() {
        for (result, count) in
            [("delivered", counts.delivered), ("retried", counts.failed), ("given_up", counts.given_up)]
        {
            if count > 0 {
                let label = format!("{{target=\"{}\",result=\"{result}\"}}", kind.as_str());
                values.push((label.into(), count));
            }
        }
    }
    vec![Family {
        name: "lambent_destination_tries_total",
        kind: COUNTER,
        help: "Tries to send a record since start, by the kind of target and what came of them.",
        values,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambent_engine::deliveries::{TargetKind, Tried};

    #[test]
    fn only_kinds_that_were_tried_are_shown() {
        let deliveries = Deliveries::default();
        deliveries.count(TargetKind::Sqs, Tried::Failed);
        deliveries.count(TargetKind::Sqs, Tried::Delivered);
        let text: String = families(&deliveries).iter().map(ToString::to_string).collect();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let name = "lambent_destination_tries_total";
        let line = |result: &str| format!("{name}{{target=\"sqs\",result=\"{result}\"}} 1");
        assert_eq!(lines, [line("delivered"), line("retried")]);
    }
}
