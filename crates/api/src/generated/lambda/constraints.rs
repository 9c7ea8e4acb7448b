// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

//! What the service model demands of request members.

use crate::model::{Count, Pattern, Real, Text, Whole};

pub static ACTION: Text = Text {
    min: Some(0),
    max: Some(10000),
    pattern: Some(Pattern::new("(lambda:[*]|lambda:[a-zA-Z]+|[*])", "(lambda:[*]|lambda:[a-zA-Z]+|[*])")),
    values: &[],
    sensitive: false,
};

pub static ADDITIONAL_VERSION: Text = Text {
    min: Some(1),
    max: Some(1024),
    pattern: Some(Pattern::new("[0-9]+", "[0-9]+")),
    values: &[],
    sensitive: false,
};

pub static ALIAS: Text = Text {
    min: Some(1),
    max: Some(128),
    pattern: Some(Pattern::new("(?!^[0-9]+$)([a-zA-Z0-9-_]+)", "[a-zA-Z0-9-_]*[a-zA-Z-_][a-zA-Z0-9-_]*")),
    values: &[],
    sensitive: false,
};

pub static ALLOW_METHODS_LIST: Count = Count { min: Some(0), max: Some(6) };

pub static ALLOW_ORIGINS_LIST: Count = Count { min: Some(0), max: Some(100) };

pub static APPLICATION_LOG_LEVEL: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"],
    sensitive: false,
};

pub static ARCHITECTURE: Text =
    Text { min: None, max: None, pattern: None, values: &["x86_64", "arm64"], sensitive: false };

pub static ARCHITECTURES_LIST: Count = Count { min: Some(1), max: Some(1) };

pub static ARN: Text = Text {
    min: Some(0),
    max: Some(10000),
    pattern: Some(Pattern::new(
        r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)",
        r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1})?:([0-9]{12})?:(.*)",
    )),
    values: &[],
    sensitive: false,
};

pub static BATCH_SIZE: Whole = Whole { min: Some(1), max: Some(10000) };

pub static CAPACITY_PROVIDER_ARN: Text = Text {
    min: Some(1),
    max: Some(140),
    pattern: Some(Pattern::new(
        r"arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:capacity-provider:[a-zA-Z0-9-_]+",
        "arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:[0-9]{12}:capacity-provider:[a-zA-Z0-9-_]+",
    )),
    values: &[],
    sensitive: false,
};

pub static CODE_SIGNING_CONFIG_ARN: Text = Text {
    min: Some(0),
    max: Some(200),
    pattern: Some(Pattern::new(
        r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}",
        "arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}",
    )),
    values: &[],
    sensitive: false,
};

pub static CODE_SIGNING_POLICY: Text =
    Text { min: None, max: None, pattern: None, values: &["Warn", "Enforce"], sensitive: false };

pub static COLLECTION_NAME: Text = Text {
    min: Some(1),
    max: Some(57),
    pattern: Some(Pattern::new(
        r"(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)",
        "(?:[_a-rt-zA-Z0-9][^$]*|s(?:[^y$][^$]*|y(?:[^s$][^$]*|s(?:[^t$][^$]*|t(?:[^e$][^$]*|e(?:[^m$][^$]*|m(?:[^.$][^$]*)?)?)?)?)?)?)",
    )),
    values: &[],
    sensitive: false,
};

pub static COMPATIBLE_ARCHITECTURES: Count = Count { min: Some(0), max: Some(2) };

pub static COMPATIBLE_RUNTIMES: Count = Count { min: Some(0), max: Some(15) };

pub static DATABASE_NAME: Text = Text {
    min: Some(1),
    max: Some(63),
    pattern: Some(Pattern::new(r"[^ /\.$\x22]*", r"[^ /\.$\x22]*")),
    values: &[],
    sensitive: false,
};

pub static DESCRIPTION: Text =
    Text { min: Some(0), max: Some(256), pattern: None, values: &[], sensitive: false };

pub static DESTINATION_ARN: Text = Text {
    min: Some(0),
    max: Some(350),
    pattern: Some(Pattern::new(
        r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)",
        r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1})?:([0-9]{12})?:(.*)",
    )),
    values: &[],
    sensitive: false,
};

pub static DIRECT_S3_READ: Text =
    Text { min: None, max: None, pattern: None, values: &["ENABLED", "DISABLED", "AUTO"], sensitive: false };

