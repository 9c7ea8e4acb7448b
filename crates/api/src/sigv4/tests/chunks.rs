//! Bodies in chunks: the documentation's two examples, and what may not be done to them.

use std::fmt::Write;

use super::*;

const S3_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const PAYLOAD_BYTES: usize = 66_560;

const CHUNKED: &str = "chunked

### put-object
PUT /examplebucket/chunkObject.txt
Host:s3.amazonaws.com
x-amz-date:20130524T000000Z
x-amz-storage-class:REDUCED_REDUNDANCY
Authorization:AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9
x-amz-content-sha256:STREAMING-AWS4-HMAC-SHA256-PAYLOAD
Content-Encoding:aws-chunked
x-amz-decoded-content-length:66560
Content-Length:66824
";
const CHUNK_SIGNATURES: [&str; 3] = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
];

const TRAILING: &str = "chunked, with a trailer

### put-object
PUT /examplebucket/chunkObject.txt
Host:s3.amazonaws.com
x-amz-date:20130524T000000Z
x-amz-storage-class:REDUCED_REDUNDANCY
Authorization:AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e
x-amz-content-sha256:STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
Content-Encoding:aws-chunked
x-amz-decoded-content-length:66560
x-amz-trailer:x-amz-checksum-crc32c
Content-Length:66824
";
const TRAILING_CHUNK_SIGNATURES: [&str; 3] = [
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
];
const TRAILERS: &str = "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:\
                        d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n";

/// The documentation's payload: 65 KiB of the letter a, in chunks of 64 KiB, 1 KiB and none.
fn body(signatures: [&str; 3], trailers: &str) -> String {
    let mut body = String::new();
    for (size, signature) in [(65_536, signatures[0]), (1_024, signatures[1])] {
        write!(body, "{size:x};chunk-signature={signature}\r\n{}\r\n", "a".repeat(size)).unwrap();
    }
    write!(body, "0;chunk-signature={}\r\n{trailers}\r\n", signatures[2]).unwrap();
    body
}

fn judge(request: &str, body: &str) -> Result<Payload, SignatureError> {
    let request = Recorded::all(request).remove(0);
    verdict(&request.parts().unwrap(), body.as_bytes(), S3_SECRET)
}

#[test]
fn the_documentations_chunks_are_right() {
    let body = body(CHUNK_SIGNATURES, "");
    assert_eq!(body.len(), 66_824);
    assert_eq!(judge(CHUNKED, &body), Ok(Payload::Chunked(vec![b'a'; PAYLOAD_BYTES])));
}

#[test]
fn the_documentations_trailers_are_right() {
    let body = body(TRAILING_CHUNK_SIGNATURES, TRAILERS);
    assert_eq!(judge(TRAILING, &body), Ok(Payload::Chunked(vec![b'a'; PAYLOAD_BYTES])));
    let other = body.replace("sOO8/Q==", "sOO8/R==");
    assert_eq!(judge(TRAILING, &other), Err(SignatureError::Mismatch));
    // Without its signature, without anything, and one more behind it.
    let (unsigned, _) = body.split_once("x-amz-trailer-signature").unwrap();
    assert_eq!(judge(TRAILING, &format!("{unsigned}\r\n")), Err(SignatureError::Mismatch));
    let bare = super::chunks::body(TRAILING_CHUNK_SIGNATURES, "");
    assert_eq!(judge(TRAILING, &bare), Err(SignatureError::Mismatch));
    let longer = super::chunks::body(TRAILING_CHUNK_SIGNATURES, &format!("{TRAILERS}x:y\r\n"));
    assert!(judge(TRAILING, &longer).is_err());
}

#[test]
fn chunks_cannot_be_changed_swapped_or_left_out() {
    let whole = body(CHUNK_SIGNATURES, "");
    let (first, rest) = whole.split_at(whole.find("400;").unwrap());
    let (second, last) = rest.split_at(rest.find("\r\n0;").unwrap() + 2);
    let forged = [
        whole.replacen("aaaa", "aaba", 1),
        format!("{second}{first}{last}"),
        format!("{first}{last}"),
        format!("{second}{last}"),
        last.to_owned(),
        format!("{first}{second}"),
        format!("{first}{first}{second}{last}"),
        format!("{whole}x"),
        whole.replace(CHUNK_SIGNATURES[2], CHUNK_SIGNATURES[1]),
        whole.replace(&format!(";chunk-signature={}", CHUNK_SIGNATURES[0]), ""),
        whole.replacen("10000;", "ffff;", 1),
        whole.replacen("10000;", "+10000;", 1),
        whole.replacen("10000;", "fffffffffffffffff;", 1),
        body(CHUNK_SIGNATURES, "x-amz-checksum-crc32c:sOO8/Q==\r\n"),
        String::new(),
    ];
    for (index, forged) in forged.iter().enumerate() {
        assert_ne!(*forged, whole, "forgery {index} changes nothing");
        assert!(judge(CHUNKED, forged).is_err(), "forgery {index}");
    }
    // A body that was signed whole is none in chunks.
    let signed_whole = CHUNKED.replace("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "UNSIGNED-PAYLOAD");
    assert_eq!(judge(&signed_whole, &whole), Err(SignatureError::Mismatch));
}

#[test]
fn unsigned_chunks_are_only_taken_apart() {
    use super::super::decode_unsigned;
    let good = b"3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
    assert_eq!(decode_unsigned(good, 5).unwrap(), b"abcde");
    assert_eq!(decode_unsigned(b"0\r\n\r\n", 0).unwrap(), b"");
    assert!(decode_unsigned(good, 4).is_err());
    let bad: [&[u8]; 10] = [
        b"",
        b"0\r\n",
        b"3\r\nabc",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"-1\r\n\r\n",
        b"\r\n\r\n",
        b"3;chunk-signature=0\r\nabc\r\n0\r\n\r\n",
        b"0\r\nno trailer\r\n\r\n",
        b"0\r\n\xff:x\r\n\r\n",
        b"0\r\n\r\n0\r\n\r\n",
    ];
    for body in bad {
        assert!(decode_unsigned(body, 0).is_err() && decode_unsigned(body, 3).is_err(), "{body:?}");
    }
    assert!(decode_unsigned(format!("0\r\n{}\r\n", "a:b\r\n".repeat(17)).as_bytes(), 0).is_err());
    assert!(decode_unsigned(format!("0\r\na:{}\r\n\r\n", "b".repeat(2_000)).as_bytes(), 0).is_err());
}
