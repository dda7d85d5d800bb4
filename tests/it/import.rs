//! `samvirke import`, as somebody at a terminal runs it.

use std::{path::PathBuf, process::Command};

use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

/// A folder of one test, removed with its value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("samvirke-import-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the command on the node's database: whether it succeeded, what it said, what it complained about.
async fn import(node: &TestNode, folder: &Folder, arguments: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvirke"));
    command
        .arg("import")
        .args(arguments)
        .current_dir(&folder.0)
        .env_remove("SAMVIRKE_TEST_PG")
        .env_remove("SAMVIRKE_PG_BIN")
        .env("SAMVIRKE_DATABASE_URL", node.database.url())
        // The scratch server forces nothing to disk.
        .env("SAMVIRKE_ALLOW_UNSAFE_DURABILITY", "true");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// The library's own entries, oldest first, as short texts.
async fn profile(library: &Client) -> Vec<Value> {
    library.get("/competences?first=100").await.ok()["items"].as_array().unwrap().clone()
}

/// The words of a line of the report.
fn line(report: &str, phrase: &str) -> Vec<String> {
    let line =
        report.lines().find(|line| line.contains(phrase)).unwrap_or_else(|| panic!("{phrase}: {report}"));
    line.split_whitespace().map(str::to_owned).collect()
}

#[rstest]
#[actix_web::test]
async fn a_plain_list_goes_in_as_if_it_were_pasted(#[values(Sqlite, Postgres)] kind: Kind) {
    let (node, folder) = (TestNode::start(kind).await, Folder::new());
    let library = node.tenant("oslo").await;
    let file = folder.file(
        "list.txt",
        "biblioteksystemer\n\nmerkevarebygging, tjenestemarkedsføring\nnoe ganske eget xyzzy\ntjenestemarkedsføring\n",
    );
    let (good, report, _) =
        import(&node, &folder, &[&file, "--tenant", "oslo", "--visibility", "public", "--dry-run"]).await;
    assert!(good, "{report}");
    assert!(report.contains("3 added, 1 unmapped, 1 doubled\ndry run: nothing was written"), "{report}");
    assert!(profile(&library).await.is_empty());

    let (good, report, _) =
        import(&node, &folder, &[&file, "--tenant", "oslo", "--visibility", "public"]).await;
    assert!(good, "{report}");
    assert_eq!(line(&report, "biblioteksystemer"), ["1", "added", "biblioteksystemer", "c:library-systems"]);
    assert_eq!(line(&report, "xyzzy"), ["4", "unmapped", "noe", "ganske", "eget", "xyzzy"]);
    assert!(report.trim_end().ends_with("3 added, 1 unmapped, 1 doubled"), "{report}");
    let entries = profile(&library).await;
    let places: Vec<_> = entries.iter().map(|e| e["position"].as_i64().unwrap()).collect();
    assert_eq!(places, [1, 3, 3, 4]);
    assert!(entries.iter().all(|e| e["visibility"] == "public" && e["sourceLanguage"] == "nb"));

    let (good, report, _) = import(&node, &folder, &[&file, "--tenant", "oslo"]).await;
    assert!(good && !report.contains("added"), "{report}");
    assert_eq!(profile(&library).await, entries, "a second time changes nothing");
}

#[rstest]
#[actix_web::test]
async fn a_spreadsheet_goes_in_with_levels_holders_and_notes(#[values(Sqlite, Postgres)] kind: Kind) {
    let (node, folder) = (TestNode::start(kind).await, Folder::new());
    let library = node.tenant("oslo").await;
    let file = folder.file(
        "list.csv",
        "\u{feff}phrase;stance;level;holders;note;visibility\r\nmusikk;have;3;2;Noter og opptak;consortium\r\n\
         kassering;want;;;;\r\nspill;have;4;;;public\r\nmusikk;have;4;;;public\r\n",
    );
    let (good, report, _) = import(&node, &folder, &[&file, "--tenant", "oslo"]).await;
    assert!(good, "{report}");
    assert!(report.contains("3 added, 1 doubled\nholders or a note put on 1"), "{report}");
    let told: Vec<_> = profile(&library)
        .await
        .iter()
        .map(|e| {
            json!([
                e["sourcePhrase"],
                e["stance"],
                e["level"],
                e["holders"],
                e["note"],
                e["visibility"],
                e["position"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["musikk", "have", 3, 2, "Noter og opptak", "consortium", 2]),
            json!(["kassering", "want", null, null, null, "private", 3]),
            json!(["spill", "have", 4, null, null, "public", 4]),
        ]
    );
    // What is there is not changed; what is empty is filled in.
    let file = folder.file("more.csv", "phrase,level,holders,note\nmusikk,1,9,Annet\nspill,1,5,\n");
    let (good, report, _) = import(&node, &folder, &[&file, "--tenant", "oslo"]).await;
    assert!(good && report.contains("2 already\nholders or a note put on 1"), "{report}");
    let entries = profile(&library).await;
    let told =
        |n: usize| [&entries[n]["level"], &entries[n]["holders"], &entries[n]["note"]].map(Clone::clone);
    assert_eq!(told(0), [json!(3), json!(2), json!("Noter og opptak")]);
    assert_eq!(told(2), [json!(4), json!(5), Value::Null]);
}

#[rstest]
#[actix_web::test]
async fn a_refused_row_is_named_and_fails_the_command(#[values(Sqlite, Postgres)] kind: Kind) {
    let (node, folder) = (TestNode::start(kind).await, Folder::new());
    let library = node.tenant("oslo").await;
    let long = "x".repeat(301);
    let file = folder.file(
        "list.csv",
        format!("phrase,level,stance\nmusikk,3,have\nspill,7,have\n{long},,want\nkassering,,want\n"),
    );
    let (good, report, _) = import(&node, &folder, &[&file, "--tenant", "oslo"]).await;
    assert!(!good, "{report}");
    assert_eq!(line(&report, "spill")[..3], ["3", "refused", "spill"]);
    assert!(report.contains("level: «7» is none of 1, 2, 3, 4"), "{report}");
    assert_eq!(line(&report, "xxxx")[..2], ["4", "refused"]);
    assert!(report.contains("2 added, 2 refused\nnothing was written"), "{report}");
    assert!(profile(&library).await.is_empty());

    let (good, report, _) = import(&node, &folder, &[&file, "--tenant", "oslo", "--partial"]).await;
    assert!(!good && report.trim_end().ends_with("2 added, 2 refused"), "{report}");
    assert_eq!(profile(&library).await.len(), 2);

    // Faults of the file and of the command.
    for (name, text, wanted) in [
        ("latin.csv", &b"phrase\nst\xf8ttefunksjon\n"[..], "UTF-8"),
        ("other.csv", b"ferdighet\nmusikk\n", "no column phrase"),
        ("empty.txt", b"\n", "no entry"),
    ] {
        let file = folder.file(name, text);
        let (good, _, fault) = import(&node, &folder, &[&file, "--tenant", "oslo"]).await;
        assert!(!good && fault.contains(wanted), "{name}: {fault}");
    }
    let file = folder.file("list.txt", "musikk\n");
    for arguments in [[file.as_str(), "--tenant", "bergen"], ["nowhere.txt", "--tenant", "oslo"]] {
        let (good, _, fault) = import(&node, &folder, &arguments).await;
        assert!(!good && !fault.is_empty(), "{arguments:?}");
    }
    assert_eq!(profile(&library).await.len(), 2);
}
