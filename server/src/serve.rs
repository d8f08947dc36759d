//! The life of a server: one owner per project, keys and files in place, listening, and a clean end.

use std::fs::File;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use hyper_util::rt::{TokioIo, TokioTimer};
use meshpilot_home::{KeyText, ProjectHome};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::access::Access;
use crate::api::Context;
use crate::config::{DEFAULT_PORT, ServeArgs};
use crate::env::{SharedEnv, Stopwatch, System};
use crate::model::things::{KeyKind, Scope};
use crate::ops::keys::{blank, issue};
use crate::ops::upkeep;
use crate::store::{Caller, KeyRow, Store};
use crate::transport::{App, router};
use crate::wire::Ready;
use crate::{background, lifeline, limits, ops, transport};

/// How long a stopping server waits for calls under way.
const STOP: Duration = Duration::from_secs(4);

/// What came of a start.
pub enum Started {
    /// This process is the project's server: run the future to its end.
    Owner(Ready, std::pin::Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>),
    /// Another process is.
    Taken,
}

/// Starts a server for a project, unless it has one.
///
/// # Errors
/// When the database, a key or a port can't be had.
pub async fn start(
    home: &ProjectHome,
    args: &ServeArgs,
    stopping: CancellationToken,
) -> anyhow::Result<Started> {
    let started = Stopwatch::start();
    let Some(lock) = own(home)? else { return Ok(Started::Taken) };
    raise_file_limit();
    let env: SharedEnv = Arc::new(System);
    let database = home.database();
    let store = tokio::task::spawn_blocking(move || Store::open(&database, env))
        .await?
        .context("the board can't be opened")?;
    let project_key = ensure_keys(home, &store).await?;
    let name = home.name().to_owned();
    let held = store.write(Arc::new(Caller::system()), move |tx| upkeep::begin(tx, &name)).await?;
    let access = Access::load(&store).await?;
    let listener = listen(home, args.port).await?;
    let port = listener.local_addr()?.port();
    let api = ops::all();
    let openapi = transport::openapi::build(&api).to_string();
    let context = Context { store, access, stopping: stopping.clone() };
    // The data of all projects lies two folders above that of this one.
    let data_root = home.dir().ancestors().nth(2).unwrap_or(home.dir()).to_owned();
    let app = Arc::new(App {
        context,
        api,
        project: home.project().to_owned(),
        data_root,
        port,
        started,
        stopping: stopping.clone(),
        openapi,
    });
    let ready = Ready {
        url: app.url(),
        mcp: format!("{}/mcp", app.url()),
        project: home.project().to_string_lossy().into_owned(),
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        board_url: None,
    };
    write_files(home, &ready, &project_key, app.context.store.board())?;
    tracing::info!(url = ready.url, held, elapsed_ms = started.elapsed().as_millis(), "ready");
    lifeline::watch(&stopping, args.lifeline);
    let line = Ready { board_url: Some(app.board_url()), ..ready };
    let home = home.clone();
    let run = async move {
        let upkeep = tokio::spawn(background::run(Arc::clone(&app)));
        accept(listener, router(&app), &stopping).await;
        if tokio::time::timeout(STOP, upkeep).await.is_err() {
            tracing::warn!("upkeep did not end in time");
        }
        if tokio::time::timeout(STOP, app.context.store.close()).await.is_err() {
            tracing::warn!("the database was not closed in time; the next start finishes it");
        }
        if let Err(error) = meshpilot_home::private::remove(&home.server_file()) {
            tracing::warn!(%error, "the server's file could not be removed");
        }
        drop(lock);
        tracing::info!("stopped");
        Ok(())
    };
    Ok(Started::Owner(line, Box::pin(run)))
}

/// Takes the project's lock, which the kernel gives back however the process ends.
fn own(home: &ProjectHome) -> anyhow::Result<Option<File>> {
    let path = home.lock_file();
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file =
        options.open(&path).with_context(|| format!("{} can't be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} can't be locked", path.display()))
        }
    }
}

/// Ten thousand streams need ten thousand descriptors; the usual soft limit is 1,024.
fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        if let Err(error) =
            setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
        {
            tracing::debug!(%error, "the limit of open files stays as it is");
        }
    }
}

