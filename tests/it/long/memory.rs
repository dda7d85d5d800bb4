//! How much memory a crowd takes: connections that say nothing, heads that never end, bodies that are far too large. Of the release
//! program, which `tests/run --long` builds; on Linux alone, which tells of a process's memory.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use super::Process;
use crate::harness::{Postgres, Sqlite};

const MIB: u64 = 1024 * 1024;

/// What the system says of a process, in KiB: how much it has now, and the most that it ever had.
fn memory(process: &Process) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let find = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    (find("VmRSS:"), find("VmHWM:"))
}

fn connect(process: &Process) -> TcpStream {
    let stream = TcpStream::connect(process.socket()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// One request over a connection that stays open.
fn ask(stream: &mut TcpStream) -> bool {
    let mut part = [0; 4096];
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: node\r\n\r\n").is_ok()
        && stream.read(&mut part).is_ok_and(|n| part[..n].starts_with(b"HTTP/1.1 200"))
}

#[actix_web::test]
#[ignore = "long: tests/run --long"]
async fn ten_thousand_connections_that_say_nothing() {
    const MANY: usize = 10_000;
    for kind in [Sqlite, Postgres] {
        let (_node, process) = Process::start(kind, &Process::released()).await;
        let (before, _) = memory(&process);
        let began = Instant::now();
        let mut streams: Vec<TcpStream> = (0..MANY).map(|_| connect(&process)).collect();
        let answered = streams.iter_mut().filter_map(|stream| ask(stream).then_some(())).count();
        let seconds = began.elapsed().as_secs_f64();
        let (now, most) = memory(&process);
        // Whoever says nothing for five seconds is hung up on: so many were there at the end.
        let open = streams
            .iter_mut()
            .filter(|stream| {
                stream.set_nonblocking(true).unwrap();
                let mut one = [0; 1];
                matches!(stream.peek(&mut one), Err(error) if error.kind() == ErrorKind::WouldBlock)
            })
            .count();
        let verdict = if now.max(most) <= 300 * 1024 { "in bounds" } else { "TOO MUCH" };
        println!(
            "{kind:?}: {MANY} connections, {answered} answered, {open} open after {seconds:.1} s: {} MiB, at most {} MiB, \
             {} MiB before ({verdict}: 300 MiB)",
            now / 1024,
            most / 1024,
            before / 1024,
        );
        assert!(answered == MANY && open > MANY * 9 / 10, "the crowd was none");
        assert!(most <= 300 * 1024);
    }
}

#[actix_web::test]
#[ignore = "long: tests/run --long"]
async fn two_thousand_heads_that_never_end() {
    const MANY: usize = 2_000;
    let (_node, process) = Process::start(Sqlite, &Process::released()).await;
    let (before, _) = memory(&process);
    let began = Instant::now();
    let mut streams: Vec<Option<(TcpStream, Instant)>> = (0..MANY)
        .map(|_| {
            let mut stream = connect(&process);
            stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: node\r\n").unwrap();
            stream.set_nonblocking(true).unwrap();
            Some((stream, Instant::now()))
        })
        .collect();
    let opened = began.elapsed();
    let mut gone = Vec::new();
    while gone.len() < MANY && began.elapsed() < Duration::from_secs(60) {
        for slot in &mut streams {
            let Some((stream, opened)) = slot else { continue };
            let mut part = [0; 512];
            let closed = match stream.read(&mut part) {
                Ok(0) => true,
                Ok(_) => false,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    // One more byte of a head, to seem alive.
                    stream.write_all(b"x").is_err()
                }
                Err(_) => true,
            };
            if closed {
                gone.push(opened.elapsed());
                *slot = None;
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let last = gone.iter().max().copied().unwrap_or_default();
    let (_, most) = memory(&process);
    println!(
        "{MANY} heads that never end: opened in {:.1} s, {} gone, the slowest after {:.1} s; memory {} MiB, at most {} MiB",
        opened.as_secs_f64(),
        gone.len(),
        last.as_secs_f64(),
        before / 1024,
        most / 1024,
    );
    assert_eq!(gone.len(), MANY, "some are still served");
    assert!(ask(&mut connect(&process)), "it serves on");
}

/// Sends a body of this size as long as anybody takes it, and gives the status.
fn too_large(process: &Process, token: &str, size: u64, chunked: bool) -> (String, u64) {
    let mut stream = connect(process);
    let length =
        if chunked { "transfer-encoding: chunked".to_owned() } else { format!("content-length: {size}") };
    let head = format!(
        "POST /api/v1/competences HTTP/1.1\r\nhost: node\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\n{length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let block = vec![b' '; 64 * 1024];
    let mut sent = 0;
    while sent < size {
        let whole = if chunked {
            let mut whole = format!("{:x}\r\n", block.len()).into_bytes();
            whole.extend(&block);
            whole.extend(b"\r\n");
            whole
        } else {
            block.clone()
        };
        if stream.write_all(&whole).is_err() {
            break;
        }
        sent += block.len() as u64;
    }
    let mut answer = Vec::new();
    // Whoever does not read what is sent hangs up in the end.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    (answer.split(' ').nth(1).unwrap_or("hung up").to_owned(), sent)
}

#[actix_web::test]
#[ignore = "long: tests/run --long"]
async fn a_hundred_bodies_of_a_hundred_mebibytes() {
    const MANY: usize = 100;
    const SIZE: u64 = 100 * MIB;
    let (node, process) = Process::start(Sqlite, &Process::released()).await;
    let oslo = node.tenant("oslo").await;
    let token = oslo.token().unwrap().to_owned();
    ask(&mut connect(&process));
    let (before, _) = memory(&process);
    let process = &process;
    let token = &token;
    let ends: Vec<(String, u64)> = std::thread::scope(|threads| {
        let sending: Vec<_> =
            (0..MANY).map(|n| threads.spawn(move || too_large(process, token, SIZE, n % 2 == 0))).collect();
        sending.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut statuses = std::collections::BTreeMap::<&str, usize>::new();
    ends.iter().for_each(|(status, _)| *statuses.entry(status).or_default() += 1);
    let sent: u64 = ends.iter().map(|(_, sent)| sent).sum();
    let (now, most) = memory(process);
    let growth = most.saturating_sub(before) / 1024;
    let verdict = if growth <= 64 { "in bounds" } else { "TOO MUCH" };
    println!(
        "{MANY} bodies of {} MiB: {statuses:?}, {} MiB were sent; memory {} MiB before, {} MiB after, grown by {growth} MiB at \
         most ({verdict}: 64 MiB)",
        SIZE / MIB,
        sent / MIB,
        before / 1024,
        now / 1024,
    );
    assert!(statuses.keys().all(|status| ["413", "hung up"].contains(status)), "{statuses:?}");
    assert!(statuses.get("413").copied().unwrap_or_default() > 0);
    assert!(ask(&mut connect(process)), "it serves on");
}
