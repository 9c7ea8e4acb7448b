use proptest::prelude::*;

use super::*;

/// Messages as an encoder written for the purpose in Python made them, from the same members. botocore's own decoder
/// (`botocore.eventstream.EventStreamBuffer`, 1.43.11) read each of them back.
const PAYLOAD_CHUNK: &str = "000000770000005aa56e5b5c0b3a6576656e742d7479706507000c5061796c6f61644368756e6b0d3a636f6e\
    74656e742d747970650700186170706c69636174696f6e2f6f637465742d73747265616d0d3a6d6573736167652d74797065070005657665\
    6e7448656c6c6f2c20776f726c6421afa6bd08";
const PAYLOAD_CHUNK_OF_NO_TEXT: &str = "0000006c0000005ab25efdcf0b3a6576656e742d7479706507000c5061796c6f61644368756e\
    6b0d3a636f6e74656e742d747970650700186170706c69636174696f6e2f6f637465742d73747265616d0d3a6d6573736167652d74797065\
    0700056576656e7400ffa52a33b7";
const COMPLETE: &str = "00000066000000541f56c8690b3a6576656e742d7479706507000e496e766f6b65436f6d706c6574650d3a636f6e\
    74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b7d7006d467";
const COMPLETE_WITH_ERROR: &str = "000000ac00000054bcf338130b3a6576656e742d7479706507000e496e766f6b65436f6d706c657465\
    0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b\
    224572726f72436f6465223a2246756e6374696f6e2e54696d65644f7574222c224572726f7244657461696c73223a22c3a4222c224c6f67\
    526573756c74223a2259513d3d227d80aa5bc4";
const EXCEPTION: &str = "0000007d0000005ee8b387e40f3a657863657074696f6e2d7479706507001053657276696365457863657074696f\
    6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700096578636570\
    74696f6e7b224d657373616765223a226d227d674894a2";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn messages_are_those_that_botocore_reads() {
    assert_eq!(hex(&payload_chunk(b"Hello, world!")), PAYLOAD_CHUNK);
    assert_eq!(hex(&payload_chunk(b"\x00\xff")), PAYLOAD_CHUNK_OF_NO_TEXT);
    assert_eq!(hex(&invoke_complete(&InvokeComplete::default()).unwrap()), COMPLETE);
    let complete = InvokeComplete {
        error_code: Some("Function.TimedOut"),
        error_details: Some("ä"),
        log_result: Some("YQ=="),
    };
    assert_eq!(hex(&invoke_complete(&complete).unwrap()), COMPLETE_WITH_ERROR);
    assert_eq!(hex(&exception("ServiceException", br#"{"Message":"m"}"#)), EXCEPTION);
}

#[derive(Debug, PartialEq)]
struct Decoded {
    headers: Vec<(String, String)>,
    payload: Vec<u8>,
}

/// A decoder that shares nothing with the encoder but the checksum's crate.
fn decode(mut stream: &[u8]) -> Vec<Decoded> {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
    let mut messages = Vec::new();
    while !stream.is_empty() {
        let length = number(&stream[..4]) as usize;
        let headers_end = 12 + number(&stream[4..8]) as usize;
        assert!(length <= 16 * 1024 * 1024 && headers_end <= length - 4);
        assert_eq!(number(&stream[8..12]), crc32fast::hash(&stream[..8]));
        let (message, rest) = stream.split_at(length);
        let (checked, checksum) = message.split_at(length - 4);
        assert_eq!(number(checksum), crc32fast::hash(checked));
        let mut block = &checked[12..headers_end];
        let mut headers = Vec::new();
        while let [name_length, after @ ..] = block {
            let (name, after) = after.split_at(usize::from(*name_length));
            assert_eq!(after[0], 7);
            let value_length = usize::from(u16::from_be_bytes([after[1], after[2]]));
            let (value, after) = after[3..].split_at(value_length);
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            headers.push((text(name), text(value)));
            block = after;
        }
        messages.push(Decoded { headers, payload: checked[headers_end..].to_vec() });
        stream = rest;
    }
    messages
}

fn payloads(messages: &[Decoded]) -> Vec<u8> {
    messages.iter().flat_map(|message| message.payload.clone()).collect()
}

#[test]
fn a_large_part_goes_out_as_several_messages_and_an_empty_one_as_none() {
    assert!(payload_chunk(b"").is_empty());
    let part: Vec<u8> = (0..=255).cycle().take(2 * PAYLOAD_BYTES_MAX + 1).collect();
    let messages = decode(&payload_chunk(&part));
    assert_eq!(messages.len(), 3);
    assert!(messages.iter().all(|message| message.headers == messages[0].headers));
    assert_eq!(payloads(&messages), part);
}

#[test]
fn a_long_text_of_an_error_is_cut_between_characters() {
    let text = format!("x{}", "ä".repeat(ERROR_DETAILS_BYTES_MAX));
    let complete = InvokeComplete { error_details: Some(&text), ..InvokeComplete::default() };
    let messages = decode(&invoke_complete(&complete).unwrap());
    let json: serde_json::Value = serde_json::from_slice(&messages[0].payload).unwrap();
    let kept = json["ErrorDetails"].as_str().unwrap();
    assert_eq!(kept.len(), ERROR_DETAILS_BYTES_MAX - 1);
    assert!(text.starts_with(kept));
}

proptest! {
    #[test]
    fn what_is_sent_is_read_back(part in prop::collection::vec(any::<u8>(), 0..2_000), code in any::<Option<String>>(),
        details in any::<Option<String>>(), log in any::<Option<String>>())
    {
        prop_assert_eq!(payloads(&decode(&payload_chunk(&part))), part.clone());
        let complete = InvokeComplete {
            error_code: code.as_deref(),
            error_details: details.as_deref(),
            log_result: log.as_deref(),
        };
        let stream = [payload_chunk(&part), invoke_complete(&complete).unwrap()].concat();
        let messages = decode(&stream);
        let last = messages.last().unwrap();
        prop_assert_eq!(&last.headers[0], &(":event-type".to_owned(), "InvokeComplete".to_owned()));
        let json: serde_json::Value = serde_json::from_slice(&last.payload).unwrap();
        prop_assert_eq!(json.get("ErrorCode").and_then(|v| v.as_str()), code.as_deref());
        prop_assert_eq!(json.get("ErrorDetails").and_then(|v| v.as_str()), details.as_deref());
        prop_assert_eq!(json.get("LogResult").and_then(|v| v.as_str()), log.as_deref());
    }

    #[test]
    fn any_exception_is_a_message(name in ".{0,300}", body in prop::collection::vec(any::<u8>(), 0..300)) {
        let messages = decode(&exception(&name, &body));
        prop_assert_eq!(messages.len(), 1);
        prop_assert_eq!(&messages[0].payload, &body);
        prop_assert_eq!(&messages[0].headers[0].1, &name);
    }
}
