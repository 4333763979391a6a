//! What the clients of the soak leave to chance: the same seed gives the same decisions again.

use std::time::Duration;

/// A SplitMix64 generator: a few lines, and good enough to be unkind with.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator of one client: clients of the same seed differ.
    pub fn for_client(seed: u64, number: u64) -> Self {
        let mut random = Self(seed.wrapping_add(number));
        Self(random.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A time of at least one and at most so many milliseconds.
    pub fn milliseconds(&mut self, at_most: u64) -> Duration {
        Duration::from_millis(1 + self.next() % at_most)
    }

    /// So many bytes, which are hardly ever text.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..length.div_ceil(8))
            .flat_map(|_| self.next().to_le_bytes())
            .collect();
        bytes.truncate(length);
        bytes
    }
}
