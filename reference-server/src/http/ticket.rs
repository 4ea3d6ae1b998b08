//! Signing and checking tickets: SipHash-2-4 with 128 bits as a keyed checksum over number and person.

use base::protocol::{PersonId, Ticket};
use siphasher::sip128::SipHasher24;

/// The key of one server.
#[derive(Clone, Copy, Debug)]
pub(super) struct TicketKey(SipHasher24);

impl TicketKey {
    /// The key made from these bytes.
    pub(super) fn new(bytes: [u8; 16]) -> Self {
        Self(SipHasher24::new_with_key(&bytes))
    }

    /// The ticket with its checksum.
    pub(super) fn sign(&self, number: u64, person: PersonId) -> Ticket {
        let mut message = [0; 16];
        message[..8].copy_from_slice(&number.to_le_bytes());
        message[8..].copy_from_slice(&person.0.to_le_bytes());
        Ticket { number, mac: self.0.hash(&message).as_u128() }
    }

    /// Whether this server signed the ticket for that person.
    pub(super) fn is_genuine(&self, ticket: Ticket, person: PersonId) -> bool {
        self.sign(ticket.number, person) == ticket
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_signed_ticket_of_the_same_person_is_genuine() {
        let key = TicketKey::new([7; 16]);
        let ticket = key.sign(3, PersonId(9));
        assert!(key.is_genuine(ticket, PersonId(9)));
        assert!(!key.is_genuine(ticket, PersonId(8)));
        assert!(!key.is_genuine(Ticket { number: 4, ..ticket }, PersonId(9)));
        assert!(!key.is_genuine(Ticket { mac: ticket.mac ^ 1, ..ticket }, PersonId(9)));
        assert!(!TicketKey::new([8; 16]).is_genuine(ticket, PersonId(9)));
    }
}
