//! A setting's description: everything the program, `config show` and the reference know of it.

/// One setting. There is exactly one of each, in the file of its concern.
#[derive(Debug)]
pub(crate) struct Key {
    /// The TOML table it is in.
    pub(crate) section: &'static str,
    /// Its name there.
    pub(crate) name: &'static str,
    /// What values it takes.
    pub(crate) kind: Kind,
    /// What holds when nobody says anything.
    pub(crate) default: Default,
    /// The release it came with.
    pub(crate) since: &'static str,
    /// What it means: full sentences for the reference.
    pub(crate) doc: &'static str,
}

/// What values a setting takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Text; its own concern checks the form.
    Text,
    /// Like text, and never shown.
    Secret,
    /// A whole number between the two, of this unit.
    Number { min: u64, max: u64, unit: &'static str },
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of texts; separated by commas where there is only text.
    List,
}

/// What holds when nobody says anything.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Default {
    /// This, read as [`Value::from_text`] would.
    Fixed(&'static str),
    /// Something found out at the start; the words say what.
    Computed(&'static str),
}

/// A value of the right kind and in its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(u64),
    Switch(bool),
    List(Vec<String>),
}

/// Why a value does not do: fits after "is".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfit(pub(crate) String);

impl Key {
    /// `section.name`.
    pub(crate) fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The environment variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("LAMBENT_{}_{}", self.section, self.name).to_uppercase()
    }
}

impl Kind {
    /// What it takes, in words: fits after "must be".
    pub(crate) fn expectation(self) -> String {
        match self {
            Self::Text | Self::Secret => "text".to_owned(),
            Self::Number { min, max, unit } => {
                format!("a whole number of {unit} from {min} to {max}")
            }
            Self::Switch => "true or false".to_owned(),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::List => "a list of texts".to_owned(),
        }
    }
}

impl Value {
    /// Reads text, as an environment variable or a flag brings it.
    pub(crate) fn from_text(kind: Kind, text: &str) -> Result<Self, Unfit> {
        match kind {
            Kind::Number { min, max, .. } => {
                let number = text.trim().parse().map_err(|_| Unfit(format!("`{text}`")))?;
                Self::number(number, min, max)
            }
            Kind::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Ok(Self::List(parts.map(str::to_owned).collect()))
            }
            Kind::Switch => text.trim().parse().map(Self::Switch).map_err(|_| Unfit(format!("`{text}`"))),
            Kind::Text | Kind::Secret | Kind::Choice(_) => Self::word(kind, text),
        }
    }

    /// Reads a value of the file.
    pub(crate) fn from_toml(kind: Kind, value: &toml::Value) -> Result<Self, Unfit> {
        let wrong = || Unfit(format!("{} {}", article(value.type_str()), value.type_str()));
        match (kind, value) {
            (Kind::Number { min, max, .. }, toml::Value::Integer(number)) => {
                let number = u64::try_from(*number).map_err(|_| Unfit(number.to_string()))?;
                Self::number(number, min, max)
            }
            (Kind::Text | Kind::Secret | Kind::Choice(_), toml::Value::String(text)) => {
                Self::word(kind, text)
            }
            (Kind::Switch, toml::Value::Boolean(on)) => Ok(Self::Switch(*on)),
            (Kind::List, toml::Value::Array(values)) => {
                let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
                let texts: Option<Vec<String>> = texts.collect();
                texts.map(Self::List).ok_or_else(|| Unfit("a list with something else in it".to_owned()))
            }
            _ => Err(wrong()),
        }
    }

    fn number(number: u64, min: u64, max: u64) -> Result<Self, Unfit> {
        if (min..=max).contains(&number) { Ok(Self::Number(number)) } else { Err(Unfit(number.to_string())) }
    }

    fn word(kind: Kind, text: &str) -> Result<Self, Unfit> {
        match kind {
            Kind::Choice(words) if !words.contains(&text) => Err(Unfit(format!("`{text}`"))),
            _ => Ok(Self::Text(text.to_owned())),
        }
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

impl std::fmt::Display for Value {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Number(number) => write!(out, "{number}"),
            Self::Switch(on) => write!(out, "{on}"),
            Self::List(texts) => out.write_str(&texts.join(",")),
        }
    }
}
