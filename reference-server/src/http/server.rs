//! Starting and stopping the server: the caller owns the socket and the signal to stop.

use super::about::About;
use super::desk::Desk;
use super::health::Health;
use super::ticket::TicketKey;
use super::{metrics, openapi, routes};
use crate::account::SiteAccount;
use crate::clock::Clock;
use crate::site::Site;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::{Json, Router, routing};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// How a server is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its threads, at least 1.
    pub threads: usize,
    /// What it says of the scenario it plays; `now` and `starts_in_ns` are filled in by the server.
    pub about: About,
    /// The key of its tickets' checksums.
    pub ticket_key: [u8; 16],
}

/// A running server, with threads of its own.
pub struct Server {
    address: SocketAddr,
    desk: Arc<Desk>,
    clock: Clock,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Serves `site` on `listener` by `clock` until [`Server::stop`].
    ///
    /// # Errors
    /// If the runtime or its thread cannot be made, or the listener not be used.
    pub fn start(listener: TcpListener, site: Site, clock: Clock, settings: Settings) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk::new(site, clock, TicketKey::new(settings.ticket_key)));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(settings.threads.max(1))
            .thread_name("reference-server")
            .enable_all()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let app = app(Arc::clone(&desk), clock, settings.about);
        let for_pump = Arc::clone(&desk);
        let thread = thread::Builder::new().name("reference-server-main".into()).spawn(move || {
            serve(&runtime, listener, app, for_pump, stopped);
        })?;
        Ok(Self { address, desk, clock, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The site's account at this moment.
    pub fn account(&self) -> SiteAccount {
        self.desk.look(SiteAccount::of)
    }

    /// The scenario time of the server.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Stops taking connections, lets requests in progress end, and waits for the threads.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // If nobody listens any more, the server has stopped by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic of the server has been printed by its thread.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn app(desk: Arc<Desk>, clock: Clock, about: About) -> Router {
    let about = move || {
        let starts_in_ns = clock.starts_in().as_nanos() as u64;
        let about = About { now: clock.now(), starts_in_ns, ..about.clone() };
        async move { Json(about) }
    };
    let health = move || async move { Health::of(&clock) };
    let metrics = move |State(desk): State<Arc<Desk>>| async move {
        let text = metrics::text(desk.look(SiteAccount::of), clock.speed().factor());
        text.map(|text| ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
            .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
    };
    routes::routes()
        .route("/about", routing::get(about))
        .route("/account", routing::get(account))
        .route("/health", routing::get(health))
        .route("/metrics", routing::get(metrics))
        .route("/openapi.json", routing::get(async || Json(openapi::document())))
        .with_state(desk)
}

async fn account(State(desk): State<Arc<Desk>>) -> Json<SiteAccount> {
    Json(desk.look(SiteAccount::of))
}

/// How long connections may take to end once the server is told to stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(2);

fn serve(
    runtime: &Runtime,
    listener: tokio::net::TcpListener,
    app: Router,
    desk: Arc<Desk>,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async move {
        let pump = tokio::spawn(async move { desk.pump().await });
        let (ending, ended) = oneshot::channel();
        let signal = async move {
            let _ = stopped.await;
            let _ = ending.send(());
        };
        let serving = async move { axum::serve(listener, app).with_graceful_shutdown(signal).await };
        // Kept-alive connections of clients that are gone would hold the end up.
        let grace = async move {
            let _ = ended.await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! { _ = serving => {}, () = grace => {} }
        pump.abort();
    });
}
