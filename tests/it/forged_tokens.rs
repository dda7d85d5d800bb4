//! Tokens that look like ours and are not: each is refused, over the wire, with the same words; before and after each a good one
//! of the same making is taken.
//!
//! Most are signed with the node's own key, so that what refuses them is what is wrong with them and not the signature.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD as BASE64},
};
use samvirke::{
    auth::{Keys, Role, token::Tokens},
    id::{ServiceAccountId, TenantId},
    when,
};
use serde_json::{Value, json};

use crate::{
    client_keys::Machine,
    harness::{Kind, Postgres, Sqlite, TestNode, rstest},
};

const ISSUER: &str = "https://node.test";
/// At the least.
const MANY: usize = 60;

struct Forge {
    keys: Keys,
    public: Vec<u8>,
    tenant: TenantId,
}

impl Forge {
    fn header(&self) -> Value {
        json!({"alg": "EdDSA", "typ": "at+jwt", "kid": self.keys.kid()})
    }

    fn claims(&self) -> Value {
        let now = when::now().timestamp();
        json!({
            "iss": ISSUER, "aud": format!("{ISSUER}/api"), "sub": uuid::Uuid::now_v7(), "jti": uuid::Uuid::now_v7(),
            "iat": now, "nbf": now, "exp": now + 600, "client_id": "c", "tenant": self.tenant, "role": "admin",
        })
    }

    /// Signed with the node's key, whatever it says.
    fn sign(&self, header: &str, claims: impl AsRef<[u8]>) -> String {
        let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
        let (_, signature) = self.keys.sign(message.as_bytes()).unwrap();
        format!("{message}.{signature}")
    }

    fn good(&self) -> String {
        self.sign(&self.header().to_string(), self.claims().to_string())
    }

    fn with_header(&self, header: &Value) -> String {
        self.sign(&header.to_string(), self.claims().to_string())
    }

    fn with_claims(&self, claims: &Value) -> String {
        self.sign(&self.header().to_string(), claims.to_string())
    }

    /// By somebody who knows the public key and takes it for a secret.
    fn hmac(&self, alg: &str, algorithm: hmac::Algorithm, secret: &[u8]) -> String {
        let mut header = self.header();
        header["alg"] = alg.into();
        let message =
            format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(self.claims().to_string()));
        let tag = hmac::sign(&hmac::Key::new(algorithm, secret), message.as_bytes());
        format!("{message}.{}", BASE64.encode(tag.as_ref()))
    }
}

/// A name, and what is shown.
type Cases = Vec<(String, String)>;

