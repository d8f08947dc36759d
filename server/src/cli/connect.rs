//! `meshpilot connect` and `meshpilot disconnect`: the difference first, then the question, then
//! the file.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use clap::builder::PossibleValuesParser;

use crate::clients::{
    self, Action, Client, ClientStatus, Environment, Form, Plan, Scope, apply, check, client,
    clients, coloured, plan, status,
};

/// Connect coding agents to this project's board.
///
/// Writes MeshPilot's entry into each client's own configuration file, without disturbing what
/// stands in it. Shows the difference first and asks.
#[derive(Debug, Clone, clap::Args)]
pub struct ConnectArgs {
    #[command(flatten)]
    which: Which,
    /// Let the client start `meshpilot mcp` (the default): no key in the file, and it survives a
    /// moved port
    #[arg(long, conflicts_with = "http")]
    stdio: bool,
    /// Let the client call the server's URL with the project's key
    #[arg(long)]
    http: bool,
    /// Call the server the way each client would, and say how many tools it sees; writes nothing
    /// unless `--yes` is given too
    #[arg(long)]
    check: bool,
    /// Say which clients are on this machine and which are connected
    #[arg(long, conflicts_with_all = ["check", "yes", "dry_run", "http", "stdio"])]
    list: bool,
}

/// Take MeshPilot out of coding agents' configuration.
///
/// Gives each file back as it was before `meshpilot connect`, byte for byte; of a file edited
/// since, MeshPilot's entry alone is taken out.
#[derive(Debug, Clone, clap::Args)]
pub struct DisconnectArgs {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Clone, clap::Args)]
struct Which {
    /// Clients by name; none: every client found on this machine
    #[arg(value_name = "CLIENT", value_parser = names())]
    clients: Vec<String>,
    /// Whose file: the project's, shared by everyone who works on it, or your own, for all
    /// projects. By default the project's, where the client has one
    #[arg(long)]
    scope: Option<Scope>,
    /// Show the difference and write nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(clients().iter().map(|client| client.id))
}

/// Runs `meshpilot connect` for the project in that folder, with MeshPilot's data below
/// `data_dir` (the usual place when `None`); gives the exit code: 0, or 1 when a client could not
/// be connected or its check failed.
///
/// # Errors
/// When the project or the data folder can't be found, or `out` can't be written.
pub async fn connect(
    args: &ConnectArgs,
    project: &Path,
    data_dir: Option<&Path>,
    out: &mut (impl Write + Send),
) -> anyhow::Result<u8> {
    let env = environment(project, data_dir)?;
    if args.list {
        return list(&env, out);
    }
    let chosen = args.which.chosen(&env, args.check && !args.which.yes)?;
    let form = if args.http { Form::Http } else { Form::Stdio };
    let mut code = 0;
    if !args.check || args.which.yes {
        let console = Console::of_this_process(&args.which);
        code = change(&env, &chosen, args.which.scope, form, Action::Connect, &console, out)?;
    }
    if args.check {
        code = code.max(call(&env, &chosen, args.which.scope, out).await?);
    }
    Ok(code)
}

/// Runs `meshpilot disconnect`; gives the exit code.
///
/// # Errors
/// As [`connect`].
pub async fn disconnect(
    args: &DisconnectArgs,
    project: &Path,
    data_dir: Option<&Path>,
    out: &mut (impl Write + Send),
) -> anyhow::Result<u8> {
    let env = environment(project, data_dir)?;
    let chosen = args.which.chosen(&env, true)?;
    let console = Console::of_this_process(&args.which);
    let scope = args.which.scope;
    change(&env, &chosen, scope, Form::Stdio, Action::Disconnect, &console, out)
}

fn environment(project: &Path, data_dir: Option<&Path>) -> anyhow::Result<Environment> {
    let data_root = meshpilot_home::data_root(data_dir)?;
    let found = project.canonicalize();
    let project = found.with_context(|| format!("the project folder {}", project.display()))?;
    Ok(Environment::detect(&project, data_root)?)
}

impl Which {
    /// The clients named; else those that are connected, or that are on this machine.
    fn chosen(&self, env: &Environment, connected: bool) -> anyhow::Result<Vec<&'static Client>> {
        if !self.clients.is_empty() {
            return Ok(self.clients.iter().map(|id| client(id)).collect::<Result<_, _>>()?);
        }
        let wanted = |it: &ClientStatus| if connected { it.configured } else { it.installed };
        let found = status(env).into_iter().filter(wanted);
        Ok(found.map(|it| client(it.client)).collect::<Result<_, _>>()?)
    }
}

/// Whom to ask, and how to write to them.
struct Console {
    consent: Consent,
    colour: bool,
}