pub static DURABLE_EXECUTION_NAME: Text = Text {
    min: Some(1),
    max: Some(64),
    pattern: Some(Pattern::new("[a-zA-Z0-9-_]+", "[a-zA-Z0-9-_]+")),
    values: &[],
    sensitive: false,
};

pub static END_POINT_TYPE: Text =
    Text { min: None, max: None, pattern: None, values: &["KAFKA_BOOTSTRAP_SERVERS"], sensitive: false };

pub static ENDPOINT: Text = Text {
    min: Some(1),
    max: Some(300),
    pattern: Some(Pattern::new(
        r"(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9]):[0-9]{1,5}",
        r"(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9]):[0-9]{1,5}",
    )),
    values: &[],
    sensitive: false,
};

pub static ENDPOINT_LISTS: Count = Count { min: Some(1), max: Some(10) };

pub static ENDPOINTS: Count = Count { min: Some(1), max: Some(2) };

pub static ENVIRONMENT_VARIABLE_NAME: Text = Text {
    min: None,
    max: None,
    pattern: Some(Pattern::new("[a-zA-Z]([a-zA-Z0-9_])+", "[a-zA-Z]([a-zA-Z0-9_])+")),
    values: &[],
    sensitive: true,
};

pub static EPHEMERAL_STORAGE_SIZE: Whole = Whole { min: Some(512), max: Some(32768) };

pub static EVENT_SOURCE_MAPPING_METRIC: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["EventCount", "ErrorCount", "KafkaMetrics"],
    sensitive: false,
};

pub static EVENT_SOURCE_MAPPING_METRIC_LIST: Count = Count { min: Some(0), max: Some(3) };

pub static EVENT_SOURCE_MAPPING_SYSTEM_LOG_LEVEL: Text =
    Text { min: None, max: None, pattern: None, values: &["DEBUG", "INFO", "WARN"], sensitive: false };

pub static EVENT_SOURCE_POSITION: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"],
    sensitive: false,
};

pub static EVENT_SOURCE_TOKEN: Text = Text {
    min: Some(0),
    max: Some(256),
    pattern: Some(Pattern::new(r"[a-zA-Z0-9._\-]+", r"[a-zA-Z0-9._\-]+")),
    values: &[],
    sensitive: false,
};

pub static EXECUTION_ENVIRONMENT_MEMORY_GI_B_PER_V_CPU: Real = Real { min: Some(2.0), max: Some(8.0) };

pub static EXECUTION_TIMEOUT: Whole = Whole { min: Some(1), max: Some(31622400) };

pub static FILE_SYSTEM_ARN: Text = Text {
    min: Some(0),
    max: Some(256),
    pattern: Some(Pattern::new(
        r"arn:aws[a-zA-Z-]*:elasticfilesystem:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
        "arn:aws[a-zA-Z-]*:elasticfilesystem:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:[0-9]{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
    )),
    values: &[],
    sensitive: false,
};

pub static FILE_SYSTEM_CONFIG_LIST: Count = Count { min: Some(0), max: Some(1) };

pub static FULL_DOCUMENT: Text =
    Text { min: None, max: None, pattern: None, values: &["UpdateLookup", "Default"], sensitive: false };

pub static FUNCTION_NAME: Text = Text {
    min: Some(1),
    max: Some(140),
    pattern: Some(Pattern::new(
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:)?([0-9]{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
    )),
    values: &[],
    sensitive: false,
};

pub static FUNCTION_RESPONSE_TYPE: Text =
    Text { min: None, max: None, pattern: None, values: &["ReportBatchItemFailures"], sensitive: false };

pub static FUNCTION_RESPONSE_TYPE_LIST: Count = Count { min: Some(0), max: Some(1) };

pub static FUNCTION_RUNTIME_ALIAS: Text =
    Text { min: Some(1), max: Some(128), pattern: None, values: &[], sensitive: false };

pub static FUNCTION_RUNTIME_ARN: Text = Text {
    min: Some(48),
    max: Some(2048),
    pattern: Some(Pattern::new(
        r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:runtime/.+",
        "arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:runtime/.+",
    )),
    values: &[],
    sensitive: false,
};

pub static FUNCTION_URL_AUTH_TYPE: Text =
    Text { min: None, max: None, pattern: None, values: &["NONE", "AWS_IAM"], sensitive: false };

pub static FUNCTION_URL_FUNCTION_NAME: Text = Text {
    min: Some(1),
    max: Some(140),
    pattern: Some(Pattern::new(
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\d+$)[0-9a-zA-Z-_]+))?",
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:)?([0-9]{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:[0-9a-zA-Z-_]*[a-zA-Z-_][0-9a-zA-Z-_]*)?",
    )),
    values: &[],
    sensitive: false,
};