fn headers(forge: &Forge, out: &mut Cases) {
    let mut add = |name: &str, member: &str, value: Value| {
        let mut header = forge.header();
        header[member] = value;
        out.push((name.into(), forge.with_header(&header)));
    };
    for alg in ["none", "None", "HS256", "RS256", "ES256", "PS256", "Ed25519", "eddsa", ""] {
        add(&format!("alg {alg:?}, signed as ever"), "alg", alg.into());
    }
    for typ in ["JWT", "AT+JWT", "application/at+jwt", "client-authentication+jwt", "id+jwt", "dpop+jwt", ""]
    {
        add(&format!("typ {typ:?}"), "typ", typ.into());
    }
    for kid in ["", "nobody", "../../../../dev/null", "' OR 1=1 --", "\u{0}"] {
        add(&format!("kid {kid:?}"), "kid", kid.into());
    }
    for member in ["alg", "typ", "kid"] {
        for value in [json!(null), json!(1), json!(true), json!(["EdDSA"]), json!({})] {
            add(&format!("{member}: {value}"), member, value);
        }
    }
    add("crit of something unknown", "crit", json!(["samvirke"]));
    add("crit of nothing", "crit", json!([]));
    add("crit of exp", "crit", json!(["exp"]));
    add("b64", "b64", json!(false));
    add("jku", "jku", json!("https://evil.example/jwks.json"));
    add("x5u", "x5u", json!("https://evil.example/x5u"));
    add("x5c", "x5c", json!(["MIIB"]));
    add("x5t", "x5t", json!("dGh1bWI"));
    add(
        "jwk, the node's own",
        "jwk",
        json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(&forge.public)}),
    );
    add("cty", "cty", json!("JWT"));
    add("zip", "zip", json!("DEF"));
    add("something unknown", "sv", json!(1));
    for member in ["alg", "typ", "kid"] {
        let mut header = forge.header();
        header.as_object_mut().unwrap().remove(member);
        out.push((format!("no {member}"), forge.with_header(&header)));
    }
    let kid = forge.keys.kid();
    for (name, header) in [
        ("alg twice", format!(r#"{{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"{kid}"}}"#)),
        ("kid twice", format!(r#"{{"kid":"x","alg":"EdDSA","typ":"at+jwt","kid":"{kid}"}}"#)),
        (
            "alg twice, the second escaped",
            format!(r#"{{"alg":"EdDSA","\u0061lg":"EdDSA","typ":"at+jwt","kid":"{kid}"}}"#),
        ),
        ("more after the header", format!("{}{{}}", forge.header())),
        ("a header in a list", format!("[{}]", forge.header())),
        ("a header that is a text", format!("{:?}", forge.header().to_string())),
        ("no header", String::new()),
    ] {
        out.push((name.into(), forge.sign(&header, forge.claims().to_string())));
    }
}

fn other_hands(forge: &Forge, out: &mut Cases) {
    let good = forge.good();
    let unsigned = |alg: &str| {
        let mut header = forge.header();
        header["alg"] = alg.into();
        format!("{}.{}.", BASE64.encode(header.to_string()), BASE64.encode(forge.claims().to_string()))
    };
    out.push(("alg none, not signed".into(), unsigned("none")));
    out.push(("alg nOnE, not signed".into(), unsigned("nOnE")));
    out.push(("not signed".into(), unsigned("EdDSA")));
    let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], &forge.public]
        .concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&der));
    for (name, secret) in [
        ("the public key", forge.public.clone()),
        ("the public key as in the key set", BASE64.encode(&forge.public).into_bytes()),
        ("the public key in DER", der),
        ("the public key in PEM", pem.into_bytes()),
        ("nothing", Vec::new()),
        ("the key's name", forge.keys.kid().into_bytes()),
    ] {
        out.push((format!("HMAC with {name}"), forge.hmac("HS256", hmac::HMAC_SHA256, &secret)));
    }
    out.push(("HMAC with SHA-512".into(), forge.hmac("HS512", hmac::HMAC_SHA512, &forge.public)));
    out.push(("HMAC that says EdDSA".into(), forge.hmac("EdDSA", hmac::HMAC_SHA512, &forge.public)));

    let thief = Ed25519KeyPair::generate().unwrap();
    let by_thief = |header: Value| {
        let message =
            format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(forge.claims().to_string()));
        format!("{message}.{}", BASE64.encode(thief.sign(message.as_bytes())))
    };
    out.push(("another key under our key's name".into(), by_thief(forge.header())));
    let mut carrying = forge.header();
    carrying["jwk"] =
        json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(thief.public_key().as_ref())});
    out.push(("another key that it brings along".into(), by_thief(carrying.clone())));
    carrying["kid"] = BASE64.encode(thief.public_key().as_ref()).into();
    out.push(("another key, by its own name".into(), by_thief(carrying)));

    let other = |base: &str, keys: &Keys| {
        let tokens = Tokens::new(keys.clone(), base);
        tokens.issue(ServiceAccountId::new(), "c", forge.tenant, Role::Admin, when::now(), 600).unwrap()
    };
    out.push(("another node's".into(), other("https://other.test", &Keys::fresh().unwrap())));
    out.push(("another node's, in our name".into(), other(ISSUER, &Keys::fresh().unwrap())));
    out.push(("our own, for another place".into(), other("https://other.test", &forge.keys)));

    let mut raw = BASE64.decode(good.rsplit('.').next().unwrap()).unwrap();
    let message = good.rsplit_once('.').unwrap().0.to_owned();
    let signed = |signature: &[u8]| format!("{message}.{}", BASE64.encode(signature));
    out.push(("a signature of zeros".into(), signed(&[0; 64])));
    out.push(("half a signature".into(), signed(&raw[..32])));
    out.push(("a signature twice".into(), signed(&raw.repeat(2))));
    out.push(("one byte more".into(), signed(&[&raw[..], &[0]].concat())));
    out.push((
        "a signature from the other end".into(),
        signed(&raw.iter().rev().copied().collect::<Vec<_>>()),
    ));
    // The same signature as another number: the order of the group added to its second half.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0u16;
    for (byte, more) in raw[32..].iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(more);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    out.push(("the same signature written otherwise".into(), signed(&raw)));
    let another = forge.good();
    let spliced = format!("{message}.{}", another.rsplit('.').next().unwrap());
    out.push(("the signature of another good one".into(), spliced));
}

