//! The error shapes: name, status, and which casing of the message key the typed SDKs expect.

use super::model::Model;
use super::rust;
use crate::failure::Failure;

pub(crate) fn render(model: &Model) -> Result<String, Failure> {
    let mut out = String::from(
        "//! Every error shape of the service: its name, its HTTP status and the key its message is under.\n\n\
         use crate::model::ErrorShape;\n\n",
    );
    let mut all = Vec::new();
    for (name, shape) in model.shapes.iter().filter(|(_, shape)| shape.exception) {
        let error = shape
            .error
            .as_ref()
            .ok_or_else(|| Failure::new(format!("error shape `{name}` has no status")))?;
        let has = |key: &str| shape.members.0.iter().any(|(member, _)| member == key);
        let key = if has("Message") { "Message" } else { "message" };
        let constant = rust::shouting(name.strip_suffix("Exception").unwrap_or(name));
        let status = error.http_status_code;
        out.push_str(&format!(
            "pub const {constant}: ErrorShape = ErrorShape::new(\"{name}\", {status}, \"{key}\");\n"
        ));
        all.push(constant);
    }
    out.push_str(&format!("\npub const ALL: &[ErrorShape] = &[{}];\n", all.join(", ")));
    Ok(out)
}