pub static FUNCTION_URL_QUALIFIER: Text = Text {
    min: Some(1),
    max: Some(128),
    pattern: Some(Pattern::new(r"((?!^\d+$)^[0-9a-zA-Z-_]+$)", "[0-9a-zA-Z-_]*[a-zA-Z-_][0-9a-zA-Z-_]*")),
    values: &[],
    sensitive: false,
};

pub static FUNCTION_VERSION: Text =
    Text { min: None, max: None, pattern: None, values: &["ALL"], sensitive: false };

pub static FUNCTION_VERSION_LATEST_PUBLISHED: Text =
    Text { min: None, max: None, pattern: None, values: &["LATEST_PUBLISHED"], sensitive: false };

pub static HANDLER: Text = Text {
    min: Some(0),
    max: Some(128),
    pattern: Some(Pattern::new(r"[^\s]+", r"[^ \t\n\x0B\f\r]+")),
    values: &[],
    sensitive: false,
};

pub static HEADER: Text = Text {
    min: Some(0),
    max: Some(1024),
    pattern: Some(Pattern::new(".*", ".*")),
    values: &[],
    sensitive: false,
};

pub static HEADERS_LIST: Count = Count { min: Some(0), max: Some(100) };

pub static INVOCATION_TYPE: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["Event", "RequestResponse", "DryRun"],
    sensitive: false,
};

pub static INVOKE_MODE: Text =
    Text { min: None, max: None, pattern: None, values: &["BUFFERED", "RESPONSE_STREAM"], sensitive: false };

pub static KMS_KEY_ARN: Text = Text {
    min: Some(0),
    max: Some(10000),
    pattern: Some(Pattern::new(
        "(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()",
        "(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()",
    )),
    values: &[],
    sensitive: false,
};

pub static KAFKA_EVENT_SOURCE_MAPPING_CONSUMPTION_MODE: Text =
    Text { min: None, max: None, pattern: None, values: &["Stream", "Queue"], sensitive: false };

pub static KAFKA_SCHEMA_REGISTRY_AUTH_TYPE: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE", "OAUTHBEARER_AUTH"],
    sensitive: false,
};

pub static KAFKA_SCHEMA_VALIDATION_ATTRIBUTE: Text =
    Text { min: None, max: None, pattern: None, values: &["KEY", "VALUE"], sensitive: false };

pub static LAYER_NAME_OR_ARN: Text = Text {
    min: Some(1),
    max: Some(2048),
    pattern: Some(Pattern::new(
        r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})",
        "(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:[0-9]{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})",
    )),
    values: &[],
    sensitive: false,
};

pub static LAYER_PERMISSION_ALLOWED_ACTION: Text = Text {
    min: Some(0),
    max: Some(22),
    pattern: Some(Pattern::new("lambda:GetLayerVersion", "lambda:GetLayerVersion")),
    values: &[],
    sensitive: false,
};

pub static LAYER_PERMISSION_ALLOWED_PRINCIPAL: Text = Text {
    min: Some(0),
    max: Some(10000),
    pattern: Some(Pattern::new(
        r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root",
        r"[0-9]{12}|\*|arn:(aws[a-zA-Z-]*):iam::[0-9]{12}:root",
    )),
    values: &[],
    sensitive: false,
};

pub static LAYER_VERSION_ARN: Text = Text {
    min: Some(1),
    max: Some(2048),
    pattern: Some(Pattern::new(
        r"((arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))",
        "((arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:[0-9]{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))",
    )),
    values: &[],
    sensitive: false,
};

pub static LICENSE_INFO: Text = Text {
    min: Some(0),
    max: Some(512),
    pattern: Some(Pattern::new(".*", ".*")),
    values: &[],
    sensitive: false,
};

pub static LOCAL_MOUNT_PATH: Text = Text {
    min: Some(0),
    max: Some(160),
    pattern: Some(Pattern::new("/mnt/[a-zA-Z0-9-_.]+", "/mnt/[a-zA-Z0-9-_.]+")),
    values: &[],
    sensitive: false,
};

