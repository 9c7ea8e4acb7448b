//! What can be typed about access keys and roles.

use super::{Format, ServeArgs};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Which data directory is meant. The server that runs on it notices a change within a second.
#[derive(Debug, Args)]
pub(crate) struct DataDirArgs {
    /// The server's data directory [default: that of the configuration, or ./lambent-data]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// The server's configuration file [default: lambent.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl DataDirArgs {
    /// The settings that were typed.
    pub(crate) fn serve(&self) -> ServeArgs {
        ServeArgs { config: self.config.clone(), data_dir: self.data_dir.clone(), ..ServeArgs::default() }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make an access key and show its secret, this once.
    Create {
        /// What to call it; it also names the user that the key stands for.
        name: String,
        /// A file with an IAM policy: what the key may do. Without it the key may do everything.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// How the key is printed: as exports for a shell, or as JSON.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        output: Format,
        #[command(flatten)]
        data_dir: DataDirArgs,
    },
    /// List the access keys, without their secrets.
    List {
        /// How the list looks.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        output: Format,
        #[command(flatten)]
        data_dir: DataDirArgs,
    },
    /// Stop taking a key, until it is enabled again.
    Disable(KeyArgs),
    /// Take a key again.
    Enable(KeyArgs),
    /// Delete a key for good.
    Delete(KeyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// The key's id or name.
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) data_dir: DataDirArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RolesCommand {
    /// Make a role, or give it another policy.
    Put {
        /// The role's name: the last part of the ARN that functions name as their role.
        name: String,
        /// A file with an IAM policy: what functions in this role may do.
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        #[command(flatten)]
        data_dir: DataDirArgs,
    },
    /// List the roles, those of the configuration included.
    List {
        /// How the list looks.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        output: Format,
        #[command(flatten)]
        data_dir: DataDirArgs,
    },
    /// Print a role's policy.
    Show(RoleArgs),
    /// Delete a role; functions that name it have no rights from then on.
    Delete(RoleArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RoleArgs {
    /// The role's name.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) data_dir: DataDirArgs,
}
