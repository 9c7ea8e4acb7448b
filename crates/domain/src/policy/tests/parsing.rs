//! What is a policy, what is not, and what the refusal says.

use crate::policy::{Fault, Policy, PolicyKind};

const GOOD: &str = r#""Effect":"Allow","Action":"lambda:*","Resource":"*""#;

fn identity(text: &str) -> Result<Policy, String> {
    Policy::parse(text, PolicyKind::Identity, 6_144).map_err(|error| error.to_string())
}

fn resource(text: &str) -> Result<Policy, String> {
    Policy::parse(text, PolicyKind::Resource, 20_480).map_err(|error| error.to_string())
}

#[test]
fn a_policy_prints_as_it_was_written() {
    for text in [
        r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s-3_x","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f","Condition":{"StringEquals":{"AWS:SourceAccount":"111122223333"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}]}"#,
        r#"{"Statement":{"Resource":["*"],"Action":["lambda:*"],"Principal":"*","Effect":"Deny","Condition":{}},"Version":"2008-10-17"}"#,
        r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*","111122223333"]},"Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"lambda:Limit":10}}}]}"#,
    ] {
        assert_eq!(resource(text).map(|policy| policy.to_string()), Ok(text.to_owned()));
    }
    let spaced = format!("  {{ \"Statement\" : [ {{ {GOOD} , \"Sid\":\"\\u0061\" }} ] }}\n");
    let printed = r#"{"Statement":[{"Effect":"Allow","Action":"lambda:*","Resource":"*","Sid":"a"}]}"#;
    assert_eq!(identity(&spaced).map(|policy| policy.to_string()), Ok(printed.to_owned()));
}

