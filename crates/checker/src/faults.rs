//! The faults that the checker knows. Their names are stable: scripts and pages rely on them.

use std::fmt::{self, Display};

use crate::watch::Protocol;

macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident $name:literal)*) => {
        /// A fault, by its stable name.
        #[allow(clippy::enum_variant_names)] // SyntaxError is Python's word
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Name { $($(#[$doc])* $variant),* }

        impl Name {
            /// Each of them.
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$variant),*];
        }

        impl Display for Name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $name),* })
            }
        }
    };
}

faults! {
    CannotRun "cannot-run"
    Python2 "python-2"
    SyntaxError "syntax-error"
    UndefinedName "undefined-name"
    AddressNotATuple "address-not-a-tuple"
    TextNotBytes "text-not-bytes"
    EndsAtOnce "ends-at-once"
    Crashes "crashes"
    AddressInUse "address-in-use"
    NotPermitted "not-permitted"
    WrongSocket "wrong-socket"
    NotListening "not-listening"
    NoWelcome "no-welcome"
    NoAnswer "no-answer"
    WrongAnswer "wrong-answer"
    BytesInText "bytes-in-text"
    OneAtATime "one-at-a-time"
    ServesOnce "serves-once"
    ExitGreeted "exit-greeted"
    NotClosed "not-closed"
    ClosesEarly "closes-early"
    Spins "spins"
    ThreadDies "thread-dies"
    AnswersElsewhere "answers-elsewhere"
    DoesNotConnect "does-not-connect"
    DoesNotWait "does-not-wait"
    SendsNoNames "sends-no-names"
    NoExit "no-exit"
    AnswersNotShown "answers-not-shown"
    Hangs "hangs"
    BadRequest "bad-request"
    StopsEarly "stops-early"
    HeaderNotShown "header-not-shown"
    PageNotSaved "page-not-saved"
    PageDiffers "page-differs"

    // An exercise that is not done yet has its own name.
    CutAnywhere "cut-anywhere"
    ContentLength "content-length"
    Lines "lines"
    Upper "upper"
    Restart "restart"
    LengthPrefix "length-prefix"
    HalfClose "half-close"
    CutDatagram "cut-datagram"
    Ipv6 "ipv6"
    Pinger "pinger"
    Connected "connected"
}

impl Name {
    /// The claim of docs/claims.md that the fault is about.
    pub fn claim(self, protocol: Protocol) -> Option<u8> {
        let tcp = protocol == Protocol::Tcp;
        Some(match self {
            Self::WrongSocket => 3,
            Self::AddressNotATuple => 8,
            Self::NotPermitted => 17,
            Self::AddressInUse => 23,
            Self::NoWelcome | Self::DoesNotWait if tcp => 44,
            Self::BadRequest => 45,
            Self::StopsEarly | Self::AnswersNotShown => 46,
            Self::Hangs | Self::Spins if tcp => 47,
            Self::HeaderNotShown | Self::PageNotSaved | Self::PageDiffers => 49,
            Self::NotListening if tcp => 51,
            Self::OneAtATime => 54,
            Self::ServesOnce if tcp => 55,
            Self::ExitGreeted | Self::WrongAnswer | Self::SendsNoNames if tcp => 57,
            Self::NotClosed | Self::ClosesEarly | Self::NoExit => 58,
            Self::NoAnswer if tcp => 59,
            Self::TextNotBytes | Self::BytesInText => 61,
            Self::DoesNotConnect if tcp => 63,
            Self::NotListening | Self::ServesOnce => 65,
            Self::DoesNotConnect => 66,
            Self::AnswersElsewhere | Self::NoAnswer | Self::WrongAnswer => 67,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn each_name_is_one_word_and_stands_for_one_fault() {
        let names: Vec<_> = Name::ALL.iter().map(Name::to_string).collect();
        for (place, name) in names.iter().enumerate() {
            let plain = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
            assert!(name.chars().all(plain), "{name}");
            assert!(!names[place + 1..].contains(name), "{name}");
        }
    }
}
