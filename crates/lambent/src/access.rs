//! Keys and roles as the commands see them: the files of a data directory, whether or not a server runs on it.

use crate::failure::{Exit, Failure};
use lambent_store::access::{Access, AccessError, AccessKey, AccessStore, PolicyText};
use std::path::Path;

/// What the key is called that the first start makes.
pub(crate) const FIRST_KEY: &str = "default";

/// Policies are small; a file larger than this is something else.
const POLICY_FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The keys and roles of a data directory that a server has been started on.
pub(crate) fn of_data_dir(data_dir: &Path) -> Result<AccessStore, Failure> {
    let store = AccessStore::new(data_dir);
    if store.is_used() {
        return Ok(store);
    }
    let doing = "find the access keys";
    // Of a directory that is another user's we can't know.
    if let Err(error) = std::fs::metadata(data_dir.join("access/keys"))
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(Failure::failed(doing, format!("{}: {error}", data_dir.display()))
            .hint("run this as the user that the server runs as"));
    }
    let cause = format!("no server has been started on the data directory {}", data_dir.display());
    Err(Failure::failed(doing, cause)
        .hint("start it first: `lambent serve`, or name the directory of another with --data-dir"))
}

/// Why keys or roles could not be read or changed; `doing` fits after "failed to".
pub(crate) fn failure(doing: &str, error: &AccessError) -> Failure {
    let failure = Failure::failed(doing, error);
    match error {
        AccessError::Missing { kind: "role", .. } => {
            failure.hint("`lambent roles list` says which there are")
        }
        AccessError::Missing { .. } => failure.hint("`lambent keys list` says which there are"),
        AccessError::NameTaken(_) => failure.hint("choose another name, or delete that key first"),
        AccessError::Busy => failure.hint("run it again"),
        AccessError::TooMany { .. } => failure.hint("delete what nobody uses"),
        AccessError::Faulty(_) => failure.hint("mend the file, or delete the key by its id"),
        AccessError::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            failure.hint("run this as the user that the server runs as")
        }
        AccessError::Io { .. } => failure,
    }
}

/// The named key, which must be active; without a name the oldest that is.
pub(crate) fn active<'a>(access: &'a Access, which: Option<&str>) -> Result<&'a AccessKey, Failure> {
    let doing = "choose an access key";
    let Some(which) = which else {
        let first = access.first_active();
        return first.map(AsRef::as_ref).ok_or_else(|| {
            Failure::failed(doing, "there is none that is active")
                .hint("`lambent keys create NAME` makes one, `lambent keys enable` one that is disabled")
        });
    };
    let key = access.key(which).ok_or_else(|| {
        let which = which.to_owned();
        failure(doing, &AccessError::Missing { kind: "key", which })
    })?;
    match key.status {
        lambent_store::access::KeyStatus::Active => Ok(key),
        lambent_store::access::KeyStatus::Disabled => {
            Err(Failure::failed(doing, format!("`{which}` is disabled"))
                .hint(format!("`lambent keys enable {which}` enables it again")))
        }
    }
}

/// Reads a policy from a file.
pub(crate) fn policy(path: &Path) -> Result<PolicyText, Failure> {
    use std::io::Read as _;
    let doing = "read the policy";
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(POLICY_FILE_BYTES_MAX).read_to_string(&mut text))
        .map_err(|error| Failure::failed(doing, format!("{}: {error}", path.display())))?;
    PolicyText::new(&text).map_err(|fault| {
        Failure::new(Exit::Failed, doing, format!("{}: {fault}", path.display())).hint(
            "a policy looks like {\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\
             \"Action\":\"lambda:InvokeFunction\",\"Resource\":\"*\"}]}",
        )
    })
}
