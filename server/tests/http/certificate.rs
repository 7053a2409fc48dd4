//! Certificates for tests: made when they are needed, signed by themselves, for `localhost` and 127.0.0.1.

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};

/// Writes a fresh certificate and its key as PEM. Whoever trusts the certificate trusts who has the key.
pub(crate) fn write(certificate: &Path, key: &Path) {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
    // RFC 5280: a TBSCertificate of version 3
    let ecdsa_with_sha256 = der(0x30, &[&oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let key_type = [oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7])];
    let name = der(0x30, &[&der(0x31, &[&der(0x30, &[&oid(&[0x55, 4, 3]), &der(0x0c, &[b"Tollgate's tests"])])])]);
    let validity = der(0x30, &[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[b"491231235959Z"])]);
    let public = der(0x30, &[&der(0x30, &[&key_type[0], &key_type[1]]), &bits(pair.public_key().as_ref())]);
    let names = der(0x30, &[&der(0x82, &[b"localhost"]), &der(0x87, &[&[127, 0, 0, 1]])]);
    let extension = der(0x30, &[&oid(&[0x55, 0x1d, 0x11]), &der(4, &[&names])]);
    let content = der(
        0x30,
        &[
            &der(0xa0, &[&der(2, &[&[2]])]),
            &der(2, &[&[1]]),
            &ecdsa_with_sha256,
            &name,
            &validity,
            &name,
            &public,
            &der(0xa3, &[&der(0x30, &[&extension])]),
        ],
    );
    let signature = pair.sign(&random, &content).unwrap();
    let signed = der(0x30, &[&content, &ecdsa_with_sha256, &bits(signature.as_ref())]);
    std::fs::write(certificate, pem("CERTIFICATE", &signed)).unwrap();
    std::fs::write(key, pem("PRIVATE KEY", pkcs8.as_ref())).unwrap();
}

/// An element of DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(low),
        0x80..0x100 => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    out.extend(content);
    out
}

fn oid(encoded: &[u8]) -> Vec<u8> {
    der(6, &[encoded])
}

fn bits(content: &[u8]) -> Vec<u8> {
    der(3, &[&[0], content])
}

fn pem(what: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", lines.join("\n"))
}