pub static LOG_FORMAT: Text =
    Text { min: None, max: None, pattern: None, values: &["JSON", "Text"], sensitive: false };

pub static LOG_GROUP: Text = Text {
    min: Some(1),
    max: Some(512),
    pattern: Some(Pattern::new(r"[\.\-_/#A-Za-z0-9]+", r"[\.\-_/#A-Za-z0-9]+")),
    values: &[],
    sensitive: false,
};

pub static LOG_TYPE: Text =
    Text { min: None, max: None, pattern: None, values: &["None", "Tail"], sensitive: false };

pub static MASTER_REGION: Text = Text {
    min: Some(1),
    max: Some(50),
    pattern: Some(Pattern::new(
        r"ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}",
        "ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}",
    )),
    values: &[],
    sensitive: false,
};

pub static MAX_AGE: Whole = Whole { min: Some(0), max: Some(86400) };

pub static MAX_FUNCTION_EVENT_INVOKE_CONFIG_LIST_ITEMS: Whole = Whole { min: Some(1), max: Some(50) };

pub static MAX_ITEMS: Whole = Whole { min: Some(1), max: Some(50) };

pub static MAX_LAYER_LIST_ITEMS: Whole = Whole { min: Some(1), max: Some(50) };

pub static MAX_LIST_ITEMS: Whole = Whole { min: Some(1), max: Some(10000) };

pub static MAX_PROVISIONED_CONCURRENCY_CONFIG_LIST_ITEMS: Whole = Whole { min: Some(1), max: Some(50) };

pub static MAXIMUM_BATCHING_WINDOW_IN_SECONDS: Whole = Whole { min: Some(0), max: Some(300) };

pub static MAXIMUM_CONCURRENCY: Whole = Whole { min: Some(2), max: Some(1000) };

pub static MAXIMUM_EVENT_AGE_IN_SECONDS: Whole = Whole { min: Some(60), max: Some(21600) };

pub static MAXIMUM_NUMBER_OF_POLLERS: Whole = Whole { min: Some(1), max: Some(10000) };

pub static MAXIMUM_RECORD_AGE_IN_SECONDS: Whole = Whole { min: Some(-1), max: Some(604800) };

pub static MAXIMUM_RETRY_ATTEMPTS: Whole = Whole { min: Some(0), max: Some(2) };

pub static MAXIMUM_RETRY_ATTEMPTS_EVENT_SOURCE_MAPPING: Whole = Whole { min: Some(-1), max: Some(10000) };

pub static MEMORY_SIZE: Whole = Whole { min: Some(128), max: Some(32768) };

pub static METHOD: Text = Text {
    min: Some(0),
    max: Some(6),
    pattern: Some(Pattern::new(".*", ".*")),
    values: &[],
    sensitive: false,
};

pub static MINIMUM_NUMBER_OF_POLLERS: Whole = Whole { min: Some(1), max: Some(200) };

pub static NAMESPACED_FUNCTION_NAME: Text = Text {
    min: Some(1),
    max: Some(256),
    pattern: Some(Pattern::new(
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:)?([0-9]{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
    )),
    values: &[],
    sensitive: false,
};

pub static NAMESPACED_STATEMENT_ID: Text = Text {
    min: Some(1),
    max: Some(100),
    pattern: Some(Pattern::new("([a-zA-Z0-9-_.]+)", "([a-zA-Z0-9-_.]+)")),
    values: &[],
    sensitive: false,
};

pub static NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER: Text = Text {
    min: Some(1),
    max: Some(128),
    pattern: Some(Pattern::new(
        r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
        r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
    )),
    values: &[],
    sensitive: false,
};

pub static ORGANIZATION_ID: Text = Text {
    min: Some(0),
    max: Some(34),
    pattern: Some(Pattern::new("o-[a-z0-9]{10,32}", "o-[a-z0-9]{10,32}")),
    values: &[],
    sensitive: false,
};

pub static ORIGIN: Text = Text {
    min: Some(1),
    max: Some(253),
    pattern: Some(Pattern::new(".*", ".*")),
    values: &[],
    sensitive: false,
};

pub static PACKAGE_TYPE: Text =
    Text { min: None, max: None, pattern: None, values: &["Zip", "Image"], sensitive: false };

pub static PARALLELIZATION_FACTOR: Whole = Whole { min: Some(1), max: Some(10) };

pub static PATTERN: Text = Text {
    min: Some(0),
    max: Some(4096),
    pattern: Some(Pattern::new(r"[\s\S]*", "(?s:.)*")),
    values: &[],
    sensitive: false,
};

pub static PER_EXECUTION_ENVIRONMENT_MAX_CONCURRENCY: Whole = Whole { min: Some(1), max: Some(1600) };

pub static POLICY_RESOURCE_ARN: Text = Text {
    min: Some(0),
    max: Some(512),
    pattern: Some(Pattern::new(
        r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_])+)?|runtime/[a-zA-Z0-9-_./]+)",
        r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:[0-9]{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_])+)?|runtime/[a-zA-Z0-9-_./]+)",
    )),
    values: &[],
    sensitive: false,
};

