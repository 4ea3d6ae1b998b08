//! Where the futures of exchanges live: memory that is used again and again.
//!
//! The future of an HTTP exchange has some kilobytes. At that size the general allocator tidies up on every
//! call, which costs more than the whole of the driver's own bookkeeping.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

type Room<F> = Pin<Box<Option<F>>>;

/// Empty rooms of one worker, as many as were ever needed at once. Copies share them.
#[derive(Debug)]
pub(super) struct Rooms<F>(Rc<RefCell<Vec<Room<F>>>>);

impl<F> Default for Rooms<F> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

/// A future in a room, which it leaves when it is dropped.
#[derive(Debug)]
pub(super) struct Housed<F> {
    /// There until it is dropped.
    room: Option<Room<F>>,
    rooms: Rc<RefCell<Vec<Room<F>>>>,
}

impl<F> Housed<F> {
    /// Gives `future` a room.
    pub(super) fn new(future: F, rooms: &Rooms<F>) -> Self {
        let rooms = Rc::clone(&rooms.0);
        let mut room = rooms.borrow_mut().pop().unwrap_or_else(|| Box::pin(None));
        room.set(Some(future));
        Self { room: Some(room), rooms }
    }
}

impl<F: Future> Future for Housed<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.room.as_mut().and_then(|room| room.as_mut().as_pin_mut());
        future.expect("it lives here until it is dropped").poll(context)
    }
}

impl<F> Drop for Housed<F> {
    fn drop(&mut self) {
        if let Some(mut room) = self.room.take() {
            room.set(None);
            self.rooms.borrow_mut().push(room);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::future::{pending, ready};

    #[test]
    fn a_room_is_free_again_when_its_future_is_over_or_dropped() {
        let rooms = Rooms::default();
        for _ in 0..3 {
            assert_eq!(Housed::new(ready(7), &rooms).now_or_never(), Some(7));
        }
        assert_eq!(rooms.0.borrow().len(), 1, "one room did for all three");
        let held = Rc::new(());
        let waiting = |held: &Rc<()>| {
            let held = Rc::clone(held);
            async move {
                pending::<()>().await;
                drop(held);
            }
        };
        let rooms = Rooms::default();
        let (one, two) = (Housed::new(waiting(&held), &rooms), Housed::new(waiting(&held), &rooms));
        assert!(one.now_or_never().is_none(), "dropped before its end");
        assert_eq!((rooms.0.borrow().len(), Rc::strong_count(&held)), (1, 2), "with all it held");
        drop(two);
        assert_eq!((rooms.0.borrow().len(), Rc::strong_count(&held)), (2, 1));
    }
}
