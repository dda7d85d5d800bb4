//! Memory that nobody needs any more goes back to the system.
//!
//! A node lies still for most of its day, and what it held at its busiest, or needed to start, would be held all day.

#![allow(unsafe_code, reason = "the allocator's options and the program's own pages have no other door")]

use std::{
    ffi::{c_int, c_long},
    time::Duration,
};

// Linked with the allocator, which stands in `main.rs`.
use mimalloc as _;

unsafe extern "C" {
    /// Sets an option of mimalloc where the environment (`MIMALLOC_…`) does not.
    fn mi_option_set_default(option: c_int, value: c_long);
}

/// `mi_option_purge_delay` in `mimalloc.h`: how many milliseconds what was freed is kept for whoever asks next. Left to itself it is a
/// second or more, after which it is given back when more is freed, and not when nobody asks.
const PURGE_DELAY: c_int = 15;

/// What is freed is given back soon. Called first, when there is one thread.
pub fn give_back_what_is_freed() {
    // SAFETY: nobody else reads options meanwhile, and an option that mimalloc does not know it passes over.
    unsafe { mi_option_set_default(PURGE_DELAY, 1) }
}

/// What ran to start the node, such as putting its contracts together, does not run again: once it serves, its pages of the program
/// are let go. Whoever needs one after all reads it anew, from the system's cache of the file.
pub async fn let_go_of_the_start() {
    /// The workers come up meanwhile.
    const SERVES: Duration = Duration::from_secs(2);
    tokio::time::sleep(SERVES).await;
    let_go();
}

#[cfg(target_os = "linux")]
fn let_go() {
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return };
    for (start, end) in program(&maps, let_go as *const () as usize) {
        // SAFETY: mappings of the file that holds this very function, of what is never written: each page is what stands in the file.
        let done = unsafe { libc::madvise(start as *mut _, end - start, libc::MADV_DONTNEED) };
        tracing::debug!(bytes = end - start, done, "let go of what the start needed");
    }
}

#[cfg(not(target_os = "linux"))]
fn let_go() {}

/// From where to where `/proc/self/maps` says that the program's code and constants are; `address` is somewhere in its code. What is
/// written when it is loaded (relocations) is read-only afterwards too, and stands further on in the file: it is none of this.
#[cfg(target_os = "linux")]
fn program(maps: &str, address: usize) -> Vec<(usize, usize)> {
    let line = |line: &'_ str| {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let at = |text| usize::from_str_radix(text, 16).ok();
        let (rights, offset) = (words.next()?, words.next()?);
        let path = words.nth(2).filter(|path| path.starts_with('/'))?;
        Some((at(start)?, at(end)?, rights.to_owned(), at(offset)?, path.to_owned()))
    };
    let lines: Vec<_> = maps.lines().filter_map(line).collect();
    let code =
        lines.iter().find(|(start, end, rights, ..)| rights == "r-xp" && (*start..*end).contains(&address));
    let Some((.., path)) = code else { return Vec::new() };
    let constant = |rights: &str, offset: usize| rights == "r-xp" || rights == "r--p" && offset == 0;
    let parts = lines.iter().filter(|(_, _, rights, offset, of)| of == path && constant(rights, *offset));
    parts.map(|(start, end, ..)| (*start, *end)).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_code_and_constants_of_the_program_are_let_go() {
        let maps = "55d00000-55d0a000 r--p 00000000 fe:00 548     /usr/bin/samvirke\n\
                    55d0a000-55d0f000 r-xp 00009000 fe:00 548     /usr/bin/samvirke\n\
                    55d0f000-55d11000 r--p 0000e000 fe:00 548     /usr/bin/samvirke\n\
                    55d11000-55d12000 rw-p 00010000 fe:00 548     /usr/bin/samvirke\n\
                    55d12000-55d13000 rw-p 00000000 00:00 0\n\
                    7f000000-7f001000 r-xp 00000000 00:00 0\n\
                    7f100000-7f101000 r--p 00000000 fe:00 549     /lib/libc.so.6\n\
                    7f101000-7f102000 r-xp 00001000 fe:00 549     /lib/libc.so.6\n";
        assert_eq!(program(maps, 0x55d0_b123), [(0x55d0_0000, 0x55d0_a000), (0x55d0_a000, 0x55d0_f000)]);
        // Not code, code of no file, nothing there.
        for elsewhere in [0x55d0_0000, 0x55d1_0000, 0x55d1_1000, 0x7f00_0000, 0x1000] {
            assert_eq!(program(maps, elsewhere), []);
        }
        assert_eq!(program(&maps.replace("r-xp", "rwxp"), 0x55d0_b123), []);
    }

    #[test]
    fn this_very_program_is_found_and_goes_on() {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let here = let_go as *const () as usize;
        assert!(program(&maps, here).iter().any(|(start, end)| (*start..*end).contains(&here)));
        let_go();
        assert_eq!(program(&std::fs::read_to_string("/proc/self/maps").unwrap(), here).len(), 2);
    }
}