pub static POSITIVE_INTEGER: Whole = Whole { min: Some(1), max: None };

pub static PRINCIPAL: Text = Text {
    min: Some(0),
    max: Some(2048),
    pattern: Some(Pattern::new(r"[^\s]+", r"[^ \t\n\x0B\f\r]+")),
    values: &[],
    sensitive: false,
};

pub static PRINCIPAL_ORG_ID: Text = Text {
    min: Some(12),
    max: Some(34),
    pattern: Some(Pattern::new("o-[a-z0-9]{10,32}", "o-[a-z0-9]{10,32}")),
    values: &[],
    sensitive: false,
};

pub static PROVISIONED_POLLER_GROUP_NAME: Text = Text {
    min: Some(0),
    max: Some(128),
    pattern: Some(Pattern::new("[a-zA-Z0-9-_]*", "[a-zA-Z0-9-_]*")),
    values: &[],
    sensitive: false,
};

pub static QUALIFIER: Text = Text {
    min: Some(1),
    max: Some(128),
    pattern: Some(Pattern::new("(|[a-zA-Z0-9$_-]+)", "(|[a-zA-Z0-9$_-]+)")),
    values: &[],
    sensitive: false,
};

pub static QUEUE: Text = Text {
    min: Some(1),
    max: Some(1000),
    pattern: Some(Pattern::new(r"[\s\S]*", "(?s:.)*")),
    values: &[],
    sensitive: false,
};

pub static QUEUES: Count = Count { min: Some(1), max: Some(1) };

pub static RECURSIVE_LOOP: Text =
    Text { min: None, max: None, pattern: None, values: &["Allow", "Terminate"], sensitive: false };

pub static RESERVED_CONCURRENT_EXECUTIONS: Whole = Whole { min: Some(0), max: None };

pub static RESOURCE_ARN: Text = Text {
    min: Some(0),
    max: Some(10000),
    pattern: Some(Pattern::new(
        "(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()",
        "(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()",
    )),
    values: &[],
    sensitive: false,
};

pub static RESOURCE_POLICY: Text = Text {
    min: Some(1),
    max: Some(20480),
    pattern: Some(Pattern::new(r"[\s\S]+", "(?s:.)+")),
    values: &[],
    sensitive: false,
};

pub static RESPONSE_STREAMING_INVOCATION_TYPE: Text =
    Text { min: None, max: None, pattern: None, values: &["RequestResponse", "DryRun"], sensitive: false };

pub static RETENTION_PERIOD_IN_DAYS: Whole = Whole { min: Some(1), max: Some(90) };

pub static REVISION_ID: Text = Text {
    min: Some(36),
    max: Some(36),
    pattern: Some(Pattern::new(
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    )),
    values: &[],
    sensitive: false,
};

