//! What the system says of processes: the time that they have had of a processor, and their memory. On Linux alone.

use std::{fs, path::PathBuf, process::Command};

use crate::harness::postgres;

/// Seconds of a processor, so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu {
    pub program: f64,
    /// The part of it that the kernel had.
    pub program_system: f64,
    pub postgres: f64,
}

impl Cpu {
    pub fn since(self, before: Self) -> Self {
        Self {
            program: self.program - before.program,
            program_system: self.program_system - before.program_system,
            postgres: self.postgres - before.postgres,
        }
    }
}

/// Whose time is told.
pub struct Clock {
    program: u32,
    postmaster: u32,
    ticks: f64,
}

/// Of one line of `/proc/PID/stat`: the parent, and ticks of user, system, and of both of children that have ended.
fn stat(process: &str) -> Option<(u32, [f64; 4])> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n)?.parse().ok();
    Some((fields.get(1)?.parse().ok()?, [ticks(11)?, ticks(12)?, ticks(13)?, ticks(14)?]))
}

impl Clock {
    pub fn new(program: u32) -> Self {
        let file = format!("{}/data/postmaster.pid", postgres::cluster());
        let postmaster = fs::read_to_string(file).unwrap().lines().next().unwrap().trim().parse().unwrap();
        let ticks = Command::new("getconf").arg("CLK_TCK").output().unwrap().stdout;
        Self { program, postmaster, ticks: String::from_utf8(ticks).unwrap().trim().parse().unwrap() }
    }

    pub fn read(&self) -> Cpu {
        let (_, [user, system, ..]) = stat(&self.program.to_string()).unwrap();
        Cpu {
            program: (user + system) / self.ticks,
            program_system: system / self.ticks,
            postgres: self.postgres() / self.ticks,
        }
    }

    /// The postmaster with what those had that have ended, and those that it has now.
    fn postgres(&self) -> f64 {
        let mut sum: f64 = stat(&self.postmaster.to_string()).unwrap().1.iter().sum();
        for entry in fs::read_dir("/proc").unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap_or_default();
            if !name.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            if let Some((parent, [user, system, ..])) = stat(&name)
                && parent == self.postmaster
            {
                sum += user + system;
            }
        }
        sum
    }
}

/// Seconds of a processor that another process has had.
pub fn of(process: u32, clock: &Clock) -> f64 {
    stat(&process.to_string()).map_or(0.0, |(_, [user, system, ..])| (user + system) / clock.ticks)
}

/// MiB that a process has now, and the most that it ever had.
pub fn memory(process: u32) -> (f64, f64) {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let find = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    };
    (find("VmRSS:"), find("VmHWM:"))
}

/// The folder of the server's programs, pgbench among them.
pub fn programs() -> PathBuf {
    let started = fs::read_to_string(format!("{}/data/postmaster.opts", postgres::cluster())).unwrap();
    PathBuf::from(started.split_whitespace().next().unwrap()).parent().unwrap().to_owned()
}
