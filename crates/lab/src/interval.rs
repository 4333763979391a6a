//! What a series of figures says about their median, and whether that decides a goal.
//!
//! Figures from a machine that others use too are scattered. Two that were measured one after the other are
//! disturbed alike, so their ratio is scattered less. The median of many such ratios lies, with a
//! probability of 95 %, in an interval that the ratios themselves tell: by drawing from them again and
//! again, as if each draw were another series (the bootstrap).

/// With five figures, the median lies outside of all of them once in sixteen times: too few for 95 %.
const FEWEST: usize = 6;

/// How many series are drawn.
const DRAWS: usize = 1_000;

/// Where the median of a series of figures is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The median is less than this once in forty times.
    pub low: f64,
    /// The median of the figures.
    pub median: f64,
    /// The median is more than this once in forty times.
    pub high: f64,
    /// How many figures there were.
    pub count: usize,
}

/// What must be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// So much, or more.
    AtLeast(f64),
    /// So much, or less.
    AtMost(f64),
}

/// What an interval says about a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval lies on the bound's side.
    Met,
    /// The whole interval lies on the other side.
    NotMet,
    /// The bound lies in the interval, or there are too few figures.
    Open,
}

impl Interval {
    /// The interval in which the median lies with a probability of 95 %. The same figures always give the
    /// same interval.
    pub fn of_median(figures: &[f64]) -> Self {
        let mut random = Random(1);
        let mut draw = vec![0.0; figures.len()];
        let mut medians: Vec<_> = (0..DRAWS)
            .map(|_| {
                draw.fill_with(|| figures[random.below(figures.len())]);
                median(&draw)
            })
            .collect();
        medians.sort_by(f64::total_cmp);
        Self {
            low: medians[DRAWS / 40],
            median: median(figures),
            high: medians[DRAWS - 1 - DRAWS / 40],
            count: figures.len(),
        }
    }

    /// Whether the bound is met.
    pub fn decides(&self, bound: Bound) -> Verdict {
        let (met, not_met) = match bound {
            Bound::AtLeast(least) => (self.low >= least, self.high < least),
            Bound::AtMost(most) => (self.high <= most, self.low > most),
        };
        match (met, not_met) {
            _ if self.count < FEWEST => Verdict::Open,
            (true, _) => Verdict::Met,
            (_, true) => Verdict::NotMet,
            _ => Verdict::Open,
        }
    }
}

/// The figure in the middle; with an even number of figures, the mean of the two in the middle.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// Numbers that are random enough to draw with (Marsaglia's xorshift), and the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The lower bits are the less random ones.
        usize::try_from((self.0 >> 32) % limit as u64).expect("it is below a usize")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Figures around 1, scattered to both sides by up to `width`, with one in ten far out.
    fn scattered(random: &mut Random, count: usize, width: f64) -> Vec<f64> {
        let figure = |random: &mut Random| {
            let part = random.below(2_001).to_string().parse::<f64>().unwrap() / 1_000.0 - 1.0;
            let far = if random.below(10) == 0 { 5.0 } else { 1.0 };
            (part * width * far).exp()
        };
        (0..count).map(|_| figure(random)).collect()
    }

    #[test]
    fn the_whole_interval_decides() {
        let figures = [1.05, 1.1, 1.0, 1.2, 1.15, 1.1, 1.12, 1.08, 1.3];
        let interval = Interval::of_median(&figures);
        let Interval { low, high, .. } = interval;
        assert!(
            1.0 < low && low < 1.1 && 1.1 < high && high < 1.3,
            "{interval:?}"
        );
        assert_eq!(interval.decides(Bound::AtLeast(1.0)), Verdict::Met);
        assert_eq!(interval.decides(Bound::AtLeast(low)), Verdict::Met);
        assert_eq!(interval.decides(Bound::AtLeast(1.1)), Verdict::Open);
        assert_eq!(interval.decides(Bound::AtLeast(1.31)), Verdict::NotMet);
        assert_eq!(interval.decides(Bound::AtMost(1.31)), Verdict::Met);
        assert_eq!(interval.decides(Bound::AtMost(1.1)), Verdict::Open);
        assert_eq!(interval.decides(Bound::AtMost(1.0)), Verdict::NotMet);
    }

    #[test]
    fn one_figure_far_out_decides_nothing() {
        let mut figures = vec![1.1; 9];
        figures.push(0.01);
        let interval = Interval::of_median(&figures);
        assert_eq!(interval.decides(Bound::AtLeast(1.0)), Verdict::Met);
    }

    #[test]
    fn five_figures_decide_nothing_and_six_may() {
        let interval = |count| Interval::of_median(&vec![2.0; count]);
        assert_eq!(interval(5).decides(Bound::AtLeast(1.0)), Verdict::Open);
        assert_eq!(interval(6).decides(Bound::AtLeast(1.0)), Verdict::Met);
        assert_eq!(interval(6).decides(Bound::AtLeast(2.1)), Verdict::NotMet);
    }

    #[test]
    fn the_same_figures_give_the_same_interval() {
        let figures = scattered(&mut Random(7), 15, 0.1);
        assert_eq!(Interval::of_median(&figures), Interval::of_median(&figures));
    }

    /// Of many series whose median is known, 95 of 100 intervals must have it in them.
    #[test]
    fn the_median_lies_in_nearly_all_intervals() {
        let mut random = Random(3);
        for count in [9, 25] {
            let within = (0..100).filter(|_| {
                let interval = Interval::of_median(&scattered(&mut random, count, 0.1));
                interval.low <= 1.0 && 1.0 <= interval.high
            });
            let within = within.count();
            println!("{count} figures: {within} of 100");
            assert!(within >= 88, "{count} figures: {within} of 100");
        }
    }

    #[test]
    fn more_figures_make_the_interval_narrower() {
        let width = |count| {
            let interval = Interval::of_median(&scattered(&mut Random(5), count, 0.1));
            interval.high - interval.low
        };
        assert!(width(100) < width(9) / 2.0);
    }
}