pub static ROLE_ARN: Text = Text {
    min: Some(0),
    max: Some(10000),
    pattern: Some(Pattern::new(
        r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
        r"arn:(aws[a-zA-Z-]*)?:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    )),
    values: &[],
    sensitive: false,
};

pub static RUNTIME: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &[
        "nodejs",
        "nodejs4.3",
        "nodejs6.10",
        "nodejs8.10",
        "nodejs10.x",
        "nodejs12.x",
        "nodejs14.x",
        "nodejs16.x",
        "nodejs18.x",
        "nodejs20.x",
        "nodejs22.x",
        "nodejs24.x",
        "java8",
        "java8.al2",
        "java11",
        "java17",
        "java21",
        "java25",
        "python2.7",
        "python3.6",
        "python3.7",
        "python3.8",
        "python3.9",
        "python3.10",
        "python3.11",
        "python3.12",
        "python3.13",
        "python3.14",
        "dotnetcore1.0",
        "dotnetcore2.0",
        "dotnetcore2.1",
        "dotnetcore3.1",
        "dotnet6",
        "dotnet8",
        "dotnet10",
        "nodejs4.3-edge",
        "go1.x",
        "ruby2.5",
        "ruby2.7",
        "ruby3.2",
        "ruby3.3",
        "ruby3.4",
        "ruby4.0",
        "provided",
        "provided.al2",
        "provided.al2023",
        "nodejs26.x",
        "python3.15",
        "java8.al2023",
        "java11.al2023",
        "java17.al2023",
        "custom",
    ],
    sensitive: false,
};

pub static RUNTIME_VERSION_ARN: Text = Text {
    min: Some(26),
    max: Some(2048),
    pattern: Some(Pattern::new(
        r"((arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}::runtime:.+)|(arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:runtime/[A-Za-z0-9_.-]{1,128}/version/[A-Za-z0-9_.-]{1,128}))",
        "((arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}::runtime:.+)|(arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:[0-9]{12}:runtime/[A-Za-z0-9_.-]{1,128}/version/[A-Za-z0-9_.-]{1,128}))",
    )),
    values: &[],
    sensitive: false,
};

pub static S3_BUCKET: Text = Text {
    min: Some(3),
    max: Some(63),
    pattern: Some(Pattern::new(r"[0-9A-Za-z\.\-_]*(?<!\.)", r"(?:[0-9A-Za-z\.\-_]*[0-9A-Za-z\-_])?")),
    values: &[],
    sensitive: false,
};

pub static S3_KEY: Text = Text {
    min: Some(1),
    max: Some(1024),
    pattern: Some(Pattern::new(".*", ".*")),
    values: &[],
    sensitive: false,
};

pub static S3_OBJECT_STORAGE_MODE: Text =
    Text { min: None, max: None, pattern: None, values: &["COPY", "REFERENCE"], sensitive: false };

pub static S3_OBJECT_VERSION: Text = Text {
    min: Some(1),
    max: Some(1024),
    pattern: Some(Pattern::new(".*", ".*")),
    values: &[],
    sensitive: false,
};

pub static SCHEMA_REGISTRY_EVENT_RECORD_FORMAT: Text =
    Text { min: None, max: None, pattern: None, values: &["JSON", "SOURCE"], sensitive: false };

pub static SCHEMA_REGISTRY_URI: Text = Text {
    min: Some(1),
    max: Some(10000),
    pattern: Some(Pattern::new(r"[a-zA-Z0-9-\/*:_+=.@-]*", r"[a-zA-Z0-9-\/*:_+=.@-]*")),
    values: &[],
    sensitive: false,
};

pub static SECURITY_GROUP_ID: Text = Text {
    min: Some(0),
    max: Some(1024),
    pattern: Some(Pattern::new("sg-[0-9a-zA-Z]*", "sg-[0-9a-zA-Z]*")),
    values: &[],
    sensitive: false,
};

pub static SECURITY_GROUP_IDS: Count = Count { min: Some(0), max: Some(5) };

pub static SIGNING_PROFILE_VERSION_ARNS: Count = Count { min: Some(1), max: Some(20) };

pub static SNAP_START_APPLY_ON: Text =
    Text { min: None, max: None, pattern: None, values: &["PublishedVersions", "None"], sensitive: false };

pub static SOURCE_ACCESS_CONFIGURATIONS: Count = Count { min: Some(0), max: Some(23) };

pub static SOURCE_ACCESS_TYPE: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &[
        "BASIC_AUTH",
        "VPC_SUBNET",
        "VPC_SECURITY_GROUP",
        "SASL_SCRAM_512_AUTH",
        "SASL_SCRAM_256_AUTH",
        "VIRTUAL_HOST",
        "CLIENT_CERTIFICATE_TLS_AUTH",
        "SERVER_ROOT_CA_CERTIFICATE",
        "OAUTHBEARER_AUTH",
        "OAUTHBEARER_SCOPE",
        "OAUTHBEARER_AUDIENCE",
        "OAUTHBEARER_LOGICAL_CLUSTER",
        "OAUTHBEARER_IDENTITY_POOL",
        "IAM_AUTH",
        "IAM_OAUTHBEARER_AUTH",
    ],
    sensitive: false,
};

