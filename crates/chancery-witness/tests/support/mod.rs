//! A small archive, servers on free ports, and a plain HTTP client.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use chancery_desk::{Archive, Clock, PersonDetails};
use chancery_domain::Handle;

pub const START: &str = "2032-01-10T09:00:00Z";

pub fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

pub fn clock(instant: &str) -> Clock {
    Clock::Fixed(instant.parse().unwrap())
}

/// Enters one person for each name.
pub async fn enter(archive: &Archive, names: impl IntoIterator<Item = String>) {
    for name in names {
        let details = PersonDetails { name: name.clone(), ..PersonDetails::default() };
        archive.add_person(&handle(&name), &details, None).await.unwrap();
    }
}

pub async fn archive(folder: &Path) -> Archive {
    let archive = Archive::init(folder, clock(START)).await.unwrap();
    enter(&archive, ["anna".to_owned(), "boris".to_owned(), "carla".to_owned()]).await;
    archive
}

/// Serves a router for as long as the test's runtime lives.
pub async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Status, headers of interest (content type, cache control) and body.
pub type Reply = (u16, String, String, Vec<u8>);

pub async fn get(address: SocketAddr, path: &str) -> Reply {
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    exchange(address, request.into_bytes()).await
}

pub async fn post(address: SocketAddr, path: &str, body: &[u8]) -> Reply {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    exchange(address, [head.as_bytes(), body].concat()).await
}

/// By hand, so that what is sent is what is written here.
async fn exchange(address: SocketAddr, request: Vec<u8>) -> Reply {
    let bytes = tokio::task::spawn_blocking(move || {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(&request).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    });
    let bytes = bytes.await.unwrap();
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_default().trim().to_owned()
    };
    let (kind, cache) = (header("content-type:"), header("cache-control:"));
    (status, kind, cache, bytes[end + 4..].to_vec())
}
