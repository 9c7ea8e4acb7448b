//! Rust text: names in Rust's casings, string literals, and the frame of a generated file.

use std::path::Path;

use super::File;

/// A file of generated Rust with the note that tells a reader where to make changes.
pub(crate) fn file(folder: &str, name: &str, body: &str) -> File {
    let text =
        format!("// Written by `cargo xtask codegen` from AWS's service model. Do not edit.\n\n{body}");
    File { path: Path::new(folder).join(format!("{name}.rs")), text }
}

/// `VpcConfig` → `vpc_config`, `KMSKeyArn` → `kms_key_arn`, `EC2ErrorCode` → `ec2_error_code`.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| letters.get(i));
        let after = letters.get(i + 1);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|b| {
                b.is_ascii_lowercase()
                    || (b.is_ascii_digit() && after.is_some_and(char::is_ascii_lowercase))
                    || (b.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// A member's name as a field's: a word that Rust has for itself is written raw.
pub(crate) fn field(name: &str) -> String {
    let name = snake(name);
    if name == "type" { format!("r#{name}") } else { name }
}

/// `ResourceNotFound` → `RESOURCE_NOT_FOUND`.
pub(crate) fn shouting(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// `interleaved` → `Interleaved`: a Rust type's name for any shape's.
pub(crate) fn pascal(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// AWS's violation texts name members in lower camel case: `VpcConfig` → `vpcConfig`, `KMSKeyArn` → `kMSKeyArn`.
pub(crate) fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

pub(crate) fn literal(text: &str) -> String {
    if text.contains('\\') || text.contains('"') {
        if text.contains('"') { format!("r#\"{text}\"#") } else { format!("r\"{text}\"") }
    } else {
        format!("\"{text}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_person_reads_them() {
        assert_eq!(snake("FunctionName"), "function_name");
        assert_eq!(snake("KMSKeyArn"), "kms_key_arn");
        assert_eq!(snake("EC2ErrorCode"), "ec2_error_code");
        assert_eq!(snake("S3Bucket"), "s3_bucket");
        assert_eq!(snake("CodeSha256"), "code_sha256");
        assert_eq!(snake("SourceKMSKeyArn"), "source_kms_key_arn");
        assert_eq!(
            snake("ExecutionEnvironmentMemoryGiBPerVCpu"),
            "execution_environment_memory_gi_b_per_v_cpu"
        );
        assert_eq!(shouting("EFSIOException"), "EFSIO_EXCEPTION");
        assert_eq!(camel("MemorySize"), "memorySize");
    }
}
