//! Statements as AddPermission and AddLayerVersionPermission write them, and policies made of them.
//!
//! The texts are recorded from AWS: `Sid`, `Effect`, `Principal`, `Action`, `Resource`, `Condition` in this order, the
//! policy's id `default`, and a policy that loses its last statement is gone. The errors' texts are AWS's.

use super::RESOURCE_POLICY_BYTES_MAX;
use super::decision::PolicyKind;
use super::document::Policy;
use super::json::Node;
use super::malformed::{Fault, MalformedPolicy};
use crate::arn::AccountId;
use std::fmt;

/// What AddPermission is given, and the function, version or alias that it is about.
#[derive(Debug, Clone, Copy)]
pub struct FunctionPermission<'a> {
    /// `StatementId`, which becomes the `Sid`.
    pub statement_id: &'a str,
    /// `lambda:InvokeFunction`, `lambda:*` and the like.
    pub action: &'a str,
    /// A service, an account, an ARN, or `*`.
    pub principal: &'a str,
    /// `SourceArn`.
    pub source_arn: Option<&'a str>,
    /// `SourceAccount`.
    pub source_account: Option<&'a str>,
    /// `EventSourceToken`.
    pub event_source_token: Option<&'a str>,
    /// `PrincipalOrgID`.
    pub principal_org_id: Option<&'a str>,
    /// `FunctionUrlAuthType`.
    pub function_url_auth_type: Option<&'a str>,
    /// `InvokedViaFunctionUrl`.
    pub invoked_via_function_url: Option<bool>,
    /// The ARN of the function, version or alias.
    pub resource: &'a str,
}

/// What AddLayerVersionPermission is given, and the layer version that it is about.
#[derive(Debug, Clone, Copy)]
pub struct LayerPermission<'a> {
    /// `StatementId`, which becomes the `Sid`.
    pub statement_id: &'a str,
    /// `lambda:GetLayerVersion`.
    pub action: &'a str,
    /// An account, its root's ARN, or `*`.
    pub principal: &'a str,
    /// `OrganizationId`.
    pub organization_id: Option<&'a str>,
    /// The ARN of the layer version.
    pub resource: &'a str,
}

/// A statement that can be added to a policy. It prints as AWS returns it.
#[derive(Debug, Clone, PartialEq)]
pub struct PermissionStatement(Node);

/// Why a policy could not be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum PermissionError {
    #[error("The provided principal was invalid. Please check the principal and try again.")]
    Principal,
    #[error(
        "The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the existing \
         statement."
    )]
    Exists { sid: String },
    #[error("Statement {sid} is not found in resource policy.")]
    NotFound { sid: String },
    #[error("No policy is associated with the given resource.")]
    NoPolicy,
    #[error("The final policy size ({bytes}) is bigger than the limit ({limit}).")]
    TooLong { bytes: usize, limit: usize },
    #[error(transparent)]
    Malformed(#[from] MalformedPolicy),
}

impl FunctionPermission<'_> {
    /// The statement.
    pub fn statement(&self) -> Result<PermissionStatement, PermissionError> {
        let equal = members([
            ("lambda:FunctionUrlAuthType", self.function_url_auth_type),
            ("aws:PrincipalOrgID", self.principal_org_id),
            ("AWS:SourceAccount", self.source_account),
            ("lambda:EventSourceToken", self.event_source_token),
        ]);
        let via_url = self.invoked_via_function_url.map(|via| if via { "true" } else { "false" });
        let conditions = [
            ("StringEquals", equal),
            ("Bool", members([("lambda:InvokedViaFunctionUrl", via_url)])),
            ("ArnLike", members([("AWS:SourceArn", self.source_arn)])),
        ];
        statement(self.statement_id, self.principal, self.action, self.resource, conditions)
    }
}

impl LayerPermission<'_> {
    /// The statement.
    pub fn statement(&self) -> Result<PermissionStatement, PermissionError> {
        let conditions = [("StringEquals", members([("aws:PrincipalOrgID", self.organization_id)]))];
        statement(self.statement_id, self.principal, self.action, self.resource, conditions)
    }
}

