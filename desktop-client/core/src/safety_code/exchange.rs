//! How the two ends of a link add a random number each to their safety code, so that neither number
//! was chosen knowing the other: the first end commits to its number by a hash, the second then says
//! its number, the first reveals its own. Owns the order and the check; the messages travel on the
//! control channel.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// 256 random bits, or the hash of such.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 32]);

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce")
    }
}

/// On the wire: 64 hexadecimal digits.
impl Serialize for Nonce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&blake3::Hash::from(self.0).to_hex())
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let hash = blake3::Hash::from_hex(text).map_err(serde::de::Error::custom)?;
        Ok(Self(*hash.as_bytes()))
    }
}

/// One message of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The first end's promise: the hash of its number.
    Commit(Nonce),
    /// The second end's number.
    Answer(Nonce),
    /// The first end's number.
    Reveal(Nonce),
}

/// Why an exchange came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ExchangeError {
    /// Such a message has no place here, or comes twice.
    #[error("a message of the safety code's exchange out of its order")]
    OutOfOrder,
    /// The number is not the one that was promised.
    #[error("the number that was revealed for the safety code is not the one that was promised")]
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// We are first and wait for the answer.
    Committed,
    /// We are second and wait for the promise.
    Waiting,
    /// We are second, have answered, and wait for what was promised.
    Answered { promised: Nonce },
    /// Both numbers are known.
    Done { theirs: Nonce },
    /// Somebody played foul, or a program is broken: no code.
    Failed,
}

/// One end's exchange, for one link.
#[derive(Debug)]
pub struct Exchange {
    ours: Nonce,
    state: State,
}

impl Exchange {
    /// Begins. `first` is one of the two ends. `ours` must be random and used for nothing else.
    pub fn new(first: bool, ours: Nonce) -> Self {
        Self { ours, state: if first { State::Committed } else { State::Waiting } }
    }

    /// What to send as soon as the channel is open, if it is on us.
    pub fn opening(&self) -> Option<Step> {
        (self.state == State::Committed).then(|| Step::Commit(hash(&self.ours)))
    }

    /// Takes the other end's message; returns what to answer.
    ///
    /// # Errors
    /// [`ExchangeError`]; there is no code then, for good.
    pub fn receive(&mut self, step: Step) -> Result<Option<Step>, ExchangeError> {
        let (state, answer) = match (self.state, step) {
            (State::Committed, Step::Answer(theirs)) => {
                (State::Done { theirs }, Some(Step::Reveal(self.ours)))
            }
            (State::Waiting, Step::Commit(promised)) => {
                (State::Answered { promised }, Some(Step::Answer(self.ours)))
            }
            (State::Answered { promised }, Step::Reveal(theirs)) => {
                // An echo of our own number is no number of theirs.
                if hash(&theirs) != promised || theirs == self.ours {
                    self.state = State::Failed;
                    return Err(ExchangeError::Broken);
                }
                (State::Done { theirs }, None)
            }
            _ => {
                self.state = State::Failed;
                return Err(ExchangeError::OutOfOrder);
            }
        };
        self.state = state;
        Ok(answer)
    }

    /// Both numbers, ours first, once they are known.
    pub fn nonces(&self) -> Option<(Nonce, Nonce)> {
        match self.state {
            State::Done { theirs } => Some((self.ours, theirs)),
            _ => None,
        }
    }
}

fn hash(nonce: &Nonce) -> Nonce {
    let context = "CinemaSync 2026-11 promise of a number for a safety code";
    Nonce(blake3::derive_key(context, &nonce.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Exchange, Exchange) {
        (Exchange::new(true, Nonce([1; 32])), Exchange::new(false, Nonce([2; 32])))
    }

    #[test]
    fn both_ends_learn_both_numbers() {
        let (mut ana, mut ben) = pair();
        assert_eq!(ben.opening(), None);
        let commit = ana.opening().unwrap();
        let answer = ben.receive(commit).unwrap().unwrap();
        assert_eq!(ben.nonces(), None, "nothing before the promise is kept");
        let reveal = ana.receive(answer).unwrap().unwrap();
        assert_eq!(ben.receive(reveal), Ok(None));
        assert_eq!(ana.nonces(), Some((Nonce([1; 32]), Nonce([2; 32]))));
        assert_eq!(ben.nonces(), Some((Nonce([2; 32]), Nonce([1; 32]))));
    }

    #[test]
    fn who_reveals_another_number_than_promised_gets_no_code() {
        let (ana, mut ben) = pair();
        ben.receive(ana.opening().unwrap()).unwrap();
        assert_eq!(ben.receive(Step::Reveal(Nonce([3; 32]))), Err(ExchangeError::Broken));
        let late = ben.receive(Step::Reveal(Nonce([1; 32])));
        assert_eq!((late, ben.nonces()), (Err(ExchangeError::OutOfOrder), None), "no second try");
    }

    #[test]
    fn nobody_gets_a_number_twice_or_out_of_order() {
        let (mut ana, mut ben) = pair();
        let commit = ana.opening().unwrap();
        ben.receive(commit).unwrap();
        assert_eq!(ben.receive(commit), Err(ExchangeError::OutOfOrder));
        assert_eq!(ana.receive(commit), Err(ExchangeError::OutOfOrder));
        let (mut ana, _) = pair();
        let reveal = Step::Reveal(Nonce([2; 32]));
        assert_eq!(ana.receive(reveal), Err(ExchangeError::OutOfOrder));
        assert_eq!(ana.nonces(), None);
    }

    #[test]
    fn numbers_travel_as_hexadecimal_and_are_not_logged() {
        let step = Step::Commit(Nonce([0xAB; 32]));
        let text = serde_json::to_string(&step).unwrap();
        assert_eq!(text, format!("{{\"commit\":\"{}\"}}", "ab".repeat(32)));
        assert_eq!(serde_json::from_str::<Step>(&text).unwrap(), step);
        assert!(serde_json::from_str::<Step>("{\"commit\":\"ab\"}").is_err());
        assert_eq!(format!("{:?}", Nonce([7; 32])), "Nonce");
    }
}