pub static SOURCE_OWNER: Text = Text {
    min: Some(0),
    max: Some(12),
    pattern: Some(Pattern::new(r"\d{12}", "[0-9]{12}")),
    values: &[],
    sensitive: false,
};

pub static STATEMENT_ID: Text = Text {
    min: Some(1),
    max: Some(100),
    pattern: Some(Pattern::new("([a-zA-Z0-9-_]+)", "([a-zA-Z0-9-_]+)")),
    values: &[],
    sensitive: false,
};

pub static STRING_LIST: Count = Count { min: Some(0), max: Some(1500) };

pub static SUBNET_ID: Text = Text {
    min: Some(0),
    max: Some(1024),
    pattern: Some(Pattern::new("subnet-[0-9a-z]*", "subnet-[0-9a-z]*")),
    values: &[],
    sensitive: false,
};

pub static SUBNET_IDS: Count = Count { min: Some(0), max: Some(16) };

pub static SYSTEM_LOG_LEVEL: Text =
    Text { min: None, max: None, pattern: None, values: &["DEBUG", "INFO", "WARN"], sensitive: false };

pub static TAG_KEY: Text = Text {
    min: Some(1),
    max: Some(128),
    pattern: Some(Pattern::new(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)")),
    values: &[],
    sensitive: false,
};

pub static TAG_VALUE: Text = Text {
    min: Some(0),
    max: Some(256),
    pattern: Some(Pattern::new(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)")),
    values: &[],
    sensitive: false,
};

pub static TAGGABLE_RESOURCE: Text = Text {
    min: Some(1),
    max: Some(10000),
    pattern: Some(Pattern::new(
        r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})",
        r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:[0-9]{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})",
    )),
    values: &[],
    sensitive: false,
};

pub static TENANT_ID: Text = Text {
    min: Some(1),
    max: Some(256),
    pattern: Some(Pattern::new(r"[a-zA-Z0-9\._:\/=+\-@ ]+", r"[a-zA-Z0-9\._:\/=+\-@ ]+")),
    values: &[],
    sensitive: false,
};

pub static TENANT_ISOLATION_MODE: Text =
    Text { min: None, max: None, pattern: None, values: &["PER_TENANT"], sensitive: false };

pub static TIMEOUT: Whole = Whole { min: Some(1), max: Some(5400) };

pub static TOPIC: Text = Text {
    min: Some(1),
    max: Some(249),
    pattern: Some(Pattern::new(r"[^.]([a-zA-Z0-9\-_.]+)", r"[^.]([a-zA-Z0-9\-_.]+)")),
    values: &[],
    sensitive: false,
};

pub static TOPICS: Count = Count { min: Some(1), max: Some(1) };

pub static TRACING_MODE: Text =
    Text { min: None, max: None, pattern: None, values: &["Active", "PassThrough"], sensitive: false };

pub static TUMBLING_WINDOW_IN_SECONDS: Whole = Whole { min: Some(0), max: Some(900) };

pub static URI: Text = Text {
    min: Some(1),
    max: Some(200),
    pattern: Some(Pattern::new(r"[ a-zA-Z0-9-\/*:_+=.@-]*", r"[ a-zA-Z0-9-\/*:_+=.@-]*")),
    values: &[],
    sensitive: false,
};

pub static UUID_STRING: Text =
    Text { min: Some(36), max: Some(36), pattern: None, values: &[], sensitive: false };

pub static UNQUALIFIED_FUNCTION_NAME: Text = Text {
    min: Some(1),
    max: Some(140),
    pattern: Some(Pattern::new(
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)",
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-[0-9]{1}:)?([0-9]{12}:)?(function:)?([a-zA-Z0-9-_]+)",
    )),
    values: &[],
    sensitive: false,
};

pub static UPDATE_RUNTIME_ON: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["Auto", "Manual", "FunctionUpdate"],
    sensitive: false,
};

pub static VERSION_WITH_LATEST_PUBLISHED: Text = Text {
    min: Some(1),
    max: Some(1024),
    pattern: Some(Pattern::new(r"(\$LATEST(\.PUBLISHED)?|[0-9]+)", r"(\$LATEST(\.PUBLISHED)?|[0-9]+)")),
    values: &[],
    sensitive: false,
};

pub static WEIGHT: Real = Real { min: Some(0.0), max: Some(1.0) };

pub static WORKING_DIRECTORY: Text =
    Text { min: Some(0), max: Some(1000), pattern: None, values: &[], sensitive: false };