#[test]
fn a_refusal_says_what_and_where() {
    let cases: &[(&str, &str)] = &[
        ("", "This policy contains invalid Json: EOF while parsing a value at line 1 column 0."),
        ("{} x", "This policy contains invalid Json: trailing characters at line 1 column 4."),
        ("[]", "Syntax errors in policy: an object expected."),
        ("{}", "Missing required field Statement."),
        (r#"{"Statement":[]}"#, "Policy statement must contain statements. (at Statement)"),
        (r#"{"Statement":[7]}"#, "Syntax errors in policy: an object expected. (at Statement[0])"),
        (r#"{"Statement":"x"}"#, "Syntax errors in policy: an object expected. (at Statement)"),
        (r#"{"Statements":[]}"#, "Syntax errors in policy: unknown element Statements."),
        (
            r#"{"Version":"2020-01-01","Statement":[]}"#,
            "The policy version must be 2012-10-17 or 2008-10-17, and is 2020-01-01. (at Version)",
        ),
        (r#"{"Id":1,"Statement":[]}"#, "Syntax errors in policy: a text expected. (at Id)"),
        (
            r#"{"Id":"a","Id":"b","Statement":[]}"#,
            "This policy contains invalid Json: an object has two members of one name at line 1 column 14.",
        ),
    ];
    for (text, complaint) in cases {
        assert_eq!(identity(text).map(drop), Err((*complaint).to_owned()), "{text}");
    }
}

/// Members of a statement, `~` for those of a good one, and what is said of them and where.
const REFUSED: &[(&str, &str, &str)] = &[
    (r#""Action":"*","Resource":"*""#, "Missing required field Effect.", "Effect"),
    (
        r#""Effect":"allow","Action":"*","Resource":"*""#,
        "The effect must be Allow or Deny, and is allow.",
        "Effect",
    ),
    (r#""Effect":"Allow","Resource":"*""#, "Policy statement must contain actions.", "Action"),
    (r#""Effect":"Allow","Action":[],"Resource":"*""#, "Policy statement must contain actions.", "Action"),
    (
        r#""Effect":"Allow","Action":[1],"Resource":"*""#,
        "Syntax errors in policy: a text expected.",
        "Action",
    ),
    (
        r#""Effect":"Allow","NotAction":"Invoke","Resource":"*""#,
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: Invoke",
        "NotAction",
    ),
    (
        r#""Effect":"Allow","Action":"*","NotAction":"*","Resource":"*""#,
        "Action and NotAction exclude each other.",
        "Action",
    ),
    (r#""Effect":"Allow","Action":"*""#, "Policy statement must contain resources.", "Resource"),
    (
        r#""Effect":"Allow","Action":"*","Resource":"hello""#,
        "Resource hello must be in ARN format or \"*\".",
        "Resource",
    ),
    (r#"~,"Who":1"#, "Syntax errors in policy: unknown element Who.", ""),
    (r#"~,"Principal":"*""#, "Has prohibited field Principal.", "Principal"),
    (
        r#"~,"Sid":"a b""#,
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
         [0-9A-Za-z]*",
        "Sid",
    ),
    (r#"~,"Condition":[]"#, "Syntax errors in policy: an object expected.", "Condition"),
    (
        r#"~,"Condition":{"StringEqual":{"aws:username":"x"}}"#,
        "Invalid Condition type : StringEqual.",
        "Condition.StringEqual.aws:username",
    ),
    (
        r#"~,"Condition":{"Bool":{"secure":"true"}}"#,
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: secure",
        "Condition.Bool.secure",
    ),
    (
        r#"~,"Condition":{"Bool":{"aws:x":"yes"}}"#,
        "The value yes of a condition is no truth value.",
        "Condition.Bool.aws:x",
    ),
    (
        r#"~,"Condition":{"IpAddress":{"aws:x":"10.0.0.0/40"}}"#,
        "The value 10.0.0.0/40 of a condition is no IP address.",
        "Condition.IpAddress.aws:x",
    ),
    (
        r#"~,"Condition":{"DateEquals":{"aws:x":"now"}}"#,
        "The value now of a condition is no date.",
        "Condition.DateEquals.aws:x",
    ),
    (
        r#"~,"Condition":{"NumericEquals":{"aws:x":"inf"}}"#,
        "The value inf of a condition is no number.",
        "Condition.NumericEquals.aws:x",
    ),
    (
        r#"~,"Condition":{"BinaryEquals":{"aws:x":"a-b"}}"#,
        "The value a-b of a condition is no base64 text.",
        "Condition.BinaryEquals.aws:x",
    ),
    (
        r#"~,"Condition":{"StringEquals":{"aws:x":[]}}"#,
        "Policy statement must contain values of a condition.",
        "Condition.StringEquals.aws:x",
    ),
    (
        r#"~,"Condition":{"NullIfExists":{"aws:x":"true"}}"#,
        "Invalid Condition type : NullIfExists.",
        "Condition.NullIfExists.aws:x",
    ),
];

#[test]
fn a_statement_is_refused_for_each_of_its_elements() {
    for (members, complaint, element) in REFUSED {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{{{}}}]}}"#, members.replace('~', GOOD));
        let dot = if element.is_empty() { "" } else { "." };
        let expected = format!("{complaint} (at Statement[0]{dot}{element})");
        assert_eq!(identity(&text).map(drop), Err(expected), "{text}");
    }
}

#[test]
fn principals_are_whole_identities() {
    let with = |principal: &str| {
        resource(&format!(r#"{{"Statement":[{{{GOOD},"Principal":{principal}}}]}}"#)).map(drop).map_err(
            |error| error.strip_suffix(" (at Statement[0].Principal)").expect("the place").to_owned(),
        )
    };
    for good in [
        r#""*""#,
        r#"{"AWS":"111122223333"}"#,
        r#"{"AWS":["arn:aws:iam::111122223333:user/a/b","arn:aws-cn:iam::111122223333:root"]}"#,
        r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s","Service":["s3.amazonaws.com"]}"#,
    ] {
        assert_eq!(with(good), Ok(()), "{good}");
    }
    let invalid = |name: &str| Err(format!("Invalid principal in policy: {name}"));
    assert_eq!(with(r#""111122223333""#), invalid("111122223333"));
    for name in [
        "1111",
        "arn:aws:iam::111122223333:user/*",
        "arn:aws:iam::*:root",
        "arn:aws:s3:::b",
        "arn:aws:iam::111122223333:",
    ] {
        assert_eq!(with(&format!(r#"{{"AWS":"{name}"}}"#)), invalid(name));
    }
    assert_eq!(with(r#"{"Service":"*"}"#), invalid("*"));
    assert_eq!(with("{}"), Err("Policy statement must contain principals.".to_owned()));
    assert_eq!(with(r#"{"Azure":"x"}"#), Err("Syntax errors in policy: unknown element Azure.".to_owned()));
    let without = resource(&format!(r#"{{"Statement":[{{{GOOD}}}]}}"#));
    assert_eq!(
        without.map(drop),
        Err("Missing required field Principal. (at Statement[0].Principal)".to_owned())
    );
}

#[test]
fn variables_that_are_none_are_refused() {
    for (resource, good) in [
        ("arn:${aws:username}", true),
        ("arn:${aws:username, 'a}b'}", true),
        ("arn:${aws:username", false),
        ("arn:${}", false),
        ("arn:${aws:username, a}", false),
        ("arn:${aws:${aws:username}}", false),
        ("arn:$x{}", true),
    ] {
        let text = |version: &str| {
            format!(
                r#"{{"Version":"{version}","Statement":[{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}]}}"#
            )
        };
        assert_eq!(identity(&text("2012-10-17")).is_ok(), good, "{resource}");
        assert!(identity(&text("2008-10-17")).is_ok(), "{resource}");
    }
}

#[test]
fn everything_is_bounded() {
    let long = format!(r#"{{"Statement":[{{{GOOD}}}],"Id":"{}"}}"#, "x".repeat(7_000));
    let error = Policy::parse(&long, PolicyKind::Identity, 6_144).map(drop).unwrap_err();
    assert_eq!(error.fault(), &Fault::TooLong { bytes: long.len(), limit: 6_144 });
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(
        Policy::parse(&nested, PolicyKind::Identity, usize::MAX)
            .unwrap_err()
            .to_string()
            .contains("nests too deep")
    );
    let many = format!(r#"{{"Statement":[{}]}}"#, vec![format!("{{{GOOD}}}"); 513].join(","));
    let error = Policy::parse(&many, PolicyKind::Identity, usize::MAX).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "There are more than 512 statements. (at Statement)");
    let values = format!(
        r#"{{"Statement":{{"Effect":"Allow","Resource":"*","Action":[{}]}}}}"#,
        vec!["\"a:b\""; 1_025].join(",")
    );
    let error = Policy::parse(&values, PolicyKind::Identity, usize::MAX).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "There are more than 1024 actions. (at Statement.Action)");
    let twice = format!(r#"{{"Statement":[{{{GOOD},"Sid":"a"}},{{{GOOD},"Sid":"a"}}]}}"#);
    assert_eq!(
        identity(&twice).map(drop),
        Err("Statement IDs (SID) in a single policy must be unique. (at Statement[1].Sid)".to_owned())
    );
}