/// Whether to write.
enum Consent {
    No,
    Yes,
    Ask(fn() -> io::Result<bool>),
    /// Nobody is there to ask.
    Nobody,
}

impl Console {
    fn of_this_process(which: &Which) -> Self {
        let terminal = io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty())
            || std::env::var_os("TERM").is_some_and(|it| it == "dumb");
        let consent = match (which.dry_run, which.yes) {
            (true, _) => Consent::No,
            (_, true) => Consent::Yes,
            _ if terminal && io::stdin().is_terminal() => Consent::Ask(ask),
            _ => Consent::Nobody,
        };
        Self { consent, colour: terminal && !plain }
    }
}

fn ask() -> io::Result<bool> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(["y", "yes"].contains(&line.trim().to_ascii_lowercase().as_str()))
}

fn change(
    env: &Environment,
    chosen: &[&'static Client],
    scope: Option<Scope>,
    form: Form,
    action: Action,
    console: &Console,
    out: &mut impl Write,
) -> anyhow::Result<u8> {
    if chosen.is_empty() {
        return nothing_chosen(action, out);
    }
    let mut code = 0;
    let mut plans = Vec::new();
    for client in chosen {
        let scope = scope.unwrap_or(client.default_scope());
        match plan(env, client, scope, form, action) {
            Ok(plan) if plan.changed => {
                show(client, &plan, console.colour, out)?;
                plans.push((*client, plan));
            }
            Ok(plan) => unchanged(env, client, &plan, action, out)?,
            Err(refused) => {
                code = 1;
                writeln!(out, "{}: {refused}\n  {}", client.title, refused.hint())?;
            }
        }
    }
    if plans.is_empty() {
        return Ok(code);
    }
    let files = match plans.len() {
        1 => "this file".to_owned(),
        several => format!("these {several} files"),
    };
    let write = match &console.consent {
        Consent::Yes => true,
        Consent::No => {
            writeln!(out, "Nothing was written (--dry-run).")?;
            false
        }
        Consent::Nobody => {
            writeln!(out, "Nothing was written: give --yes to change {files}.")?;
            false
        }
        Consent::Ask(ask) => {
            write!(out, "Change {files}? [y/N] ")?;
            out.flush()?;
            ask()?
        }
    };
    if !write {
        return Ok(code);
    }
    for (client, plan) in &plans {
        match apply(plan) {
            Ok(()) => said_done(client, plan, action, out)?,
            Err(refused) => {
                code = 1;
                writeln!(out, "{}: {refused}\n  {}", client.title, refused.hint())?;
            }
        }
    }
    Ok(code)
}

fn nothing_chosen(action: Action, out: &mut impl Write) -> anyhow::Result<u8> {
    match action {
        Action::Connect => {
            let known: Vec<_> = clients().iter().map(|client| client.id).collect();
            writeln!(out, "No client was found on this machine. Name one: {}.", known.join(", "))?;
            Ok(1)
        }
        Action::Disconnect => {
            writeln!(out, "No client is connected.")?;
            Ok(0)
        }
    }
}

fn show(client: &Client, plan: &Plan, colour: bool, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", client.title)?;
    let diff = if colour { coloured(&plan.diff) } else { plan.diff.clone() };
    writeln!(out, "{}", diff.trim_end_matches('\n'))?;
    for note in &plan.notes {
        writeln!(out, "  {note}")?;
    }
    writeln!(out)
}

fn unchanged(
    env: &Environment,
    client: &Client,
    plan: &Plan,
    action: Action,
    out: &mut impl Write,
) -> io::Result<()> {
    let path = plan.path.display();
    if action == Action::Connect {
        return writeln!(out, "{}: nothing to do, {path} is up to date.", client.title);
    }
    writeln!(out, "{}: nothing to do, {path} has no entry of MeshPilot.", client.title)?;
    let elsewhere = status(env).into_iter().find(|it| it.client == client.id && it.configured);
    match elsewhere {
        Some(it) => writeln!(out, "  {} has one: give --scope {}.", it.path.display(), it.scope),
        None => Ok(()),
    }
}

fn said_done(client: &Client, plan: &Plan, action: Action, out: &mut impl Write) -> io::Result<()> {
    let path = plan.path.display();
    match (action, &plan.after) {
        (Action::Connect, _) => {
            writeln!(out, "{}: wrote {path}. {}", client.title, client.afterwards)
        }
        (Action::Disconnect, Some(_)) => writeln!(out, "{}: took it out of {path}.", client.title),
        (Action::Disconnect, None) => writeln!(out, "{}: removed {path}.", client.title),
    }
}

async fn call(
    env: &Environment,
    chosen: &[&'static Client],
    scope: Option<Scope>,
    out: &mut (impl Write + Send),
) -> anyhow::Result<u8> {
    if chosen.is_empty() {
        writeln!(out, "No client is connected.")?;
        return Ok(1);
    }
    let mut code = 0;
    for client in chosen {
        match check(env, client, scope).await {
            Ok(seen) => {
                let clients::Check { tools, elapsed_ms, transport, protocol, server, .. } = seen;
                let title = client.title;
                writeln!(
                    out,
                    "{title}: {tools} tools in {elapsed_ms} ms ({transport}, MCP {protocol}, {server})"
                )?;
            }
            Err(failed) => {
                code = 1;
                writeln!(out, "{}: {failed}\n  {}", client.title, failed.hint())?;
            }
        }
    }
    Ok(code)
}

fn list(env: &Environment, out: &mut impl Write) -> anyhow::Result<u8> {
    let shown = |path: &Path| match path.strip_prefix(&env.home) {
        Ok(below) => Path::new("~").join(below).display().to_string(),
        Err(_) => path.display().to_string(),
    };
    for it in status(env) {
        let state = match (it.configured, it.installed) {
            (true, _) => "connected",
            (false, true) => "installed",
            (false, false) => "not found",
        };
        let command = it.problem.or(it.command).unwrap_or_default();
        writeln!(out, "{:<15} {state:<10} {}  {command}", it.client, shown(&it.path))?;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::fixture::Machine;

    fn run(machine: &Machine, names: &[&str], action: Action, consent: Consent) -> (u8, String) {
        let chosen: Vec<_> = names.iter().map(|name| client(name).expect("known")).collect();
        let console = Console { consent, colour: false };
        let mut out = Vec::new();
        let code = change(&machine.env, &chosen, None, Form::Stdio, action, &console, &mut out);
        (code.expect("an exit code"), machine.plain(&String::from_utf8(out).expect("text")))
    }

    #[test]
    fn nothing_is_written_without_consent() {
        for (consent, said) in [
            (Consent::No, "Nothing was written (--dry-run)."),
            (Consent::Nobody, "Nothing was written: give --yes to change these 2 files."),
            (Consent::Ask(|| Ok(false)), "Change these 2 files? [y/N] "),
        ] {
            let machine = Machine::new();
            let (code, out) = run(&machine, &["codex", "cursor"], Action::Connect, consent);
            assert_eq!(code, 0);
            assert!(out.ends_with(said) || out.ends_with(&format!("{said}\n")), "{out}");
            assert!(out.contains("+++ <project>/.codex/config.toml"), "{out}");
            assert!(machine.tree().is_empty());
        }
    }

    #[test]
    fn consent_writes_and_takes_out_again() {
        let machine = Machine::new();
        let (code, out) = run(&machine, &["cursor"], Action::Connect, Consent::Ask(|| Ok(true)));
        assert_eq!(code, 0);
        assert!(out.contains("Cursor: wrote <project>/.cursor/mcp.json."), "{out}");
        let (_, out) = run(&machine, &["cursor"], Action::Connect, Consent::Yes);
        assert_eq!(out, "Cursor: nothing to do, <project>/.cursor/mcp.json is up to date.\n");
        let (_, out) = run(&machine, &["cursor"], Action::Disconnect, Consent::Yes);
        assert!(out.ends_with("Cursor: removed <project>/.cursor/mcp.json.\n"), "{out}");
        assert!(machine.tree().is_empty());
    }

    #[test]
    fn one_broken_file_does_not_keep_the_others_from_being_connected() {
        let machine = Machine::new();
        let broken = machine.env.project.join(".mcp.json");
        machine.put(&broken, "{");
        let (code, out) = run(&machine, &["claude-code", "codex"], Action::Connect, Consent::Yes);
        assert_eq!(code, 1);
        assert!(out.starts_with("Claude Code: <project>/.mcp.json:1:"), "{out}");
        assert!(machine.env.project.join(".codex/config.toml").is_file());
        assert_eq!(std::fs::read_to_string(broken).expect("the file"), "{");
    }

    #[test]
    fn an_entry_in_the_other_scope_is_pointed_at() {
        let machine = Machine::new();
        machine.run(client("codex").expect("known"), Scope::User, Action::Connect);
        let (_, out) = run(&machine, &["codex"], Action::Disconnect, Consent::Yes);
        assert!(out.ends_with("<home>/.codex/config.toml has one: give --scope user.\n"), "{out}");
    }

    #[test]
    fn the_arguments_are_consistent() {
        use clap::Args;
        ConnectArgs::augment_args(clap::Command::new("connect")).debug_assert();
        DisconnectArgs::augment_args(clap::Command::new("disconnect")).debug_assert();
    }
}
