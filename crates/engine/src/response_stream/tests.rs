//! What the way of a streamed response holds back, lets through and throws away.

use super::*;
use std::time::Duration;
use tokio::time::{Instant, timeout};

const MOMENT: Duration = Duration::from_secs(1);

fn piece(bytes: usize) -> Bytes {
    Bytes::from(vec![7; bytes])
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_does_not_read_makes_the_writer_wait() {
    let (mut writer, mut incoming) = channel(None);
    let whole = CHUNKS_MAX * CHUNK_BYTES_MAX;
    assert_eq!(timeout(MOMENT, writer.write(None, piece(whole))).await, Ok(Ok(())), "so much is on its way");
    let (waited, taken) = tokio::join!(timeout(MOMENT, writer.write(None, piece(1))), async {
        tokio::time::sleep(MOMENT / 2).await;
        incoming.chunks.recv().await
    });
    assert_eq!(waited, Ok(Ok(())), "room for one more");
    assert_eq!(taken.unwrap().len(), CHUNK_BYTES_MAX);
    let start = Instant::now();
    assert!(timeout(MOMENT, writer.write(None, piece(1))).await.is_err(), "and no further");
    assert_eq!(start.elapsed(), MOMENT);
    assert_eq!(writer.watch().bytes(), u64::try_from(whole).unwrap() + 2);
}

#[tokio::test(start_paused = true)]
async fn small_chunks_are_bounded_too() {
    let (mut writer, _incoming) = channel(None);
    for _ in 0..CHUNKS_MAX {
        writer.write(None, piece(1)).await.unwrap();
    }
    assert!(timeout(MOMENT, writer.write(None, piece(1))).await.is_err());
}

#[tokio::test]
async fn the_first_chunk_begins_the_response() {
    let (mut writer, mut incoming) = channel(None);
    let kind = HeaderValue::from_static("text/plain");
    writer.write(Some(&kind), Bytes::new()).await.unwrap();
    assert!(incoming.begins.try_recv().is_err(), "nothing is no beginning");
    writer.write(Some(&kind), piece(3)).await.unwrap();
    assert_eq!(incoming.begins.try_recv(), Ok(Some(kind)));
    assert_eq!(incoming.chunks.try_recv(), Ok(piece(3)));
    drop(writer);
    assert_eq!(incoming.chunks.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_has_gone_away_holds_nothing_up() {
    let (mut writer, incoming) = channel(Some(1));
    drop(incoming);
    let bytes = 20 * CHUNKS_MAX * CHUNK_BYTES_MAX;
    let start = Instant::now();
    writer.write(None, piece(bytes)).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO, "what is thrown away needs no pace");
    assert_eq!(writer.watch().bytes(), u64::try_from(bytes).unwrap(), "it was produced all the same");
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_run_ends_a_write_that_waits() {
    let (mut writer, mut incoming) = channel(None);
    let watch = writer.watch();
    let (written, ()) = tokio::join!(writer.write(None, piece(2 * CHUNKS_MAX * CHUNK_BYTES_MAX)), async {
        tokio::time::sleep(MOMENT).await;
        watch.end();
    });
    assert_eq!(written, Err(Stopped::Over));
    assert_eq!(writer.write(None, piece(1)).await, Err(Stopped::Over));
    drop(writer);
    let mut taken = 0;
    while let Some(chunk) = incoming.chunks.recv().await {
        taken += chunk.len();
    }
    assert_eq!(taken, CHUNKS_MAX * CHUNK_BYTES_MAX, "what was on its way arrives");
}

#[tokio::test]
async fn a_stream_has_a_limit() {
    let (mut writer, mut incoming) = channel(None);
    writer.watch.bytes.store(STREAMED_RESPONSE_BYTES_MAX - 1, Ordering::Relaxed);
    writer.write(None, piece(1)).await.unwrap();
    assert_eq!(writer.write(None, piece(1)).await, Err(Stopped::TooLarge));
    drop(writer);
    assert_eq!(incoming.chunks.recv().await, Some(piece(1)));
    assert_eq!(incoming.chunks.recv().await, None);
}