impl fmt::Display for PermissionStatement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// The policy with the statement at its end; without a policy, a new one.
pub fn add(policy: Option<&Policy>, statement: &PermissionStatement) -> Result<Policy, PermissionError> {
    let sid = statement.0.member("Sid");
    let mut statements = policy.map(statements).unwrap_or_default();
    if let Some(sid) = sid.filter(|sid| statements.iter().any(|own| own.member("Sid") == Some(sid))) {
        return Err(PermissionError::Exists { sid: sid.as_text().unwrap_or_default().to_owned() });
    }
    statements.push(statement.0.clone());
    let written = match policy {
        Some(policy) => with_statements(policy, statements),
        None => Node::object([
            ("Version", Node::text("2012-10-17")),
            ("Id", Node::text("default")),
            ("Statement", Node::List(statements)),
        ]),
    };
    let bytes = written.to_string().len();
    if bytes > RESOURCE_POLICY_BYTES_MAX {
        return Err(PermissionError::TooLong { bytes, limit: RESOURCE_POLICY_BYTES_MAX });
    }
    Policy::compile(written, PolicyKind::Resource).map_err(|malformed| match malformed.fault() {
        Fault::Principal(_) => PermissionError::Principal,
        _ => PermissionError::Malformed(malformed),
    })
}

/// The policy without the statement called `sid`; `None` if that was its last.
pub fn remove(policy: Option<&Policy>, sid: &str) -> Result<Option<Policy>, PermissionError> {
    let policy = policy.ok_or(PermissionError::NoPolicy)?;
    let mut statements = statements(policy);
    let before = statements.len();
    statements.retain(|statement| statement.member("Sid").and_then(Node::as_text) != Some(sid));
    if statements.len() == before {
        return Err(PermissionError::NotFound { sid: sid.to_owned() });
    }
    if statements.is_empty() {
        return Ok(None);
    }
    Ok(Some(Policy::compile(with_statements(policy, statements), PolicyKind::Resource)?))
}

fn statements(policy: &Policy) -> Vec<Node> {
    policy.written().member("Statement").map(|element| element.elements().to_vec()).unwrap_or_default()
}

/// The policy as it was written, but for its statements.
fn with_statements(policy: &Policy, statements: Vec<Node>) -> Node {
    let mut written = policy.written().clone();
    if let Node::Object(members) = &mut written
        && let Some((_, element)) = members.iter_mut().find(|(name, _)| name == "Statement")
    {
        *element = Node::List(statements);
    }
    written
}

fn statement<const N: usize>(
    sid: &str,
    principal: &str,
    action: &str,
    resource: &str,
    conditions: [(&'static str, Vec<(String, Node)>); N],
) -> Result<PermissionStatement, PermissionError> {
    let mut members = vec![
        ("Sid", Node::text(sid)),
        ("Effect", Node::text("Allow")),
        ("Principal", principal_element(principal).ok_or(PermissionError::Principal)?),
        ("Action", Node::text(action)),
        ("Resource", Node::text(resource)),
    ];
    let conditions: Vec<_> = conditions.into_iter().filter(|(_, keys)| !keys.is_empty()).collect();
    if !conditions.is_empty() {
        let operators = conditions.into_iter().map(|(operator, keys)| (operator, Node::Object(keys)));
        members.push(("Condition", Node::object(operators)));
    }
    Ok(PermissionStatement(Node::object(members)))
}

fn members<const N: usize>(keys: [(&str, Option<&str>); N]) -> Vec<(String, Node)> {
    let given = |(key, value): (&str, Option<&str>)| value.map(|value| (key.to_owned(), Node::text(value)));
    keys.into_iter().filter_map(given).collect()
}

fn principal_element(principal: &str) -> Option<Node> {
    const SERVICE_DOMAINS: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com"];
    if principal == "*" {
        return Some(Node::text("*"));
    }
    if SERVICE_DOMAINS.iter().any(|domain| principal.ends_with(domain)) {
        return Some(Node::object([("Service", Node::text(principal))]));
    }
    if AccountId::new(principal).is_ok() {
        return Some(Node::object([("AWS", Node::text(format!("arn:aws:iam::{principal}:root")))]));
    }
    principal.starts_with("arn:").then(|| Node::object([("AWS", Node::text(principal))]))
}