/// Every text constraint, so that a test can prove each pattern usable.
pub static TEXTS: &[&Text] = &[
    &ACTION,
    &ADDITIONAL_VERSION,
    &ALIAS,
    &APPLICATION_LOG_LEVEL,
    &ARCHITECTURE,
    &ARN,
    &CAPACITY_PROVIDER_ARN,
    &CODE_SIGNING_CONFIG_ARN,
    &CODE_SIGNING_POLICY,
    &COLLECTION_NAME,
    &DATABASE_NAME,
    &DESCRIPTION,
    &DESTINATION_ARN,
    &DIRECT_S3_READ,
    &DURABLE_EXECUTION_NAME,
    &END_POINT_TYPE,
    &ENDPOINT,
    &ENVIRONMENT_VARIABLE_NAME,
    &EVENT_SOURCE_MAPPING_METRIC,
    &EVENT_SOURCE_MAPPING_SYSTEM_LOG_LEVEL,
    &EVENT_SOURCE_POSITION,
    &EVENT_SOURCE_TOKEN,
    &FILE_SYSTEM_ARN,
    &FULL_DOCUMENT,
    &FUNCTION_NAME,
    &FUNCTION_RESPONSE_TYPE,
    &FUNCTION_RUNTIME_ALIAS,
    &FUNCTION_RUNTIME_ARN,
    &FUNCTION_URL_AUTH_TYPE,
    &FUNCTION_URL_FUNCTION_NAME,
    &FUNCTION_URL_QUALIFIER,
    &FUNCTION_VERSION,
    &FUNCTION_VERSION_LATEST_PUBLISHED,
    &HANDLER,
    &HEADER,
    &INVOCATION_TYPE,
    &INVOKE_MODE,
    &KMS_KEY_ARN,
    &KAFKA_EVENT_SOURCE_MAPPING_CONSUMPTION_MODE,
    &KAFKA_SCHEMA_REGISTRY_AUTH_TYPE,
    &KAFKA_SCHEMA_VALIDATION_ATTRIBUTE,
    &LAYER_NAME_OR_ARN,
    &LAYER_PERMISSION_ALLOWED_ACTION,
    &LAYER_PERMISSION_ALLOWED_PRINCIPAL,
    &LAYER_VERSION_ARN,
    &LICENSE_INFO,
    &LOCAL_MOUNT_PATH,
    &LOG_FORMAT,
    &LOG_GROUP,
    &LOG_TYPE,
    &MASTER_REGION,
    &METHOD,
    &NAMESPACED_FUNCTION_NAME,
    &NAMESPACED_STATEMENT_ID,
    &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER,
    &ORGANIZATION_ID,
    &ORIGIN,
    &PACKAGE_TYPE,
    &PATTERN,
    &POLICY_RESOURCE_ARN,
    &PRINCIPAL,
    &PRINCIPAL_ORG_ID,
    &PROVISIONED_POLLER_GROUP_NAME,
    &QUALIFIER,
    &QUEUE,
    &RECURSIVE_LOOP,
    &RESOURCE_ARN,
    &RESOURCE_POLICY,
    &RESPONSE_STREAMING_INVOCATION_TYPE,
    &REVISION_ID,
    &ROLE_ARN,
    &RUNTIME,
    &RUNTIME_VERSION_ARN,
    &S3_BUCKET,
    &S3_KEY,
    &S3_OBJECT_STORAGE_MODE,
    &S3_OBJECT_VERSION,
    &SCHEMA_REGISTRY_EVENT_RECORD_FORMAT,
    &SCHEMA_REGISTRY_URI,
    &SECURITY_GROUP_ID,
    &SNAP_START_APPLY_ON,
    &SOURCE_ACCESS_TYPE,
    &SOURCE_OWNER,
    &STATEMENT_ID,
    &SUBNET_ID,
    &SYSTEM_LOG_LEVEL,
    &TAG_KEY,
    &TAG_VALUE,
    &TAGGABLE_RESOURCE,
    &TENANT_ID,
    &TENANT_ISOLATION_MODE,
    &TOPIC,
    &TRACING_MODE,
    &URI,
    &UUID_STRING,
    &UNQUALIFIED_FUNCTION_NAME,
    &UPDATE_RUNTIME_ON,
    &VERSION_WITH_LATEST_PUBLISHED,
    &WORKING_DIRECTORY,
];
