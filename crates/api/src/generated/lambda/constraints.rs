// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

//! What the service model demands of request members.

use crate::model::{Count, Pattern, Real, Text, Whole};

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

pub static DESCRIPTION: Text =
    Text { min: Some(0), max: Some(256), pattern: None, values: &[], sensitive: false };

pub static DIRECT_S3_READ: Text =
    Text { min: None, max: None, pattern: None, values: &["ENABLED", "DISABLED", "AUTO"], sensitive: false };

pub static DURABLE_EXECUTION_NAME: Text = Text {
    min: Some(1),
    max: Some(64),
    pattern: Some(Pattern::new("[a-zA-Z0-9-_]+", "[a-zA-Z0-9-_]+")),
    values: &[],
    sensitive: false,
};

pub static ENVIRONMENT_VARIABLE_NAME: Text = Text {
    min: None,
    max: None,
    pattern: Some(Pattern::new("[a-zA-Z]([a-zA-Z0-9_])+", "[a-zA-Z]([a-zA-Z0-9_])+")),
    values: &[],
    sensitive: true,
};

pub static EPHEMERAL_STORAGE_SIZE: Whole = Whole { min: Some(512), max: Some(32768) };

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

pub static INVOCATION_TYPE: Text = Text {
    min: None,
    max: None,
    pattern: None,
    values: &["Event", "RequestResponse", "DryRun"],
    sensitive: false,
};

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

pub static MAX_LIST_ITEMS: Whole = Whole { min: Some(1), max: Some(10000) };

pub static MEMORY_SIZE: Whole = Whole { min: Some(128), max: Some(32768) };

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

pub static PACKAGE_TYPE: Text =
    Text { min: None, max: None, pattern: None, values: &["Zip", "Image"], sensitive: false };

pub static PER_EXECUTION_ENVIRONMENT_MAX_CONCURRENCY: Whole = Whole { min: Some(1), max: Some(1600) };

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

pub static RETENTION_PERIOD_IN_DAYS: Whole = Whole { min: Some(1), max: Some(90) };

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

pub static SECURITY_GROUP_ID: Text = Text {
    min: Some(0),
    max: Some(1024),
    pattern: Some(Pattern::new("sg-[0-9a-zA-Z]*", "sg-[0-9a-zA-Z]*")),
    values: &[],
    sensitive: false,
};

pub static SECURITY_GROUP_IDS: Count = Count { min: Some(0), max: Some(5) };

pub static SNAP_START_APPLY_ON: Text =
    Text { min: None, max: None, pattern: None, values: &["PublishedVersions", "None"], sensitive: false };

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

pub static TRACING_MODE: Text =
    Text { min: None, max: None, pattern: None, values: &["Active", "PassThrough"], sensitive: false };

pub static WORKING_DIRECTORY: Text =
    Text { min: Some(0), max: Some(1000), pattern: None, values: &[], sensitive: false };

/// Every text constraint, so that a test can prove each pattern usable.
pub static TEXTS: &[&Text] = &[
    &APPLICATION_LOG_LEVEL,
    &ARCHITECTURE,
    &CAPACITY_PROVIDER_ARN,
    &CODE_SIGNING_CONFIG_ARN,
    &DESCRIPTION,
    &DIRECT_S3_READ,
    &DURABLE_EXECUTION_NAME,
    &ENVIRONMENT_VARIABLE_NAME,
    &FILE_SYSTEM_ARN,
    &FUNCTION_NAME,
    &FUNCTION_RUNTIME_ALIAS,
    &FUNCTION_RUNTIME_ARN,
    &FUNCTION_VERSION,
    &FUNCTION_VERSION_LATEST_PUBLISHED,
    &HANDLER,
    &INVOCATION_TYPE,
    &KMS_KEY_ARN,
    &LAYER_VERSION_ARN,
    &LOCAL_MOUNT_PATH,
    &LOG_FORMAT,
    &LOG_GROUP,
    &LOG_TYPE,
    &MASTER_REGION,
    &NAMESPACED_FUNCTION_NAME,
    &NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER,
    &PACKAGE_TYPE,
    &RESOURCE_ARN,
    &ROLE_ARN,
    &RUNTIME,
    &S3_BUCKET,
    &S3_KEY,
    &S3_OBJECT_STORAGE_MODE,
    &S3_OBJECT_VERSION,
    &SECURITY_GROUP_ID,
    &SNAP_START_APPLY_ON,
    &SUBNET_ID,
    &SYSTEM_LOG_LEVEL,
    &TAG_KEY,
    &TAG_VALUE,
    &TENANT_ID,
    &TENANT_ISOLATION_MODE,
    &TRACING_MODE,
    &WORKING_DIRECTORY,
];
