//! The same by hand: what the program was seen to send, as scripts for pgbench.
//!
//! A script is made of the statements of one transaction, as the server's log has them, with their values in a table, a line for
//! each client. It differs in what it must: who is calling is said by one `set_config` instead of three SET, because SET takes no
//! parameter; and what a change reads and writes on, it takes from what it has read.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    cpu::{self, Clock, Cpu},
    load::{Ask, Figures, Line},
};
use crate::harness::{TestNode, postgres};

/// One statement, and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub text: String,
    pub values: Vec<Option<String>>,
}

/// The statements between BEGIN and the end, these included.
pub type Transaction = Vec<Said>;

/// `$1 = 'text', $2 = NULL`
fn values(text: &str) -> Vec<Option<String>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        if let Some(after) = value.strip_prefix("NULL") {
            out.push(None);
            rest = after;
            continue;
        }
        let mut word = String::new();
        let mut letters = value.char_indices().skip(1).peekable();
        rest = "";
        while let Some((at, letter)) = letters.next() {
            if letter != '\'' {
                word.push(letter);
            } else if letters.peek().is_some_and(|(_, next)| *next == '\'') {
                word.push('\'');
                letters.next();
            } else {
                rest = &value[at + 1..];
                break;
            }
        }
        out.push(Some(word));
    }
    out
}

/// What each server process was sent, transaction by transaction.
fn transactions(log: &str) -> Vec<Transaction> {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        match line.strip_prefix('\t') {
            Some(more) => {
                if let Some(last) = entries.last_mut() {
                    last.push('\n');
                    last.push_str(more);
                }
            }
            None => entries.push(line.to_owned()),
        }
    }
    let mut open: BTreeMap<String, Transaction> = BTreeMap::new();
    let mut out = Vec::new();
    for entry in entries {
        let Some((process, said)) = entry.split_once(' ') else { continue };
        if let Some((_, told)) = said.split_once("DETAIL:  ").filter(|(before, _)| before.is_empty()) {
            let told = told.strip_prefix("parameters: ").or(told.strip_prefix("Parameters: "));
            if let (Some(told), Some(last)) = (told, open.get_mut(process).and_then(|said| said.last_mut())) {
                last.values = values(told);
            }
            continue;
        }
        let Some(said) = said.strip_prefix("LOG:  ") else { continue };
        let text = match said.strip_prefix("statement: ") {
            Some(text) => text,
            None => match said.strip_prefix("execute ").and_then(|said| said.split_once(": ")) {
                Some((_, text)) => text,
                None => continue,
            },
        };
        let said = Said { text: text.to_owned(), values: Vec::new() };
        if text.starts_with("BEGIN") {
            open.insert(process.to_owned(), vec![said]);
        } else if let Some(transaction) = open.get_mut(process) {
            transaction.push(said);
            if ["ROLLBACK", "COMMIT"].contains(&text) {
                out.extend(open.remove(process));
            }
        }
    }
    out
}

/// Turns the log of statements on or off; each process learns of it with its next statement.
pub async fn log_statements(node: &TestNode, on: bool) {
    for sql in [
        format!("ALTER SYSTEM SET log_statement = '{}'", if on { "all" } else { "none" }),
        "ALTER SYSTEM SET log_line_prefix = '%p '".into(),
        "SELECT pg_reload_conf()::text".into(),
    ] {
        node.database.raw(&sql).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// What is sent in the name of a library for one request of a client.
pub async fn listen(ask: &Ask, client: usize, line: &mut Line, tenant: uuid::Uuid) -> Vec<Transaction> {
    let log = format!("{}/log", postgres::cluster());
    let from = fs::metadata(&log).unwrap().len() as usize;
    let mine = format!("samvirke.tenant = '{tenant}'; SET LOCAL samvirke.duty = 'member'");
    assert!(ask.once(client, line).0, "the request was refused");
    // Who was shown what is written down for its owner now and then, for many requests at once.
    let of_itself = |said: &Said| said.text.contains("\"audit_sight\"");
    let asked =
        |transaction: &Transaction| transaction[0].text.contains(&mine) && !transaction.iter().any(of_itself);
    // The end of a transaction that only reads is sent after the answer.
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(60)).await;
        let log = fs::read(&log).unwrap();
        let all = transactions(&String::from_utf8_lossy(&log[from..]));
        let heard: Vec<Transaction> = all.into_iter().filter(asked).collect();
        if !heard.is_empty() {
            return heard;
        }
    }
    Vec::new()
}