fn claims(forge: &Forge, out: &mut Cases) {
    let names: Vec<String> = forge.claims().as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 10);
    for name in &names {
        let mut claims = forge.claims();
        let was = claims.as_object_mut().unwrap().remove(name).unwrap();
        out.push((format!("no {name}"), forge.with_claims(&claims)));
        let other = if was.is_number() { json!(was.to_string()) } else { json!(1) };
        for value in [json!(null), json!(true), json!([was]), json!({"is": was}), other] {
            let mut claims = forge.claims();
            claims[name] = value.clone();
            out.push((format!("{name}: {value}"), forge.with_claims(&claims)));
        }
        // Twice: the one that counts for one reader is not the one that counts for another.
        let text = forge.claims().to_string();
        let twice = format!("{{\"{name}\":{was},{}", text.trim_start_matches('{'));
        out.push((format!("{name} twice"), forge.sign(&forge.header().to_string(), twice)));
    }
    let now = when::now().timestamp();
    let audience = format!("{ISSUER}/api");
    for (name, value) in [
        ("exp", json!(now - 6)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(1e300)),
        ("exp", json!(now as f64 + 600.5)),
        ("exp", json!(now + 13 * 3600)),
        ("nbf", json!(now + 60)),
        ("nbf", json!(i64::MAX)),
        ("iat", json!(now + 60)),
        ("iat", json!(i64::MIN)),
        ("iat", json!(now - 24 * 3600)),
        ("aud", json!(ISSUER)),
        ("aud", json!(format!("{audience}/"))),
        ("aud", json!([audience.clone(), "https://other.test/api"])),
        ("aud", json!([])),
        ("aud", json!("")),
        ("aud", json!("https://other.test/api")),
        ("iss", json!(format!("{ISSUER}/"))),
        ("iss", json!("HTTPS://NODE.TEST")),
        ("iss", json!("https://other.test")),
        ("iss", json!("")),
        ("sub", json!("admin")),
        ("sub", json!("")),
        ("jti", json!("1")),
        ("tenant", json!("oslo")),
        ("tenant", json!(TenantId::NODE)),
        ("role", json!("root")),
        ("role", json!("Admin")),
        ("role", json!("operator")),
        ("role", json!("")),
        ("scope", json!(null)),
        ("scope", json!(["project:read"])),
        ("scope", json!("everything")),
        ("scope", json!("project:read, project:write")),
        ("admin", json!(true)),
        ("cnf", json!({"jkt": "x"})),
        ("roles", json!(["admin"])),
    ] {
        let mut claims = forge.claims();
        claims[name] = value.clone();
        out.push((format!("{name}: {value}"), forge.with_claims(&claims)));
    }
    let whole = forge.claims().to_string();
    let header = forge.header().to_string();
    for (name, text) in [
        ("a number that no machine has", whole.replacen(&format!("{}", now + 600), "1e99999", 1)),
        ("a number of a hundred digits", whole.replacen(&format!("{}", now + 600), &"9".repeat(100), 1)),
        ("more after the claims", format!("{whole}{{}}")),
        ("a mark before the claims", format!("\u{feff}{whole}")),
        ("claims in a list", format!("[{whole}]")),
        ("claims that are a text", format!("{whole:?}")),
        ("claims that are a token", forge.good()),
        ("no claims", String::new()),
        ("empty claims", "{}".into()),
        ("a comma too many", whole.replace('}', ",}")),
        ("room for more than there may be", format!("{whole}{}", " ".repeat(2000))),
        ("deep claims", "[".repeat(1000)),
    ] {
        out.push((name.into(), forge.sign(&header, text)));
    }
    let mut bytes = whole.into_bytes();
    bytes.splice(1..1, b"\"\xff\":1,".iter().copied());
    out.push(("claims that are no text".into(), forge.sign(&header, bytes)));
}

