//! Releases: the only way in which sealed figures leave their library. Like a statistics office's tables, they come
//! at declared dates, are the same for everybody in an audience, and stand when they are out.
//!
//! Which sums a release may tell is decided in [`audit`].

pub mod audit;
