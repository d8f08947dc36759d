use std::collections::BTreeMap;

use super::environment::Environment;

/// How a client talks to a server that it starts or calls, as far as a check has to do the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wire {
    /// The name it gives itself.
    pub(super) name: &'static str,
    pub(super) opening: Opening,
    pub(super) inherits: Inherits,
    pub(super) expansion: Expansion,
}

/// The first thing a client says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// `server/discover` of 2026-07-28; `initialize` when the server doesn't know it.
    Discover,
    /// `initialize` with this protocol version.
    Initialize(&'static str),
}

/// Which of its environment variables a client hands to the servers it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inherits {
    /// All of them.
    Everything,
    /// All but those whose names look like a credential's.
    AllButSecrets,
    /// A short list, and those that the entry names in `env_vars`.
    ShortList,
}

/// How a client writes a variable in a value of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expansion {
    /// It doesn't.
    None,
    /// `${NAME}` and `${NAME:-otherwise}`.
    BracedWithDefault,
    /// `$NAME` and `${NAME}`.
    Shell,
    /// `${env:NAME}`, `${workspaceFolder}`, `${userHome}`.
    Editor,
    /// `{env:NAME}`.
    EnvOnly,
}

/// What Codex hands to its servers, besides the certificate settings of HTTP libraries.
const SHORT_LIST: [&str; 17] = [
    "HOME",
    "LOGNAME",
    "PATH",
    "SHELL",
    "USER",
    "__CF_USER_TEXT_ENCODING",
    "LANG",
    "LC_ALL",
    "TERM",
    "TMPDIR",
    "TZ",
    "SystemRoot",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "TEMP",
    "PATHEXT",
];

/// Parts of a name by which Gemini CLI takes a variable for a credential.
const SECRET_WORDS: [&str; 10] = [
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "KEY",
    "AUTH",
    "CREDENTIAL",
    "CREDS",
    "PRIVATE",
    "CERT",
];

impl Wire {
    /// The environment of a server that this client starts, before the entry's own `env`.
    pub(super) fn environment(
        &self,
        env: &Environment,
        forwarded: &[String],
    ) -> BTreeMap<String, String> {
        let passes = |name: &str| match self.inherits {
            Inherits::Everything => true,
            Inherits::AllButSecrets => {
                let name = name.to_ascii_uppercase();
                name.starts_with("GEMINI_CLI_")
                    || !SECRET_WORDS.iter().any(|word| name.contains(word))
            }
            Inherits::ShortList => {
                SHORT_LIST.contains(&name) || forwarded.iter().any(|wanted| wanted == name)
            }
        };
        let variables = env.variables.iter().filter(|(name, _)| passes(name));
        variables.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// `text` with its variables put in as the client would. An unset one becomes the empty text,
    /// or stays as it is written where the client leaves it.
    ///
    /// # Errors
    /// The variable that only the client can know, such as an input it asks its user for.
    pub(super) fn expand(&self, env: &Environment, text: &str) -> Result<String, String> {
        let (open, close) = match self.expansion {
            Expansion::None => return Ok(text.to_owned()),
            Expansion::EnvOnly => ("{env:", '}'),
            Expansion::Shell => ("$", '}'),
            _ => ("${", '}'),
        };
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(open) {
            out.push_str(&rest[..start]);
            let after = &rest[start + open.len()..];
            let (name, left) = match after.strip_prefix('{') {
                Some(braced) if self.expansion == Expansion::Shell => braced.split_once(close),
                None if self.expansion == Expansion::Shell => {
                    let end = after
                        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .unwrap_or(after.len());
                    Some(after.split_at(end))
                }
                _ => after.split_once(close),
            }
            .unwrap_or(("", after));
            if name.is_empty() {
                out.push_str(open);
                rest = after;
                continue;
            }
            out.push_str(&self.variable(env, name)?);
            rest = left;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn variable(&self, env: &Environment, name: &str) -> Result<String, String> {
        let set = |name: &str| env.variables.get(name).cloned();
        match self.expansion {
            Expansion::BracedWithDefault => {
                let (name, otherwise) = match name.split_once(":-") {
                    Some((name, otherwise)) => (name, Some(otherwise.to_owned())),
                    None => (name, None),
                };
                Ok(set(name).or(otherwise).unwrap_or_else(|| format!("${{{name}}}")))
            }
            Expansion::Editor => match name {
                "workspaceFolder" => Ok(env.project.to_string_lossy().into_owned()),
                "userHome" => Ok(env.home.to_string_lossy().into_owned()),
                _ => match name.strip_prefix("env:") {
                    Some(name) => Ok(set(name).unwrap_or_default()),
                    None => Err(name.to_owned()),
                },
            },
            _ => Ok(set(name).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Machine;

    fn expand(client: &str, text: &str) -> Result<String, String> {
        let mut machine = Machine::new();
        machine.env.variables.insert("SET".to_owned(), "value".to_owned());
        let wire = super::super::client(client).expect("known").wire;
        let project = machine.env.project.to_string_lossy().into_owned();
        wire.expand(&machine.env, text).map(|text| text.replace(&project, "<project>"))
    }

    #[test]
    fn each_client_expands_its_own_syntax_and_no_other() {
        for (client, text, expanded) in [
            ("claude-code", "a ${SET} ${UNSET:-d} ${UNSET} $SET", "a value d ${UNSET} $SET"),
            ("gemini-cli", "$SET ${SET}/x $ $UNSET.", "value value/x $ ."),
            ("cursor", "${workspaceFolder}/a ${env:SET} $SET", "<project>/a value $SET"),
            ("opencode", "Bearer {env:SET} ${SET} {env:", "Bearer value ${SET} {env:"),
            ("codex", "${SET} {env:SET}", "${SET} {env:SET}"),
        ] {
            assert_eq!(expand(client, text).as_deref(), Ok(expanded), "{client}");
        }
        assert_eq!(expand("vscode", "${input:key}"), Err("input:key".to_owned()));
    }

    #[test]
    fn a_client_passes_on_no_more_than_it_really_does() {
        let mut machine = Machine::new();
        for name in ["PATH", "PLAIN", "SOME_TOKEN", "XDG_DATA_HOME"] {
            machine.env.variables.insert(name.to_owned(), "x".to_owned());
        }
        let passed = |client: &str, forwarded: &[String]| {
            let wire = super::super::client(client).expect("known").wire;
            wire.environment(&machine.env, forwarded).into_keys().collect::<Vec<_>>()
        };
        assert_eq!(passed("claude-code", &[]), ["PATH", "PLAIN", "SOME_TOKEN", "XDG_DATA_HOME"]);
        assert_eq!(passed("gemini-cli", &[]), ["PATH", "PLAIN", "XDG_DATA_HOME"]);
        assert_eq!(passed("codex", &["XDG_DATA_HOME".to_owned()]), ["PATH", "XDG_DATA_HOME"]);
    }
}
