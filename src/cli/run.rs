//! `openrush run`

use super::args::RunArgs;
use super::exit::{Exit, Failure};
use super::finish::{self, Made};
use super::host::{self, Look, Spent};
use super::load::{self, Loaded};
use super::marks::Marks;
use super::sampler::Sampler;
use super::serve::{self, LOOPBACK};
use super::{drive, progress, screen};
use crate::exec::Progress;
use crate::exec::live::{Fleet, Limits};
use crate::record::generator::Sample;
use crate::record::manifest::{Machine, RunKind};
use crate::record::{GeneratorHealth, Measured};
use crate::target::connections::Connections;
use crate::target::http::HttpTransport;
use crate::target::remote;
use reference_server::account::SiteAccount;
use reference_server::clock::Clock;
use reference_server::http::Server;
use std::num::NonZeroU64;
use std::time::Duration;

/// From setting up to the first instant of the slice, in wall time, besides finding it in the schedule.
const LEAD: Duration = Duration::from_millis(300);

pub(super) fn run(args: &RunArgs) -> Result<Exit, Failure> {
    let loaded = load::load(&args.scenario, true)?;
    drive::refuse_beyond(&loaded.scenario, args.ceiling)?;
    let limits = Limits::in_flight(in_flight(args)? / usize::from(args.workers));
    // Walking the schedule once tells how long the workers will take to find the slice in it.
    let walk = Look::now();
    let plan_hash = finish::plan_hash(&loaded.scenario);
    let unfinished = finish::begin(&loaded, &args.output)?;
    let target = Target::prepare(args, &loaded, LEAD + 2 * walk.spent().wall)?;
    let address = target.address();
    let connections = Connections::bounded(limits.new_connections_per_s);
    HttpTransport::counted(&address, &connections)
        .map_err(|error| Failure::from_error(Exit::Usage, &error))?;
    let transport =
        || HttpTransport::counted(&address, &connections).expect("the same address was accepted before");
    let progress: Vec<Progress> = (0..args.workers).map(|_| Progress::default()).collect();
    let fleet = Fleet { scenario: &loaded.scenario, clock: target.clock(), limits, progress: &progress };
    let began = Look::now();
    let clock = target.clock();
    let marks = Marks::listen(clock, args.marks);
    let length = clock.starts_in() + clock.wall_span(loaded.scenario.slice.length());
    let sampler = Sampler { began, clock, progress: &progress, connections: &connections, length };
    let ((recorded, samples), stopped) =
        progress::watch(&loaded.scenario, args.output.quiet, &progress, || {
            sampler.beside(|| fleet.run(transport))
        });
    let recorded = recorded.map_err(|error| Failure::from_error(Exit::Usage, &error))?;
    let spent = began.spent();
    let reached = progress.iter().map(|progress| progress.glance().now).max();
    let interrupted = stopped.and(reached);
    let health = health(&spent, &connections, samples);
    let measured = Measured {
        recorder: recorded.recorder,
        tally: recorded.tally,
        account: target.end(),
        generator: Some(health),
        interrupted,
    };
    let (machine, marks) = (Some(machine(args)), marks.taken());
    let made = Made { kind: RunKind::Run, machine, events: None, spent, plan_hash, stopped, marks };
    finish::finish(&loaded, &measured, &made, unfinished, &args.output)
}

/// The most requests in flight at once, whatever the open-file limit allows.
const MOST_IN_FLIGHT: u64 = 8_000;
/// Open files for everything but connections.
const OTHER_FILES: u64 = 128;
/// With fewer requests in flight than this a run would only measure its own limit.
const LEAST_IN_FLIGHT: u64 = 256;

/// The most requests in flight at once: the open-file limit is raised as far as it goes, and a connection
/// takes one file, or two where the server's end of it is in this process as well. Half of them are left
/// to connections that are kept alive.
fn in_flight(args: &RunArgs) -> Result<usize, Failure> {
    let files = rlimit::increase_nofile_limit(u64::MAX)
        .map_err(|error| Failure::new(Exit::Usage, format!("the open-file limit cannot be read: {error}")))?;
    let ends = if args.target.is_some() { 1 } else { 2 };
    let allowed = files.saturating_sub(OTHER_FILES) / ends / 2;
    if allowed < LEAST_IN_FLIGHT {
        let message = format!("{files} open files allow only {allowed} requests in flight");
        return Err(
            Failure::new(Exit::Usage, message).hint("raise the limit, for example with `ulimit -n 20000`")
        );
    }
    Ok(allowed.min(MOST_IN_FLIGHT) as usize)
}

fn health(spent: &Spent, connections: &Connections, samples: Vec<Sample>) -> GeneratorHealth {
    let cpus = NonZeroU64::new(host::cpus() as u64);
    let offered = spent.wall.as_secs_f64() * host::cpus() as f64;
    let share = |seconds: Option<f64>| seconds.map(|seconds| seconds / offered);
    GeneratorHealth {
        cpu_share: share(spent.cpu_s),
        steal_share: share(spent.steal_s),
        connections_opened: connections.opened(),
        connections_refused: connections.refused(),
        cpus,
        samples,
    }
}

fn machine(args: &RunArgs) -> Machine {
    Machine {
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cpus: host::cpus(),
        workers: usize::from(args.workers),
    }
}

/// What is driven: a reference server of our own, or a running one.
enum Target {
    Own(Server),
    Running { address: String, clock: Clock },
}

impl Target {
    fn prepare(args: &RunArgs, loaded: &Loaded, lead: Duration) -> Result<Self, Failure> {
        let Some(address) = &args.target else {
            let listener = serve::listen(LOOPBACK, 0)?;
            let clock = Clock::starting(loaded.scenario.slice.from, loaded.scenario.speed, lead);
            return Ok(Self::Own(serve::start(loaded, listener, clock, 1)?));
        };
        let about = remote::about(address).map_err(|error| {
            let exit = if error.is_usage() { Exit::Usage } else { Exit::Unreachable };
            Failure::from_error(exit, &error)
                .hint("start one with `openrush serve`, and use the address it prints")
        })?;
        let clock = remote::matching_clock(&about, &loaded.scenario, &loaded.hash)
            .map_err(|error| Failure::from_error(Exit::Usage, &error).hint(error.hint()))?;
        Ok(Self::Running { address: address.clone(), clock })
    }

    fn address(&self) -> String {
        match self {
            Self::Own(server) => format!("http://{}", server.address()),
            Self::Running { address, .. } => address.clone(),
        }
    }

    fn clock(&self) -> Clock {
        match self {
            Self::Own(server) => server.clock(),
            Self::Running { clock, .. } => *clock,
        }
    }

    /// The target's account; stops a server of our own. What was measured is kept even if the target can
    /// no longer be asked.
    fn end(self) -> Option<SiteAccount> {
        match self {
            Self::Own(server) => {
                let account = server.account();
                server.stop();
                Some(account)
            }
            Self::Running { address, .. } => match remote::account(&address) {
                Ok(account) => Some(account),
                Err(error) => {
                    screen::note(&format!("warning: the report has no queue: {error}"));
                    None
                }
            },
        }
    }
}
