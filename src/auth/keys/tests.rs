use super::*;

/// A folder that goes with its value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("samvirke-keys-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("node.key")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn good(keys: &Keys, kid: &str, after: i64) -> bool {
    keys.for_tokens(kid, when::now() + chrono::Duration::seconds(after)).is_some()
}

#[test]
fn a_key_follows_another_and_the_old_one_ends() {
    let folder = Folder::new();
    let keys = Keys::open(&folder.file()).unwrap();
    let beside = Keys::open(&folder.file()).unwrap();
    let (first, seal) = (keys.kid(), format!("{:?}", hmac::sign(&keys.cursor(), b"x").as_ref()));
    assert_eq!(beside.kid(), first);
    let (_, signature) = keys.sign(b"said").unwrap();
    let second = rotate(&folder.file(), when::now()).unwrap();
    assert_ne!(first, second);
    assert_eq!((keys.kid(), keys.refresh().unwrap(), keys.refresh().unwrap()), (first.clone(), true, false));
    assert_eq!(keys.kid(), second);
    // A process that has not looked yet takes it up when it meets its name.
    assert_eq!(beside.kid(), first);
    assert!(good(&beside, &second, 0));
    assert_eq!(beside.kid(), second);
    // The longest token that it signed is good to its end, and none longer.
    assert!(good(&keys, &first, 0) && good(&keys, &first, MAX_LIFE + LEEWAY));
    assert!(!good(&keys, &first, OVERLAP) && good(&keys, &second, OVERLAP));
    assert_eq!(keys.jwks(when::now())["keys"].as_array().unwrap().len(), 2);
    let later = when::now() + chrono::Duration::seconds(OVERLAP);
    assert_eq!(keys.jwks(later)["keys"].as_array().unwrap().len(), 1);
    // It tells for ever what the node said.
    assert_eq!(keys.signed(&first, b"said", &signature), Signed::Good);
    assert_eq!(keys.signed(&second, b"said", &signature), Signed::No);
    assert_eq!(keys.signed(&first, b"other", &signature), Signed::No);
    assert_eq!(format!("{:?}", hmac::sign(&keys.cursor(), b"x").as_ref()), seal, "cursors stay good");
    // And cannot sign any more: its private part is in no file.
    let text = std::fs::read_to_string(folder.file()).unwrap();
    assert_eq!(text.matches("private").count(), 1);
}

#[test]
fn a_revoked_key_vouches_for_nothing() {
    let folder = Folder::new();
    let keys = Keys::open(&folder.file()).unwrap();
    let first = keys.kid();
    let (_, signature) = keys.sign(b"said").unwrap();
    let seal = hmac::sign(&keys.cursor(), b"x").as_ref().to_vec();
    let second = revoke(&folder.file(), &first, when::now()).unwrap();
    assert!(keys.refresh().unwrap() && keys.kid() == second && second != first);
    assert!(!good(&keys, &first, 0) && good(&keys, &second, 0));
    assert!(matches!(keys.signed(&first, b"said", &signature), Signed::Revoked(_)));
    assert_ne!(
        hmac::sign(&keys.cursor(), b"x").as_ref(),
        seal,
        "whoever has the key has the cursors' secret"
    );
    assert_eq!(keys.jwks(when::now())["keys"].as_array().unwrap().len(), 1);
    // One that signs no more can be revoked too, and the one that signs goes on.
    let third = rotate(&folder.file(), when::now()).unwrap();
    assert_eq!(revoke(&folder.file(), &second, when::now()).unwrap(), third);
    keys.refresh().unwrap();
    assert!(!good(&keys, &second, 0) && good(&keys, &third, 0));
    assert!(revoke(&folder.file(), &second, when::now()).is_err());
    assert!(revoke(&folder.file(), "nobody", when::now()).is_err());
    let states: Vec<State> =
        list(&folder.file(), when::now()).unwrap().into_iter().map(|key| key.state).collect();
    assert!(matches!(states[..], [State::Signs, State::Revoked(_), State::Revoked(_)]), "{states:?}");
}

#[test]
fn a_file_of_before_there_were_several_is_a_set_of_one() {
    let folder = Folder::new();
    let private = set::generate().unwrap();
    std::fs::write(folder.file(), &private).unwrap();
    let keys = Keys::open(&folder.file()).unwrap();
    let seal = hmac::sign(&keys.cursor(), b"x").as_ref().to_vec();
    let secret = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        &[&b"samvirke cursor"[..], &private[..]].concat(),
    );
    let then = hmac::Key::new(hmac::HMAC_SHA256, secret.as_ref());
    assert_eq!(seal, hmac::sign(&then, b"x").as_ref());
    assert_eq!(std::fs::read(folder.file()).unwrap(), private, "it is not written anew unasked");
    let first = keys.kid();
    rotate(&folder.file(), when::now()).unwrap();
    keys.refresh().unwrap();
    assert!(good(&keys, &first, 0));
    assert_eq!(hmac::sign(&keys.cursor(), b"x").as_ref(), seal);
}

#[test]
fn a_spoilt_file_is_not_taken_up() {
    let folder = Folder::new();
    let keys = Keys::open(&folder.file()).unwrap();
    let kid = keys.kid();
    let whole = std::fs::read(folder.file()).unwrap();
    for spoilt in [&b""[..], &whole[..whole.len() / 2], b"{}", &[0x30, 0x00]] {
        std::fs::write(folder.file(), spoilt).unwrap();
        assert!(keys.refresh().is_err() && Keys::open(&folder.file()).is_err());
        assert!(rotate(&folder.file(), when::now()).is_err());
        assert_eq!(keys.kid(), kid, "those that are known serve on");
    }
    std::fs::remove_file(folder.file()).unwrap();
    assert!(keys.refresh().is_err());
    assert_eq!(keys.kid(), kid);
    assert!(rotate(&folder.file(), when::now()).is_err(), "a rotation makes no file");
    std::fs::write(folder.file(), whole).unwrap();
    assert!(keys.refresh().unwrap());
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_it_and_what_was_left_half_way_is_no_hindrance() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let keys = Keys::open(&folder.file()).unwrap();
    std::fs::write(folder.0.join("node.key.new"), "half of").unwrap();
    rotate(&folder.file(), when::now()).unwrap();
    assert_eq!(std::fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1);
    assert!(keys.refresh().unwrap());
}

#[test]
fn changes_at_once_are_all_made() {
    const MANY: usize = 8;
    let folder = Folder::new();
    // The first start, by several processes at once.
    let kids: Vec<String> = std::thread::scope(|threads| {
        let open = || threads.spawn(|| Keys::open(&folder.file()).unwrap().kid());
        let opening: Vec<_> = (0..MANY).map(|_| open()).collect();
        opening.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
    std::thread::scope(|threads| {
        for _ in 0..MANY {
            threads.spawn(|| rotate(&folder.file(), when::now()).unwrap());
        }
    });
    assert_eq!(list(&folder.file(), when::now()).unwrap().len(), MANY + 1);
}
