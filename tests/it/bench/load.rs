//! Many clients, each over a connection of its own that stays open, each sending its next request when it has the answer to the last
//! one. Plain threads and sockets: what the load costs is not what is measured, and on few processors it must be little.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{
        Barrier,
        atomic::{AtomicI64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::cpu::{Clock, Cpu};

/// What each client sends, over and over.
pub enum Ask {
    /// The same.
    Same(Vec<Vec<u8>>),
    /// A change made from the version that the answer before told.
    Change { versions: Vec<AtomicI64>, write: Box<dyn Fn(usize, i64) -> Vec<u8> + Sync> },
}

impl Ask {
    pub fn change(clients: usize, write: impl Fn(usize, i64) -> Vec<u8> + Sync + 'static) -> Self {
        Self::Change { versions: (0..clients).map(|_| AtomicI64::new(1)).collect(), write: Box::new(write) }
    }

    /// Sends one as a client, and gives whether the answer was a good one, and its size.
    pub fn once(&self, client: usize, line: &mut Line) -> (bool, usize) {
        match self {
            Self::Same(requests) => {
                let answer = line.ask(&requests[client]);
                (answer.good(), answer.body.len())
            }
            Self::Change { versions, write } => {
                let answer = line.ask(&write(client, versions[client].load(Ordering::Relaxed)));
                let now = answer.number(b"\"version\":");
                if let Some(now) = now {
                    versions[client].store(now, Ordering::Relaxed);
                }
                (answer.good() && now.is_some(), answer.body.len())
            }
        }
    }
}

/// A connection.
pub struct Line {
    socket: String,
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, in the buffer of its connection.
pub struct Answer<'l> {
    pub status: u16,
    pub head: &'l str,
    pub body: &'l [u8],
}

impl Answer<'_> {
    /// As asked; of GraphQL also inside.
    fn good(&self) -> bool {
        match self.body.strip_prefix(b"{\"data\":") {
            Some(data) => self.status == 200 && !data.starts_with(b"null") && self.body.ends_with(b"}}"),
            None => (self.status == 200 || self.status == 304) && !self.body.starts_with(b"{\"errors\""),
        }
    }

    /// The last number that is named so.
    pub fn number(&self, name: &[u8]) -> Option<i64> {
        let at = self.body.windows(name.len()).rposition(|part| part == name)? + name.len();
        let digits = self.body[at..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(None, |sum, digit| Some(sum.unwrap_or(0) * 10 + i64::from(digit - b'0')))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let rest = &self.head[self.head.find(&format!("\r\n{name}: "))? + name.len() + 4..];
        rest.split("\r\n").next()
    }
}

fn connect(socket: &str) -> TcpStream {
    let stream = TcpStream::connect(socket).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

impl Line {
    pub fn open(socket: &str) -> Self {
        Self { socket: socket.to_owned(), stream: connect(socket), buffer: vec![0; 64 * 1024] }
    }

    /// A new one in its place; no answer.
    fn hung_up(&mut self) -> Answer<'_> {
        self.stream = connect(&self.socket);
        Answer { status: 0, head: "", body: &[] }
    }

    /// Without an answer the status is 0.
    pub fn ask(&mut self, request: &[u8]) -> Answer<'_> {
        if self.stream.write_all(request).is_err() {
            return self.hung_up();
        }
        let mut have = 0;
        let mut end = None;
        loop {
            if have == self.buffer.len() {
                self.buffer.resize(have * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[have..]).unwrap_or(0);
            if read == 0 {
                return self.hung_up();
            }
            let looked = have.saturating_sub(3);
            have += read;
            if end.is_none() {
                let part = &self.buffer[looked..have];
                end = part.windows(4).position(|four| four == b"\r\n\r\n").map(|at| {
                    let head = std::str::from_utf8(&self.buffer[..looked + at]).unwrap();
                    let body = head.find("content-length: ").map_or(0, |at| {
                        head[at + 16..].split("\r\n").next().unwrap().parse::<usize>().unwrap()
                    });
                    (looked + at, looked + at + 4 + body)
                });
            }
            if let Some((head, all)) = end
                && have >= all
            {
                let head_text = std::str::from_utf8(&self.buffer[..head]).unwrap();
                let status = head_text.split(' ').nth(1).unwrap().parse().unwrap();
                return Answer { status, head: head_text, body: &self.buffer[head + 4..all] };
            }
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub done: usize,
    pub errors: usize,
    pub seconds: f64,
    pub cpu: Cpu,
    /// Milliseconds, in order; of pgbench some of them.
    pub waits: Vec<f64>,
    pub bytes: usize,
}

impl Figures {
    pub fn a_second(&self) -> f64 {
        self.done as f64 / self.seconds
    }

    /// Milliseconds of a processor for each request.
    pub fn each(&self, of: impl Fn(&Cpu) -> f64) -> f64 {
        of(&self.cpu) * 1000.0 / self.done.max(1) as f64
    }

    pub fn part(&self, share: f64) -> f64 {
        part(&self.waits, share)
    }
}

pub fn part(sorted: &[f64], share: f64) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        many => sorted[((many - 1) as f64 * share) as usize],
    }
}

pub fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    part(&of, 0.5)
}

/// Lets clients ask for a while. Each has asked once before it counts.
pub fn run(socket: &str, ask: &Ask, clients: usize, time: Duration, clock: &Clock) -> Figures {
    let (ready, go) = (Barrier::new(clients + 1), Barrier::new(clients + 1));
    thread::scope(|threads| {
        let asking: Vec<_> = (0..clients)
            .map(|client| {
                let (ready, go) = (&ready, &go);
                threads.spawn(move || {
                    let mut line = Line::open(socket);
                    let first = ask.once(client, &mut line).0;
                    let answered = Instant::now();
                    ready.wait();
                    go.wait();
                    // One that has said nothing for five seconds is hung up on.
                    if answered.elapsed() > Duration::from_secs(3) {
                        line = Line::open(socket);
                    }
                    let end = Instant::now() + time;
                    let (mut waits, mut errors, mut bytes) = (Vec::new(), usize::from(!first), 0);
                    while Instant::now() < end {
                        let began = Instant::now();
                        let (good, size) = ask.once(client, &mut line);
                        waits.push(began.elapsed().as_secs_f64() * 1000.0);
                        errors += usize::from(!good);
                        bytes = size;
                    }
                    (waits, errors, bytes)
                })
            })
            .collect();
        ready.wait();
        let before = clock.read();
        let began = Instant::now();
        go.wait();
        let mut out = Figures::default();
        for thread in asking {
            let (waits, errors, bytes) = thread.join().unwrap();
            out.waits.extend(waits);
            out.errors += errors;
            out.bytes = out.bytes.max(bytes);
        }
        out.seconds = began.elapsed().as_secs_f64();
        out.cpu = clock.read().since(before);
        out.done = out.waits.len();
        out.waits.sort_by(f64::total_cmp);
        out
    })
}