/// Makes sure that the person's key and the project's key work, and gives the latter's text.
async fn ensure_keys(home: &ProjectHome, store: &Store) -> anyhow::Result<KeyText> {
    let (person, config) = {
        let home = home.clone();
        tokio::task::spawn_blocking(move || {
            anyhow::Ok((
                meshpilot_home::person_key(&home)?,
                meshpilot_home::read_project_config(&home).ok().flatten().map(|config| config.key),
            ))
        })
        .await??
    };
    if person.created {
        tracing::info!(store = ?person.store, "made the person's key");
    }
    let person = person.text;
    let text = store
        .write(Arc::new(Caller::system()), move |tx| {
            let (keys, now) = (tx.keys()?, tx.now());
            let works = |id: &str, hash: [u8; 32]| {
                keys.iter().any(|key| key.id == id && key.hash == hash && key.works_at(now))
            };
            if !works(person.id(), person.hash()) {
                // The keyring's key is the person's; one that it no longer knows must not work any more.
                let old: Vec<KeyRow> = keys
                    .iter()
                    .filter(|key| key.kind == KeyKind::Person && key.revoked_at.is_none())
                    .cloned()
                    .collect();
                let mut key = blank(KeyKind::Person, Scope::Admin, "You");
                key.id = person.id().to_owned();
                key.hash = person.hash();
                key.agent = Some("human".to_owned());
                key.role = key.agent.clone();
                key.created_at = now;
                for key in old {
                    tx.revoke(&key)?;
                }
                tx.add_key(&key)?;
            }
            if let Some(text) = config.filter(|text| works(text.id(), text.hash())) {
                return Ok(text);
            }
            let old: Vec<KeyRow> = keys
                .iter()
                .filter(|key| key.kind == KeyKind::Project && key.revoked_at.is_none())
                .cloned()
                .collect();
            for key in old {
                tx.revoke(&key)?;
            }
            let (_, text) = issue(tx, blank(KeyKind::Project, Scope::Plan, "Project"))?;
            Ok(text)
        })
        .await?;
    Ok(text)
}

/// A listener on the wished port, the project's last one, the default, or the next that is free.
async fn listen(home: &ProjectHome, wish: Option<u16>) -> anyhow::Result<TcpListener> {
    let last = meshpilot_home::read_project_config(home)
        .ok()
        .flatten()
        .and_then(|config| config.url.rsplit(':').next()?.parse::<u16>().ok());
    let first = wish.filter(|port| *port != 0).unwrap_or(DEFAULT_PORT);
    let candidates = match wish {
        Some(0) => last.into_iter().chain([0]).collect::<Vec<u16>>(),
        Some(_) => (first..=first.saturating_add(100)).collect(),
        None => last.into_iter().chain(first..=first.saturating_add(100)).collect(),
    };
    for port in &candidates {
        match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, *port))).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                tracing::info!(port, "the port is taken by another program")
            }
            Err(error) => {
                return Err(error).with_context(|| format!("port {port} can't be listened on"));
            }
        }
    }
    anyhow::bail!(
        "none of the ports {}..{} is free; choose one with --port",
        first,
        first.saturating_add(100)
    )
}

fn write_files(
    home: &ProjectHome,
    ready: &Ready,
    project_key: &KeyText,
    board: &str,
) -> anyhow::Result<()> {
    let project = home.mcp_json();
    let text = serde_json::to_vec_pretty(ready)?;
    meshpilot_home::write_project_config(
        home,
        &ready.url,
        &ready.mcp,
        project_key,
        board,
        &ready.version,
    )
    .with_context(|| format!("{} can't be written", project.display()))?;
    meshpilot_home::private::write(&home.server_file(), &text)?;
    Ok(())
}

/// Serves connections until asked to stop, then lets calls under way end.
async fn accept(listener: TcpListener, router: Router, stopping: &CancellationToken) {
    let graceful = hyper_util::server::graceful::GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of descriptors, most likely: those in use must first come back.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stopping.cancelled() => break,
        };
        let connection = connection(stream, peer, router.clone());
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP, graceful.shutdown()).await.is_err() {
        tracing::warn!("some calls did not end in time");
    }
}

/// One HTTP/1.1 connection, with the time limits that `axum::serve` lacks.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    // A stream's answer is two small writes; Nagle's algorithm would hold the second back for 40 ms.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let service =
        hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request.map(Body::new))
        });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_TIMEOUT)
        .max_buf_size(limits::HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}
