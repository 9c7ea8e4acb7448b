//! The kinds of source, as far as what AWS demands of them and their defaults differ.

/// What a mapping reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// SQS.
    Queue,
    /// Kinesis and `DynamoDB`.
    Stream,
    /// Kafka and what else is read as it is.
    Topic,
}

impl Source {
    /// The kind of a source's ARN; without one it is a Kafka of the owner's own.
    pub(super) fn of(arn: Option<&str>) -> Option<Self> {
        match arn.map(service) {
            None | Some("kafka" | "mq" | "docdb" | "rds") => Some(Self::Topic),
            Some("sqs") => Some(Self::Queue),
            Some("kinesis" | "dynamodb") => Some(Self::Stream),
            Some(_) => None,
        }
    }
}

/// The service in an ARN.
pub(super) fn service(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}