/// A text with every `$n` replaced.
fn placed(text: &str, mut by: impl FnMut(usize) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(&rest[..at]);
        match rest[at + 1..at + 1 + digits].parse() {
            Ok(n) => out.push_str(&by(n)),
            Err(_) => out.push('$'),
        }
        rest = &rest[at + 1 + digits..];
    }
    out + rest
}

/// An id as the product makes them: they rise with time.
const FRESH: &str = "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) \
    || '8' || substr(md5(random()::text), 1, 15))::uuid";

/// Which `$n` stands for a column, in each place where the text says so.
fn named(text: &str, column: &str) -> Vec<usize> {
    let name = format!("\"{column}\"");
    if let Some((head, rest)) = text.split_once(") VALUES (")
        && let Some((_, columns)) = head.split_once(" (")
    {
        let values = rest.split_once(')').map_or(rest, |(values, _)| values);
        let pairs = columns.split(", ").zip(values.split(", "));
        return pairs
            .filter(|(of, _)| *of == name)
            .filter_map(|(_, v)| v.trim_start_matches('$').parse().ok())
            .collect();
    }
    let wish = format!("{name} = $");
    text.match_indices(&wish)
        .filter_map(|(at, _)| {
            let digits: String = text[at + wish.len()..].chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

/// What a change takes from what it has read, instead of a value that was seen once; and what is kept of what it reads.
fn changing(text: &str) -> (BTreeMap<usize, String>, &'static str, &'static str) {
    let mut by = BTreeMap::new();
    let mut put = |column: &str, place: usize, value: &str| {
        if let Some(n) = named(text, column).get(place) {
            by.insert(*n, value.to_owned());
        }
    };
    let (mut keep, mut then) = ("", "");
    if text.starts_with("INSERT INTO") {
        put("id", 0, FRESH);
        put("seq", 0, ":seq");
        put("previous", 0, ":a_hash");
        if text.contains("\"competence_history\"") {
            put("version", 0, ":version");
        }
    } else if text.starts_with("UPDATE \"competence_entry\"") {
        put("version", 0, ":version");
        put("version", 1, ":e_version");
    } else if text.starts_with("UPDATE \"competence_history\"") {
        put("id", 0, ":h_id");
    } else if text.starts_with("SELECT \"competence_entry\".") {
        (keep, then) = ("e_", "\\set version :e_version + 1\n");
    } else if text.starts_with("SELECT \"competence_history\".") {
        keep = "h_";
    } else if text.starts_with("SELECT \"audit_record\".") {
        (keep, then) = ("a_", "\\set seq :a_seq + 1\n");
    }
    (by, keep, then)
}

/// A script, and the table with each client's values that it reads once.
pub struct Script {
    pub file: PathBuf,
    pub statements: usize,
}

impl Script {
    /// Of what was seen of each client: the same statements, with other values.
    pub async fn of(node: &TestNode, folder: &Path, name: &str, seen: &[(uuid::Uuid, Transaction)]) -> Self {
        let (_, model) = &seen[0];
        for (_, other) in seen {
            let texts = |t: &Transaction| t[1..].iter().map(|said| said.text.clone()).collect::<Vec<_>>();
            assert_eq!(texts(model), texts(other), "{name}: not every client has the same statements");
        }
        let begin = model[0].text.split(';').next().unwrap();
        let change = !begin.contains("READ ONLY");
        let questions = &model[1..model.len() - 1];
        let mut columns: Vec<String> = vec!["me".into()];
        let mut rows: Vec<Vec<String>> = seen.iter().map(|(me, _)| vec![me.to_string()]).collect();
        let mut body = String::new();
        for (at, said) in questions.iter().enumerate() {
            let (by, keep, then) = if change { changing(&said.text) } else { Default::default() };
            for n in 1..=said.values.len() {
                let of: Vec<_> = seen.iter().map(|(_, t)| t[at + 1].values[n - 1].clone()).collect();
                // A variable that there is none of is NULL.
                if !by.contains_key(&n) && of.iter().any(Option::is_some) {
                    columns.push(format!("v{at}_{n}"));
                    for (row, value) in rows.iter_mut().zip(of) {
                        row.push(
                            value.unwrap_or_else(|| panic!("{name}: a value that not every client has")),
                        );
                    }
                }
            }
            let text = placed(&said.text, |n| by.get(&n).cloned().unwrap_or_else(|| format!(":v{at}_{n}")));
            let end = if keep.is_empty() { ";".to_owned() } else { format!(" \\gset {keep}") };
            writeln!(body, "{}{end}\n{then}", text.replace('\n', " ")).unwrap();
        }
        let script = format!(
            "\\if :ready = 0\nSELECT {} FROM bench.{name} WHERE client = :client_id \\gset\n\\set ready 1\n\\endif\n\
             \\startpipeline\n{begin};\n\
             SELECT set_config('samvirke.tenant', :me, true), set_config('samvirke.duty', 'member', true), \
             set_config('samvirke.client', '', true);\n\\endpipeline\n{body}COMMIT;\n",
            columns.join(", "),
        );
        let file = folder.join(format!("{name}.sql"));
        fs::write(&file, script).unwrap();
        table(node, name, &columns, &rows).await;
        Self { file, statements: questions.len() }
    }

    /// Of a statement of one's own, with values of its own.
    pub async fn own(
        node: &TestNode,
        folder: &Path,
        name: &str,
        sql: &str,
        values: &[(&str, Vec<String>)],
    ) -> Self {
        let columns: Vec<String> = values.iter().map(|(name, _)| (*name).to_owned()).collect();
        let rows: Vec<Vec<String>> =
            (0..values[0].1.len()).map(|n| values.iter().map(|(_, of)| of[n].clone()).collect()).collect();
        let script = format!(
            "\\if :ready = 0\nSELECT {} FROM bench.{name} WHERE client = :client_id \\gset\n\\set ready 1\n\\endif\n\
             \\startpipeline\nBEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n\
             SELECT set_config('samvirke.tenant', :me, true), set_config('samvirke.duty', 'member', true), \
             set_config('samvirke.client', '', true);\n\\endpipeline\n{sql}\nCOMMIT;\n",
            columns.join(", "),
        );
        let file = folder.join(format!("{name}.sql"));
        fs::write(&file, script).unwrap();
        table(node, name, &columns, &rows).await;
        Self { file, statements: 1 }
    }

    /// Runs it for a while. What connecting costs, and planning a statement anew before its plan is kept, comes before that: the
    /// program's connections have it behind them. `warm` is how often each client asks for it.
    pub fn run(&self, database: &str, clients: usize, time: Duration, warm: usize, clock: &Clock) -> Figures {
        let folder = self.file.with_extension("log");
        let began = Instant::now();
        let _ = fs::create_dir(&folder);
        let warmed = self.pgbench(database, clients, &folder, &["-t", &warm.to_string()]).output().unwrap();
        let warming = began.elapsed() + Duration::from_millis(500);
        let mut errors = complain(&warmed);
        let seconds = (warming + time).as_secs_f64().ceil() + 1.0;
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();

        let mut running = self.pgbench(database, clients, &folder, &["-T", &seconds.to_string()]);
        let running = running.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let its_own = || cpu::of(running.id(), clock);
        std::thread::sleep(warming);
        let (from, before, its_before) = (SystemTime::now(), clock.read(), its_own());
        std::thread::sleep(time);
        let (to, after, its_after) = (SystemTime::now(), clock.read(), its_own());
        errors += complain(&running.wait_with_output().unwrap());

        // What has ended in between: client, number, microseconds, script, and when.
        let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        let mut waits: Vec<f64> = Vec::new();
        for file in fs::read_dir(&folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            waits.extend(text.lines().filter_map(|line| {
                let words: Vec<f64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
                let [_, _, wait, _, second, micros, ..] = words[..] else { return None };
                let ended = second + micros / 1e6;
                (since(from) <= ended && ended <= since(to)).then_some(wait / 1000.0)
            }));
        }
        fs::remove_dir_all(&folder).unwrap();
        waits.sort_by(f64::total_cmp);
        let postgres = after.since(before).postgres;
        Figures {
            done: waits.len(),
            errors,
            seconds: since(to) - since(from),
            cpu: Cpu { program: its_after - its_before, postgres, ..Cpu::default() },
            waits,
            bytes: 0,
        }
    }

    fn pgbench(&self, database: &str, clients: usize, folder: &Path, how: &[&str]) -> Command {
        let mut command = Command::new(cpu::programs().join("pgbench"));
        command
            .args(["-n", "-M", "prepared", "-U", "samvirke_app", "-h", postgres::cluster(), "-D", "ready=0"])
            .args(["-c", &clients.to_string(), "-j", &clients.min(2).to_string(), "-l", "--log-prefix"])
            .arg(folder.join("waits"))
            .args(how)
            .arg("-f")
            .arg(&self.file)
            .arg(database);
        command
    }
}

/// How many of its transactions pgbench says have failed.
fn complain(output: &Output) -> usize {
    let (told, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let line = told.lines().find_map(|line| line.strip_prefix("number of failed transactions: "));
    let failed: usize = line.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or(1);
    let all = failed + wrong.matches("aborted").count();
    if all > 0 {
        println!("pgbench: {told}{wrong}");
    }
    all
}

async fn table(node: &TestNode, name: &str, columns: &[String], rows: &[Vec<String>]) {
    let quoted = |value: &String| format!("'{}'", value.replace('\'', "''"));
    let rows: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(client, row)| format!("({client}, {})", row.iter().map(quoted).collect::<Vec<_>>().join(", ")))
        .collect();
    let text: Vec<String> = columns.iter().map(|column| format!("{column} text")).collect();
    let sql = format!(
        "CREATE SCHEMA IF NOT EXISTS bench; GRANT USAGE ON SCHEMA bench TO samvirke_app; \
         CREATE TABLE bench.{name} (client int PRIMARY KEY, {}); GRANT SELECT ON bench.{name} TO samvirke_app; \
         INSERT INTO bench.{name} VALUES {}",
        text.join(", "),
        rows.join(", "),
    );
    node.database.raw(&sql).await;
}

#[cfg(test)]
mod tests {
    use super::{changing, named, placed, transactions, values};

    #[test]
    fn what_was_sent_is_read_from_the_log() {
        let log = "7 LOG:  statement: BEGIN; SET LOCAL samvirke.tenant = 'x'\n\
            8 LOG:  execute sqlx_s_1: SELECT 1\n\
            7 LOG:  execute sqlx_s_2: SELECT \"a\"\n\tFROM b WHERE c = $1 AND d = $2\n\
            7 DETAIL:  parameters: $1 = 'it''s, $3 = ''', $2 = NULL\n\
            7 LOG:  statement: ROLLBACK\n\
            7 LOG:  statement: SELECT now()\n";
        let all = transactions(log);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].len(), 3);
        assert_eq!(all[0][1].text, "SELECT \"a\"\nFROM b WHERE c = $1 AND d = $2");
        assert_eq!(all[0][1].values, [Some("it's, $3 = '".to_owned()), None]);
        assert_eq!(values(""), []);
    }

    #[test]
    fn values_are_put_where_they_belong() {
        assert_eq!(placed("a = $1 AND b = $12 OR '$'", |n| format!(":v{n}")), "a = :v1 AND b = :v12 OR '$'");
        assert_eq!(named("INSERT INTO \"t\" (\"id\", \"seq\") VALUES ($1, $2)", "seq"), [2]);
        let update = "UPDATE \"competence_entry\" SET \"version\" = $3 WHERE \"x\".\"version\" = $14";
        assert_eq!(named(update, "version"), [3, 14]);
        let (by, ..) = changing(update);
        assert_eq!((by[&3].as_str(), by[&14].as_str()), (":version", ":e_version"));
    }
}