fn encodings(forge: &Forge, out: &mut Cases) {
    let good = forge.good();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("three parts") };
    // Signed just so.
    let signed = |message: String| {
        let (_, signature) = forge.keys.sign(message.as_bytes()).unwrap();
        format!("{message}.{signature}")
    };
    for (name, token) in [
        ("padding behind the signature", format!("{good}==")),
        ("padding behind the header", signed(format!("{header}=.{claims}"))),
        ("padding behind the claims", signed(format!("{header}.{claims}="))),
        ("a letter more", format!("{good}A")),
        ("a dot more", format!("{good}.")),
        ("a part more", format!("{good}.{signature}")),
        ("two parts more, as if it were encrypted", format!("{good}.{signature}.{signature}")),
        ("a dot in front", format!(".{good}")),
        ("two parts", format!("{header}.{claims}")),
        ("one part", header.to_owned()),
        ("dots alone", "..".into()),
        ("a comma behind", format!("{good},")),
        ("two of them", format!("{good} {good}")),
        ("in quotation marks", format!("\"{good}\"")),
        ("a question behind", format!("{good}?")),
        ("a room inside", good.replacen('.', " .", 1)),
        ("escaped", good.replacen('.', "%2E", 2)),
        ("in base64 once more", BASE64.encode(&good)),
        ("JSON", json!({"protected": header, "payload": claims, "signature": signature}).to_string()),
    ] {
        out.push((name.into(), token));
    }
    // The bits that no byte needs, set: the same bytes, another text.
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let odd = |part: &str| {
        let (rest, last) = part.split_at(part.len() - 1);
        let at = LETTERS.iter().position(|letter| *letter == last.as_bytes()[0]).unwrap();
        format!("{rest}{}", char::from(LETTERS[at | 1]))
    };
    // As many rooms as make bits be left over.
    let uneven = |text: String| {
        let text = if text.len().is_multiple_of(3) { format!("{text} ") } else { text };
        BASE64.encode(text)
    };
    let (even_header, even_claims) = (uneven(forge.header().to_string()), uneven(forge.claims().to_string()));
    out.push(("an odd signature".into(), format!("{header}.{claims}.{}", odd(signature))));
    out.push(("an odd header".into(), signed(format!("{}.{claims}", odd(&even_header)))));
    out.push(("odd claims".into(), signed(format!("{header}.{}", odd(&even_claims)))));
    // Letters of the other alphabet, where there are any.
    let mut claims = forge.claims();
    claims["client_id"] = "???>>>~~~".into();
    let other = STANDARD_NO_PAD.encode(claims.to_string());
    assert!(other.contains(['+', '/']), "{other}");
    out.push(("letters of another alphabet".into(), signed(format!("{header}.{other}"))));
}

#[rstest]
#[actix_web::test]
async fn what_is_no_token_of_ours_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    for n in 0..2 {
        oslo.post("/service-accounts", json!({"role": "viewer", "label": n.to_string()})).await.made();
    }
    let keys = node.app.tokens.keys().clone();
    let set = keys.jwks(when::now());
    let public = BASE64.decode(set["keys"][0]["x"].as_str().unwrap()).unwrap();
    let forge = Forge { keys, public, tenant: oslo.tenant };
    let mut cases = Cases::new();
    headers(&forge, &mut cases);
    other_hands(&forge, &mut cases);
    claims(&forge, &mut cases);
    encodings(&forge, &mut cases);
    // Other things that the node or a client has signed or sealed.
    let machine = Machine::of(&oslo).await;
    let mark = oslo.get("/audit/checkpoint").await.ok();
    let mark = mark["signature"].as_str().unwrap();
    let page = oslo.get("/service-accounts?first=1").await.ok();
    let (head, body) = (BASE64.encode(forge.header().to_string()), BASE64.encode(forge.claims().to_string()));
    cases.extend([
        ("a client's statement".to_owned(), machine.sign(&machine.claims())),
        ("a checkpoint's signature".into(), mark.to_owned()),
        ("a checkpoint's signature on claims".into(), format!("{head}.{body}.{mark}")),
        ("a cursor".into(), page["nextCursor"].as_str().unwrap().to_owned()),
        ("a secret".into(), "sv_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into()),
        ("the key set".into(), set.to_string()),
    ]);

    let nobody = node.anonymous();
    let show = |token: String| {
        let request = nobody.request(reqwest::Method::GET, "/api/v1/me");
        nobody.send(request.header("authorization", format!("Bearer {token}")))
    };
    let mut names = std::collections::HashSet::new();
    let mut words = std::collections::HashSet::new();
    let mut taken = Vec::new();
    for (name, token) in &cases {
        assert!(names.insert(name), "{name} twice");
        show(forge.good()).await.ok();
        let answer = show(token.clone()).await;
        if answer.status != 401 {
            taken.push(format!("{name}: {} {}", answer.status, answer.text));
            continue;
        }
        let problem = answer.problem(401, "invalid_token");
        words.insert(problem["detail"].to_string());
        show(forge.good()).await.ok();
    }
    assert!(taken.is_empty(), "taken:\n{}", taken.join("\n"));
    assert_eq!(words.len(), 1, "the refusals tell what was wrong: {words:?}");
    assert!(cases.len() >= MANY, "{}", cases.len());
    println!("{kind:?}: {} of {} refused, with the same words", cases.len(), cases.len());
}
