//! Notes that somebody types during a live run: `mark TEXT` on a line of its own.

use super::screen;
use base::time::Timestamp;
use reference_server::clock::Clock;
use std::io::{BufRead as _, IsTerminal as _, stdin};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// What was noted, and when.
pub(super) struct Marks(Receiver<(Timestamp, String)>);

impl Marks {
    /// Listens on stdin, on a thread of its own that ends with the process or with stdin. Without a terminal
    /// stdin belongs to somebody else, such as the loop of a script, and is left alone unless `asked`.
    pub(super) fn listen(clock: Clock, asked: bool) -> Self {
        let (sender, receiver) = channel();
        if asked || is_ours() {
            thread::spawn(move || read(clock, &sender));
        }
        Self(receiver)
    }

    /// Everything that was noted so far, in order of time.
    pub(super) fn taken(&self) -> Vec<(Timestamp, String)> {
        self.0.try_iter().collect()
    }
}

/// Whether stdin is a terminal and we are who it talks to; a process in the background that reads from its
/// terminal would be stopped.
fn is_ours() -> bool {
    let foreground = rustix::termios::tcgetpgrp(stdin()).ok();
    stdin().is_terminal() && foreground == Some(rustix::process::getpgrp())
}

fn read(clock: Clock, sender: &Sender<(Timestamp, String)>) {
    for line in stdin().lock().lines().map_while(Result::ok) {
        let now = clock.now();
        match line.trim().strip_prefix("mark ").map(str::trim).filter(|text| !text.is_empty()) {
            // If the run has ended, nobody waits for it any more.
            Some(text) => drop(sender.send((now, text.to_owned()))),
            None if line.trim().is_empty() => {}
            None => screen::note("to note something, write `mark` and what it is: mark servers added"),
        }
    }
}
