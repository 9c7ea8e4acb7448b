//! Hashes as text: lower-case hexadecimal, as AWS writes them and compares them.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Writes 32 bytes as 64 digits.
pub(super) fn encode(bytes: &[u8; 32]) -> [u8; 64] {
    let mut text = [0_u8; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        if let [high, low] = pair {
            *high = digit(byte >> 4);
            *low = digit(byte & 15);
        }
    }
    text
}

/// Reads 64 digits; upper-case ones are none, because AWS compares the texts.
pub(super) fn decode(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(bytes)
}

fn digit(nibble: u8) -> u8 {
    DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0')
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let bytes: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 7).unwrap());
        let text = encode(&bytes);
        assert_eq!(decode(std::str::from_utf8(&text).unwrap()), Some(bytes));
        assert_eq!(&encode(&[0xaf; 32])[..4], b"afaf");
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in ["", &"a".repeat(63), &"a".repeat(65), &"A".repeat(64), &"g".repeat(64), &"ä".repeat(32)]
        {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
