//! The rows about functions that are created and changed.

use super::super::server::create_body;
use super::{CONTENT, DENIED, MISSING, NOT_YET, PARAMETER, Row, VALIDATION, row};

fn create(body: String, status: u16, kind: &'static str, text: &str) -> Row {
    row("POST", "/2015-03-31/functions", status, kind, text).sending(body)
}

/// A good request with one more member.
fn with(member: &str) -> String {
    create_body("new").replacen('{', &format!("{{{member},"), 1)
}

/// The beginning of a complaint about one value.
fn place(text: &str) -> String {
    format!("1 validation error detected: Value {text}")
}

pub(super) fn creations() -> Vec<Row> {
    vec![
        // A request without a body is one without members.
        create(String::new(), 400, VALIDATION, "3 validation errors detected: Value null at 'functionName'"),
        create(
            "{".to_owned(),
            400,
            CONTENT,
            "Could not parse request body into json: Unexpected end-of-input",
        ),
        create("[]".to_owned(), 400, "SerializationException", "wrong type"),
        create(with(r#""Timeout":"3""#), 400, "SerializationException", "wrong type"),
        create(
            "{}".to_owned(),
            400,
            VALIDATION,
            "3 validation errors detected: Value null at 'functionName'",
        ),
        create(create_body("there"), 409, "ResourceConflictException", "Function already exist: there"),
        create(create_body("a b"), 400, VALIDATION, &place("'a b' at 'functionName'")),
        create(create_body("a.b"), 400, VALIDATION, "'functionName'"),
        create(create_body(&"a".repeat(65)), 400, VALIDATION, "length less than or equal to 64"),
        create(create_body("new:1"), 400, PARAMETER, "must not have a qualifier"),
        create(
            create_body("new").replace("ruby3.3", "cobol"),
            400,
            VALIDATION,
            &place("'cobol' at 'runtime'"),
        ),
        create(create_body("new").replace("arn:aws:iam", "arn:iam"), 400, VALIDATION, "at 'role'"),
        create(create_body("new").replace("index.handler", "in dex"), 400, VALIDATION, "at 'handler'"),
        create(
            with(r#""Timeout":0"#),
            400,
            VALIDATION,
            &place(
                "'0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1",
            ),
        ),
        create(with(r#""Timeout":901"#), 400, VALIDATION, "less than or equal to 900"),
        create(with(r#""MemorySize":127"#), 400, VALIDATION, "greater than or equal to 128"),
        create(with(r#""MemorySize":10241"#), 400, VALIDATION, "less than or equal to 10240"),
        create(with(r#""EphemeralStorage":{}"#), 400, VALIDATION, &place("null at 'ephemeralStorage.size'")),
        create(
            with(r#""Architectures":["X86_64"]"#),
            400,
            VALIDATION,
            &place("'[X86_64]' at 'architectures'"),
        ),
    ]
}

pub(super) fn settings() -> Vec<Row> {
    vec![
        create(
            with(r#""Environment":{"Variables":{"1A":"hush"}}"#),
            400,
            VALIDATION,
            &place("at 'environment.variables'"),
        ),
        create(
            with(r#""Environment":{"Variables":{"AWS_REGION":"x"}}"#),
            400,
            PARAMETER,
            "Reserved keys used in this request: AWS_REGION",
        ),
        create(
            with(&format!(r#""Environment":{{"Variables":{{"KEY":"{}"}}}}"#, "x".repeat(5_000))),
            400,
            PARAMETER,
            "exceeded the 4KB limit. Measured size: 5010 bytes",
        ),
        create(with(r#""Environment":{"Variables":{"KEY":"\u0000"}}"#), 400, PARAMETER, "null character"),
        create(
            with(r#""LoggingConfig":{"SystemLogLevel":"WARN"}"#),
            400,
            PARAMETER,
            "only be set if LogFormat is JSON",
        ),
        create(with(r#""PublishTo":"LATEST_PUBLISHED""#), 501, NOT_YET, "publishing to $LATEST.PUBLISHED"),
        create(with(r#""PackageType":"Image""#), 501, NOT_YET, "container images"),
        create(
            with(r#""Layers":["arn:aws:lambda:us-east-1:000000000000:layer:l:1"]"#),
            400,
            PARAMETER,
            "Layer version arn:aws:lambda:us-east-1:000000000000:layer:l:1 does not exist.",
        ),
        create(with(r#""Layers":["l"]"#), 400, VALIDATION, "'[l]' at 'layers'"),
    ]
}

pub(super) fn what_does_not_go_together() -> Vec<Row> {
    vec![
        create(with(&layers(&["eu-west-1:000000000000:layer:l:1"])), 400, PARAMETER, "in region us-east-1."),
        create(with(&layers(&["us-east-1:111111111111:layer:l:1"])), 403, DENIED, "lambda:GetLayerVersion on"),
        create(
            with(&layers(&["us-east-1:000000000000:layer:l:1"; 6])),
            400,
            PARAMETER,
            "Cannot reference more than 5 layers.",
        ),
        create(
            with(r#""DeadLetterConfig":{"TargetArn":"arn:aws:sqs:us-east-1:000000000000:q.fifo"}"#),
            400,
            PARAMETER,
            "q.fifo is invalid",
        ),
        create(
            with(r#""SnapStart":{"ApplyOn":"PublishedVersions"}"#),
            400,
            PARAMETER,
            "ruby3.3 is not supported for SnapStart enabled functions.",
        ),
        create(
            with(
                r#""SnapStart":{"ApplyOn":"PublishedVersions"},"TenancyConfig":{"TenantIsolationMode":"PER_TENANT"}"#,
            )
            .replace("ruby3.3", "python3.12"),
            400,
            PARAMETER,
            "PER_TENANT",
        ),
        create(
            with(r#""TenancyConfig":{"TenantIsolationMode":"SHARED"}"#),
            400,
            VALIDATION,
            "tenancyConfig.tenantIsolationMode",
        ),
        create(
            with(
                r#""FileSystemConfigs":[{"Arn":"arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-01234567890123456","LocalMountPath":"/mnt/x"}]"#,
            ),
            400,
            PARAMETER,
            "must be configured to execute in a VPC to reference access point arn:aws:elasticfilesystem",
        ),
        create(
            with(
                r#""CodeSigningConfigArn":"arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-01234567890123456""#,
            ),
            404,
            "CodeSigningConfigNotFoundException",
            "The code signing configuration cannot be found.",
        ),
    ]
}

/// The member, with ARNs from their regions on.
fn layers(arns: &[&str]) -> String {
    let arns: Vec<String> = arns.iter().map(|arn| format!(r#""arn:aws:lambda:{arn}""#)).collect();
    format!(r#""Layers":[{}]"#, arns.join(","))
}

pub(super) fn packages() -> Vec<Row> {
    vec![
        create(code(r#"{}"#), 400, PARAMETER, "Please provide a source for function code."),
        create(code(r#"{"ZipFile":""}"#), 400, PARAMETER, "non-empty zip"),
        create(code(r#"{"ZipFile":"%%%"}"#), 400, "SerializationException", "wrong type"),
        create(code(r#"{"ZipFile":"bm90IGEgemlw"}"#), 400, PARAMETER, "Could not unzip uploaded file"),
        create(code(r#"{"S3Bucket":"bucket","S3Key":"key"}"#), 400, PARAMETER, "set aws.s3_endpoint_url"),
        create(code(r#"{"S3Bucket":"bucket"}"#), 400, PARAMETER, "Please provide a source"),
        create(
            code(r#"{"S3Bucket":"bucket","S3Key":"key","S3ObjectStorageMode":"REFERENCE"}"#),
            501,
            NOT_YET,
            "leaving code in its bucket",
        ),
        create(
            code(r#"{"ZipFile":"AAAA","S3Bucket":"bucket"}"#),
            400,
            PARAMETER,
            "Please do not provide other FunctionCode",
        ),
        create(code(r#"{"S3Bucket":"bucket."}"#), 400, VALIDATION, "at 'code.s3Bucket'"),
        create(
            create_body("new").replace("\"Runtime\":\"ruby3.3\",", ""),
            400,
            PARAMETER,
            "Runtime and Handler are mandatory",
        ),
    ]
}

/// A CreateFunction request with other code.
fn code(code: &str) -> String {
    let body = create_body("new");
    let at = body.find("\"Code\":").expect("the body has code");
    format!("{}\"Code\":{code}}}", &body[..at])
}

pub(super) fn changes() -> Vec<Row> {
    let configure = |name: &str, body: &str, status, kind, text: &str| {
        row("PUT", &format!("/2015-03-31/functions/{name}/configuration"), status, kind, text).sending(body)
    };
    let recode = |name: &str, body: &str, status, kind, text: &str| {
        row("PUT", &format!("/2015-03-31/functions/{name}/code"), status, kind, text).sending(body)
    };
    let publish = |body: &str, name: &str, status, kind, text: &str| {
        row("POST", &format!("/2015-03-31/functions/{name}/versions"), status, kind, text).sending(body)
    };
    let revision = r#"{"RevisionId":"00000000-0000-0000-0000-000000000000"}"#;
    vec![
        configure("absent", "{}", 404, MISSING, "Function not found"),
        configure("there", "{\"Timeout\":}", 400, CONTENT, "Unexpected character ('}' (code 125))"),
        configure(
            "there",
            revision,
            412,
            "PreconditionFailedException",
            "Revision Id provided does not match",
        ),
        configure("th!ere", "{}", 400, VALIDATION, "at 'functionName'"),
        recode("absent", r#"{"ZipFile":"AAAA"}"#, 404, MISSING, "Function not found"),
        recode("there", "{}", 400, PARAMETER, "Please provide a source"),
        recode("there", r#"{"ZipFile":"AAAA","PublishTo":"LATEST_PUBLISHED"}"#, 501, NOT_YET, "PublishTo"),
        recode("there", r#"{"ImageUri":"i"}"#, 400, PARAMETER, "Please don't provide ImageUri when updating"),
        recode("there:1", r#"{"ZipFile":"AAAA"}"#, 400, PARAMETER, "permitted on Lambda functions only"),
        configure("there:live", "{}", 400, PARAMETER, "permitted on Lambda functions only"),
        publish(
            "{}",
            "absent",
            404,
            MISSING,
            "Function not found: arn:aws:lambda:us-east-1:000000000000:function:absent",
        ),
        publish(
            r#"{"CodeSha256":"x"}"#,
            "there",
            400,
            PARAMETER,
            "CodeSHA256 (x) is different from current CodeSHA256 in $LATEST (",
        ),
        publish(revision, "there", 412, "PreconditionFailedException", "Revision Id provided does not match"),
        publish(r#"{"PublishTo":"LATEST_PUBLISHED"}"#, "there", 501, NOT_YET, "PublishTo"),
        row("GET", "/2015-03-31/functions/absent/versions", 404, MISSING, "Function not found"),
        row("GET", "/2015-03-31/functions/there/versions?Marker=x", 400, PARAMETER, "Marker"),
        row("DELETE", "/2015-03-31/functions/absent?Qualifier=1", 404, MISSING, "Function not found"),
        row("DELETE", "/2015-03-31/functions/there?Qualifier=live", 400, PARAMETER, "deleted by DeleteAlias"),
        row("DELETE", "/2015-03-31/functions/absent", 404, MISSING, "Function not found"),
        row(
            "DELETE",
            "/2015-03-31/functions/there?Qualifier=$LATEST",
            400,
            PARAMETER,
            "cannot be deleted without",
        ),
        row("GET", "/2015-03-31/functions/there/configuration?Qualifier=9", 404, MISSING, "function:there:9"),
        row("GET", "/2015-03-31/functions?MaxItems=0", 400, VALIDATION, "'0' at 'maxItems'"),
        row("GET", "/2015-03-31/functions?MaxItems=many", 400, "SerializationException", "MaxItems"),
        row("GET", "/2015-03-31/functions?FunctionVersion=SOME", 400, VALIDATION, "'functionVersion'"),
        row("GET", "/2015-03-31/functions?Marker=%21", 400, PARAMETER, "Marker"),
    ]
}
