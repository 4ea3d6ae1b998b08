//! `openrush serve`, and starting the reference server for `run`.

use super::args::ServeArgs;
use super::exit::{Exit, Failure};
use super::load::{self, Loaded};
use super::{host, screen};
use crate::target::reference;
use base::time::Nanos;
use reference_server::clock::Clock;
use reference_server::http::about::About;
use reference_server::http::{Server, Settings};
use sha2::{Digest, Sha256};
use socket2::{Domain, Socket, Type};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

/// Where everything binds unless told otherwise.
pub(super) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub(super) fn serve(args: &ServeArgs) -> Result<Exit, Failure> {
    let loaded = load::load(&args.scenario, true)?;
    let delay = delay_until(&args.start_at)?;
    let listener = listen(LOOPBACK, args.port)?;
    let clock = Clock::starting(loaded.scenario.slice.from, loaded.scenario.speed, delay);
    let server = start(&loaded, listener, clock, usize::from(args.threads))?;
    screen::serving(&loaded, &server, delay, args.json)?;
    wait_for_ctrl_c()?;
    server.stop();
    Ok(Exit::Met)
}

/// A listener, whose errors say what to do.
pub(super) fn listen(address: IpAddr, port: u16) -> Result<TcpListener, Failure> {
    bind(SocketAddr::new(address, port)).map_err(|error| {
        Failure::new(Exit::Usage, format!("cannot listen on {address}:{port}: {error}"))
            .hint("name another port with --port, or 0 for a free one")
    })
}

/// Like the standard library's `bind`, but with room for a whole crowd that connects at one instant.
fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// The most connections that wait to be accepted; the kernel may lower it.
const BACKLOG: i32 = 4_096;

/// The scenario's reference server on `listener`.
pub(super) fn start(
    loaded: &Loaded,
    listener: TcpListener,
    clock: Clock,
    threads: usize,
) -> Result<Server, Failure> {
    let scenario = &loaded.scenario;
    let about = About {
        scenario_hash: loaded.hash.clone(),
        speed: scenario.speed.factor(),
        scale: scenario.scale.to_string(),
        seed: scenario.seed.0,
        now: scenario.slice.from,
        starts_in_ns: 0,
    };
    // The tickets of a rehearsal protect nothing; a key made from the seed keeps runs repeatable.
    let key = Sha256::digest(scenario.seed.0.to_le_bytes());
    let mut ticket_key = [0; 16];
    ticket_key.copy_from_slice(&key[..16]);
    let settings = Settings { threads, about, ticket_key };
    Server::start(listener, reference::site(scenario), clock, settings)
        .map_err(|error| Failure::from_error(Exit::Usage, &error))
}

/// How long until the instant that was asked for.
fn delay_until(text: &str) -> Result<Duration, Failure> {
    if let Some(delay) = text.strip_prefix('+').and_then(|delay| delay.parse::<Nanos>().ok()) {
        return Ok(Duration::from_nanos(delay.0));
    }
    let instant: jiff::Timestamp = text.parse().map_err(|_| {
        Failure::new(Exit::Usage, format!("--start-at: expected an instant or a delay, found `{text}`"))
            .hint("write it as 2026-01-31T20:00:00Z or as +30s")
    })?;
    let left = instant.as_nanosecond() - host::utc_now().as_nanosecond();
    u64::try_from(left).map(Duration::from_nanos).map_err(|_| {
        Failure::new(Exit::Usage, format!("--start-at: {text} has passed"))
            .hint("name an instant to come, or +30s")
    })
}

fn wait_for_ctrl_c() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let waited = runtime.and_then(|runtime| runtime.block_on(tokio::signal::ctrl_c()));
    waited.map_err(|error| Failure::from_error(Exit::Usage, &error))
}
